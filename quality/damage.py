"""What identifiers and texts show of damage done to them: by spreadsheets, by exports, by wrong encodings.

Nothing is repaired: what such a cell held before can't be known for sure. Whole columns at a time; which bytes occur in
a column decides cheaply whether a pattern is tried on it at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from quality.misread import MISREAD, misread
from quality.reading import Fault, fault
from schemas.column_bytes import contents
from schemas.contract import Contract, Field
from schemas.folding import BLANK, DRAWN_FORMAT
from schemas.personal import holds_identity_number, without_numbers

#: Letters that belong into a number: printable ASCII, ideographs without their compatibility forms, Chinese brackets.
_USUAL = (
    BLANK
    + "!-~〇㐀-䶿一-鿿\U00020000-\U0002f7ff\U00030000-\U000323af·、【】《》〈〉〔〕「」『』\ue000-\uf8ff\ufffd\x80-\x9f"
)
_OTHER_BLANKS = (BLANK + DRAWN_FORMAT).replace(" ", "", 1)
_LOST_CHARACTERS = ("\ufffd", "锟斤拷", "ï¿½")


@dataclass(frozen=True)
class _Damage:
    """One kind of damage: what a column must hold for it to be there (any of ``marks``; "" = not ASCII), and its pattern."""

    rule_id: str
    marks: tuple[str, ...]
    pattern: str
    expected: str

    def of(self, field: Field, text: pa.Array, content: bytes) -> tuple[Fault, ...]:
        if not any(mark.encode() in content if mark else not content.isascii() for mark in self.marks):
            return ()
        return fault(self.rule_id, field.name, pc.match_substring_regex(text, self.pattern), text, self.expected)


_MANTISSA, _SERIAL_EXPONENT = r"[+-]?\d{1,3}", r"|^[1-9][Ee]\d{2,3}$"
_SCIENTIFIC = (
    rf"^{_MANTISSA}([.,]\d*)? ?[Ee]\+\d{{1,3}}$|^{_MANTISSA}[.,]\d* ?[Ee] ?[+-]?\d{{1,3}}$"
    rf"|^{_MANTISSA}([.,]\d*)? ?[×xX*] ?10\^?\+?\d{{1,3}}$"
)
_GROUPED = r"^\d{1,3}(,\d{3})+([.]\d*)?$"
_APOSTROPHES = ("'", "`", "‘", "’", "´", "′", "＇", "｀", '"', "“", "”")
_QUOTES = "^[" + "".join(_APOSTROPHES) + "]"
_IN_NUMBERS = (
    _Damage("FLD-032", ("=",), "^=", "编号本身,不带等号和引号"),
    _Damage("FLD-033", _APOSTROPHES, _QUOTES, "编号本身,前面不带撇号或引号"),
    _Damage("FLD-039", ("\t", "\n", "\r", "  ", ""), f"[{_OTHER_BLANKS}]|  ", "中间没有换行、制表符、连续或特殊空白"),
    _Damage("FLD-040", ("",), f"[^{_USUAL}]", "数字、字母、汉字和常用符号"),
)
_SCIENTIFIC_NUMBER = _Damage("FLD-030", ("E", "e", "^", "×", "*"), _SCIENTIFIC, "完整的编号")
_SCIENTIFIC_SERIAL = _Damage("FLD-030", ("E", "e", "^", "×", "*"), _SCIENTIFIC + _SERIAL_EXPONENT, "完整的编号")
_DECIMAL_NUMBER = _Damage("FLD-031", (".0", ",0", ","), rf"^\d{{4,}}[.,]0+$|{_GROUPED}", "编号本身,不带小数和分隔符")
_DECIMAL_SERIAL = _Damage("FLD-031", (".0", ",0", ","), rf"^\d+[.,]0+$|{_GROUPED}", "编号本身,不带小数和分隔符")
_IN_NAMES = (
    _Damage("FLD-032", ("=",), '^[=＝]["“].*["”]$', "名称本身,不带等号和引号"),
    _Damage("FLD-033", _APOSTROPHES[:8], "^[" + "".join(_APOSTROPHES[:8]) + "]", "名称本身,前面不带撇号"),
    _Damage("FLD-041", ("??", "？？"), "[?？]{2}", "完整的汉字"),
)
_LOST = _Damage("FLD-023", _LOST_CHARACTERS, "|".join(_LOST_CHARACTERS), "完整的汉字")
_IDENTITY_SHAPE = "[0-9０-９]{6}[ -]?[0-9０-９]{8}[ -]?[0-9０-９]{3}[0-9０-９XxＸｘ]"
_DIGIT_RUN = b"0" * 6


def faults(field: Field, contract: Contract, text: pa.Array) -> Iterator[Fault]:
    """Damage to one column of identifiers or words (kinds identifier, text, list)."""
    content = contents(text)
    for damage in _damages(field, contract):
        yield from damage.of(field, text, content)
    yield from _misread(field, text, content)
    if field.kind != "identifier" and not field.is_hidden:
        yield from _persons(field, text, content)


def is_name(field: Field) -> bool:
    """Whether a field names somebody or something."""
    return field.kind == "text" and field.name.endswith("_name")


def _damages(field: Field, contract: Contract) -> tuple[_Damage, ...]:
    if field.kind != "identifier":
        return (_LOST, *_IN_NAMES) if is_name(field) else (_LOST,)
    is_serial = field.name.endswith("_no") and not contract.is_register
    numbers = (_SCIENTIFIC_SERIAL, _DECIMAL_SERIAL) if is_serial else (_SCIENTIFIC_NUMBER, _DECIMAL_NUMBER)
    return (_LOST, *numbers, *_IN_NUMBERS)


def _misread(field: Field, text: pa.Array, content: bytes) -> Iterator[Fault]:
    """Text decoded by the wrong encoding, with what it probably said."""
    if content.isascii():
        return
    suspects = pc.unique(text.filter(pc.fill_null(pc.match_substring_regex(text, MISREAD), False)))
    for written in suspects.to_pylist():
        if meant := misread(written):
            told = "按正确编码解读的文字" if field.is_hidden else without_numbers(meant)
            yield from fault("FLD-038", field.name, pc.equal(text, written), text, told)


def _persons(field: Field, text: pa.Array, content: bytes) -> Iterator[Fault]:
    """Words with a person's identity number inside."""
    if _DIGIT_RUN not in content.translate(_DIGITS_AS_0) and "\uff10".encode()[:2] not in content:
        return
    suspects = pc.unique(text.filter(pc.fill_null(pc.match_substring_regex(text, _IDENTITY_SHAPE), False)))
    found = [written for written in suspects.to_pylist() if holds_identity_number(written)]
    if found:
        yield from fault("FLD-037", field.name, pc.is_in(text, pa.array(found)), text, "不含个人身份证号的内容")


_DIGITS_AS_0 = bytes(ord("0") if byte in b"0123456789" else byte for byte in range(256))
