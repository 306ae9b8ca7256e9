"""Text of an identifier as a person sees it: which characters count as one, and which nobody sees.

Full-width letters, digits and signs (U+FF01 to U+FF5E, U+3000) are the half-width ones; a letter with its combining
marks is the letter that Unicode composes of them. Nothing else that looks alike is made the same: ② is not 2, Ⅱ is not
II, a Kangxi radical is no ideograph. Characters without a glyph are no part of the text.
"""

from __future__ import annotations

import re
import unicodedata

HALF_WIDTH = {0xFF01 + n: 0x21 + n for n in range(94)} | {0x3000: 0x20}

#: Characters that draw nothing (Default_Ignorable_Code_Point of Unicode 15): format characters, selectors, tags, joiners.
UNSEEN = (
    "\u00ad\u034f\u061c\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
#: Spaces and line ends: no part of any text at its ends. Other control characters are no blanks but a fault.
SPACES = "\t\n\r \xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
#: Also letters that are drawn as a blank: Hangul fillers, the empty Braille pattern.
BLANK = f"{SPACES}\u115f\u1160\u2800\u3164\uffa0"
#: Format characters that do draw something, before or under the digits that follow: Arabic, Syriac, Kaithi, Egyptian.
DRAWN_FORMAT = "\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd\U00013430-\U0001343f"

UNSEEN_PATTERN = f"[{UNSEEN}\u115f\u1160\u2800\u3164\uffa0]"
"""Characters that draw nothing or a blank that is no space, for Python and for RE2."""

_UNSEEN = re.compile(f"[{UNSEEN}]+")
_PLAIN = re.compile("[ -~一-鿿，。、；：（）“”]*")
_ODD = re.compile(f"[{UNSEEN}{BLANK}{DRAWN_FORMAT}\x00-\x1f\x7f-\x9f](?<! )")
_ENDS = re.compile(f"^[{BLANK}]+|[{BLANK}]+$")


def half_width(text: str) -> str:
    """Full-width letters, digits, signs and blanks as half-width ones."""
    return text.translate(HALF_WIDTH)


def as_seen(text: str) -> str:
    """An identifier without what nobody sees: unseen characters anywhere, blanks at its ends; folded and composed."""
    if text.isascii():
        return _ENDS.sub("", text)
    return _ENDS.sub("", _composed(_UNSEEN.sub("", half_width(text))))


def visible(text: str) -> str:
    """A text for people to read: characters that draw nothing, controls and odd blanks as ``<U+200B>``."""
    return text if _PLAIN.fullmatch(text) else _ODD.sub(lambda found: written_out(found[0]), text)


def written_out(character: str) -> str:
    """A character that cannot be shown, as people are shown it: ``<U+200B>``."""
    return f"<U+{ord(character):04X}>"


def _composed(text: str) -> str:
    """Each letter with combining marks as the one that Unicode composes of them; letters without any stay."""
    marks = [unicodedata.combining(character) != 0 for character in text]
    if not any(marks):
        return text
    starts = [i for i, is_mark in enumerate(marks) if not is_mark or i == 0]
    parts = [text[a:b] for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]
    return "".join(unicodedata.normalize("NFC", part) if len(part) > 1 else part for part in parts)
