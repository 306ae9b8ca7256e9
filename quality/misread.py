"""Text that was decoded with the wrong encoding and came out as other, valid characters: 张三 as 寮犱笁 or å¼ ä¸‰.

A text is suspected when its bytes, read the other way round, are common Chinese throughout, while it is not itself.
That two readings are both likely is rare enough to hold the row and ask; measured in ``docs/notations.md``.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

#: First characters of UTF-8 that was read as GB18030: E3 to E9 or EF, then a following byte.
_LEADS = "".join(
    sorted(
        {
            bytes((lead, trail)).decode("gb18030")
            for lead in (*range(0xE3, 0xEA), 0xEF)
            for trail in range(0x80, 0xC0)
            if trail != 0x7F
        }
    )
)
#: Letters that no Chinese text needs, but that its bytes become in Latin-1, Windows-1252 or UTF-8.
_FOREIGN = "\x80-\xb6\xb8-\u02bb\u0370-\u07ff"
MISREAD = f"[{_LEADS}]|[{_FOREIGN}·][{_FOREIGN}]|[{_FOREIGN}]·|^[\u0100-\u02bb\u0400-\u07ff]$"
"""What a text holds that may have been misread, for RE2; most texts are passed by it.

One letter alone is suspected unless it is Greek or of Latin-1: those are symbols as well. A middle dot, which names hold
rightly, counts beside such a letter: 丰份 becomes ·á·Ý.
"""

_NO_1252 = {byte: byte for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}
_BYTE_OF = {bytes((b,)).decode("cp1252"): b for b in range(0x80, 0x100) if b not in _NO_1252} | {
    chr(b): b for b in range(0x80, 0x100)
}
_MARKS = "，。、；：？！“”‘’（）《》〈〉【】〔〕—…·－～／　"
_SUSPECT = re.compile(MISREAD)
_PLAIN_SPACE = re.compile("(?<=[\xa1-\xff]) ")
_LOST = re.compile("\ufffd+[?？]?")
_IDEOGRAPH = re.compile("[一-鿿]")


@functools.cache
def _common() -> frozenset[str]:
    """The 3,755 characters of level 1 of GB 2312, with Chinese punctuation and ASCII."""
    rows = (bytes((row, cell)) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    level_1 = "".join(pair.decode("gb2312", "ignore") for pair in rows)
    return frozenset(level_1 + _MARKS + "".join(map(chr, range(0x20, 0x7F))))


@functools.lru_cache(maxsize=1 << 14)
def misread(text: str) -> str | None:
    """What a text said before it was misread, None where nothing suggests that it was.

    A character that was lost on the way is left out, as long as two stand there for each.
    """
    if text.isascii() or set(text) <= _common() or not _SUSPECT.search(text):
        return None
    readings = (_LOST.sub("\ufffd", reading) for reading in _readings(text))
    found = next((reading for reading in readings if _is_chinese(reading)), None)
    return found and found.replace("\ufffd", "□")


def _is_chinese(text: str) -> bool:
    kept = text.replace("\ufffd", "")
    lost = len(text) - len(kept)
    return set(kept) <= _common() and len(_IDEOGRAPH.findall(kept)) >= max(1, 2 * lost)


def _readings(text: str) -> Iterator[str]:
    """The text's bytes by each wrong encoding, decoded by the right one; a no-break space may have become a plain one."""
    if _PLAIN_SPACE.search(text):
        yield from _readings(_PLAIN_SPACE.sub("\xa0", text))
    for wrong, right in (("gb18030", "utf-8"), ("latin", "utf-8"), ("latin", "gb18030"), ("utf-8", "gb18030")):
        try:
            written = _latin(text) if wrong == "latin" else text.encode(wrong)
        except UnicodeEncodeError:
            continue
        yield written.decode(right, "replace")


def _latin(text: str) -> bytes:
    """Bytes of a text read as Windows-1252, where that knows them, else as Latin-1. Raises UnicodeEncodeError."""
    codes = [ord(c) if c.isascii() else _BYTE_OF.get(c, -1) for c in text]
    if min(codes) < 0:
        raise UnicodeEncodeError("cp1252", text, 0, len(text), "no such character")
    return bytes(codes)
