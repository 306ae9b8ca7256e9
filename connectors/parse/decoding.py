"""Bytes of a text file become text, or the file is refused: nothing is guessed and nothing is replaced."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from connectors.parse.reasons import refuse

BLOCK_BYTES = 1 << 20

#: Code points of GB18030-2022 that Python's codec still maps to private use (GB 18030-2022; glibc agrees).
_REPAIRS = str.maketrans(
    dict(
        zip(
            "\ue78d\ue78e\ue78f\ue790\ue791\ue792\ue793\ue794\ue795\ue796"
            "\ue81e\ue826\ue82b\ue82c\ue832\ue843\ue854\ue864\ue7c7"
            "\ue816\ue817\ue818\ue831\ue83b\ue855",
            "\ufe10\ufe12\ufe11\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19"
            "\u9fb4\u9fb5\u9fb6\u9fb7\u9fb8\u9fb9\u9fba\u9fbb\u1e3f"
            "\U00020087\U00020089\U000200cc\U000215d7\U0002298f\U000241fe",
            strict=True,
        )
    )
)
_PRIVATE_LEAD = b"\xee"  # first byte in UTF-8 of every code point above
_CONTROLS = bytes(c for c in range(0x20) if c not in b"\t\r\n") + b"\x7f"
_UTF8_RUN = re.compile(rb"(?<![\x80-\xff])(?:[\xe3-\xe9][\x80-\xbf]{2}|\xef[\xbc\xbd][\x80-\xbf]){4,}(?![\x80-\xff])")
#: Bytes by their part in UTF-8, for a fast look: L leads three bytes, T follows.
_SHAPES = bytes(ord("T" if 0x80 <= b < 0xC0 else "L" if 0xE3 <= b <= 0xEF else ".") for b in range(256))
_WIDE_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NEWLINE = b"\n"
_QUOTED = re.compile(rb'"[^"]*"?')
_GB18030_MARK = b"\x84\x31\x95\x33"


def decode(stream: BinaryIO, encoding: str, delimiter: str = "") -> Iterator[str]:
    """Text of a file in blocks, without its byte order mark.

    Raises WrongEncoding (FILE-002, 005, 006, 007) and UnreadableFile (FILE-008), naming the line, and the column of a
    file with a delimiter.
    """
    block = stream.read(BLOCK_BYTES)
    name, mark = _encoding(block, encoding)
    decoder = codecs.getincrementaldecoder(name)("strict")
    line = 1
    block = block[mark:]
    while block:
        following = stream.read(BLOCK_BYTES)
        place = _Places(block, line, delimiter)
        _refuse_controls(block, place)
        if name == "gb18030":
            _refuse_utf8(block, place)
        text = _decoded(decoder, block, not following, place)
        if name == "gb18030" and _PRIVATE_LEAD in text.encode():
            text = text.translate(_REPAIRS)
        _refuse_damage(text, line, delimiter)
        yield text
        line += block.count(b"\n")
        block = following


def decode_all(content: bytes, encoding: str) -> str:
    """Text of a whole body, by the same rules as ``decode`` but without a word about control characters."""
    name, mark = _encoding(content, encoding)
    text = _decoded(codecs.getincrementaldecoder(name)("strict"), content[mark:], True, _Places(content[mark:], 1))
    return text.translate(_REPAIRS) if name == "gb18030" else text


def _encoding(head: bytes, declared: str) -> tuple[str, int]:
    """(codec, length of the mark to skip): a mark decides, else what was declared."""
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8", 3
    if head.startswith(_WIDE_MARKS):
        raise refuse("FILE-005", "文件开头")
    if declared == "gb18030":
        return "gb18030", 4 if head.startswith(_GB18030_MARK) else 0
    return "utf-8", 0


@dataclass(frozen=True)
class _Places:
    """Where the bytes of a block stand in their file."""

    block: bytes
    line: int
    delimiter: str = ""

    def of(self, at: int) -> str:
        """Line of a byte, and its column where its record begins in this block and on this line."""
        start = self.block.rfind(_NEWLINE, 0, at) + 1
        line = f"第{self.line + self.block.count(_NEWLINE, 0, at)}行"
        if not self.delimiter or (not start and self.line > 1):
            return line
        bare = _QUOTED.sub(b"", self.block[start:at])
        return f"{line}第{bare.count(self.delimiter.encode()) + 1}列"


def _decoded(decoder: codecs.IncrementalDecoder, block: bytes, final: bool, places: _Places) -> str:
    before = len(decoder.getstate()[0])
    try:
        return decoder.decode(block, final)
    except UnicodeDecodeError as error:
        where = places.of(max(0, error.start - before))
        raise refuse("FILE-002", where, f"按 {error.encoding.upper()} 无法解码") from error


def _refuse_controls(block: bytes, places: _Places) -> None:
    if len(block.translate(None, _CONTROLS)) == len(block):
        return
    at = next(i for i, byte in enumerate(block) if byte in _CONTROLS)
    raise refuse("FILE-008", places.of(at), f"U+{block[at]:04X}")


def _refuse_utf8(block: bytes, places: _Places) -> None:
    """Refuse text that is UTF-8 where GB18030 was declared: read as GB18030 it would become other characters.

    Shorter pieces than these four characters are held by their rows, rule FLD-038.
    """
    found = _UTF8_RUN.search(block) if b"LTTLTTLTTLTT" in block.translate(_SHAPES) else None
    if found:
        raise refuse("FILE-002", places.of(found.start()), "约定为 GB18030,此处是 UTF-8")


def _refuse_damage(text: str, line: int, delimiter: str) -> None:
    for character, code in (("\ufffd", "FILE-006"), ("\ufeff", "FILE-007"), ("\ufffe", "FILE-007")):
        at = text.find(character)
        if at >= 0:
            raise refuse(code, _Places(text[:at].encode(), line, delimiter).of(len(text[:at].encode())))
