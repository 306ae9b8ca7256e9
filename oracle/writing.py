"""What a text says, whatever characters it is written with: the oracle's own reading of ``docs/notations.md``."""

from __future__ import annotations

import functools
import unicodedata
from pathlib import Path
from typing import Any

from schemas.code_lists import load_code_list
from schemas.contract import Field
from schemas.yaml_text import parsed

_WORDS_FILE = Path(__file__).parents[1] / "schemas" / "placeholders.yml"
_HALF_WIDTH_OFFSET = ord("！") - ord("!")
#: Signs before numbers that Unicode calls format characters, but that are drawn.
_DRAWN = {0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x110BD, 0x110CD, *range(0x600, 0x606), *range(0x13430, 0x13440)}
#: Ranges of characters without a drawing that are no format characters: selectors, fillers of nothing, unassigned tags.
_UNDRAWN = (
    (0x34F, 0x34F),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x2060, 0x206F),
    (0xFE00, 0xFE0F),
    (0xFFF0, 0xFFFB),
    (0xE0000, 0xE0FFF),
)
_ASCII_BLANKS = " \t\n\r"
_DRAWN_AS_BLANK = "\u115f\u1160\u2800\u3164\uffa0\t\n\r"


def fold(text: str) -> str:
    """Full width to half width, letters with their marks as one, undrawn characters and blanks at the ends gone."""
    if text.isascii():
        return text.strip(_ASCII_BLANKS)
    kept = "".join(_half_width(c) for c in text if c.isascii() or not _is_undrawn(c))
    while kept and _is_blank(kept[0]):
        kept = kept[1:]
    while kept and _is_blank(kept[-1]):
        kept = kept[:-1]
    return _composed(kept)


def _half_width(character: str) -> str:
    if "！" <= character <= "～":
        return chr(ord(character) - _HALF_WIDTH_OFFSET)
    return " " if character == "\u3000" else character


def _is_undrawn(character: str) -> bool:
    point = ord(character)
    if any(first <= point <= last for first, last in _UNDRAWN):
        return True
    return unicodedata.category(character) == "Cf" and point not in _DRAWN


def _is_blank(character: str) -> bool:
    return character in _DRAWN_AS_BLANK or unicodedata.category(character).startswith("Z")


def _composed(text: str) -> str:
    """Base letters and the marks that follow them, composed; a letter without marks is left alone."""
    made, group = "", ""
    for character in text:
        if unicodedata.combining(character) and group:
            group += character
            continue
        made, group = made + _one(group), character
    return made + _one(group)


def _one(group: str) -> str:
    return unicodedata.normalize("NFC", group) if len(group) > 1 else group


@functools.cache
def says_nothing(field: Field) -> frozenset[str]:
    """Words that leave a field as good as empty, folded and in lower case."""
    is_name = field.kind == "text" and field.name.endswith("_name")
    if not is_name and field.kind not in {"identifier", "code"}:
        return frozenset()
    groups: list[dict[str, Any]] = parsed(_WORDS_FILE.name, _WORDS_FILE.read_bytes()).values
    words = {fold(word).lower() for group in groups if is_name or group["in"] == "every" for word in group["words"]}
    entries = load_code_list(field.code_list).entries if field.code_list else ()
    return frozenset(words) - {fold(form).lower() for e in entries for form in (e.code, e.zh, *e.also)}
