"""What identifiers and texts show of damage done to them: by spreadsheets, by exports, by wrong encodings.

Nothing is repaired: what such a cell held before can't be known for sure. Whole columns at a time; which bytes occur in
a column decides cheaply whether a pattern is tried on it at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from quality.misread import MISREAD, misread
from quality.reading import FieldFault, fault
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


@dataclass(frozen=True)
class _Damage:
    """One kind of damage: the pattern of a cell that has it, and what should stand there."""

    rule_id: str
    pattern: str
    expected: str


_MANTISSA, _SERIAL_EXPONENT = r"[+-]?\d{1,3}", r"|^[1-9][Ee]\d{2,3}$"
_SCIENTIFIC = (
    rf"^{_MANTISSA}([.,]\d*)? ?[Ee]\+\d{{1,3}}$|^{_MANTISSA}[.,]\d* ?[Ee] ?[+-]?\d{{1,3}}$"
    rf"|^{_MANTISSA}([.,]\d*)? ?[×xX*] ?10\^?\+?\d{{1,3}}$"
)
_GROUPED = r"^\d{1,3}(,\d{3})+([.]\d*)?$"
_APOSTROPHES = ("'", "`", "‘", "’", "´", "′", "＇", "｀", '"', "“", "”")
_QUOTES = "^[" + "".join(_APOSTROPHES) + "]"
_IN_NUMBERS = (
    _Damage("FLD-032", "^=", "编号本身,不带等号和引号"),
    _Damage("FLD-033", _QUOTES, "编号本身,前面不带撇号或引号"),
    _Damage("FLD-039", f"[{_OTHER_BLANKS}]|  ", "中间没有换行、制表符、连续或特殊空白"),
    _Damage("FLD-040", f"[^{_USUAL}]", "数字、字母、汉字和常用符号"),
)
_IN_NAMES = (
    _Damage("FLD-032", '^[=＝]["“].*["”]$', "名称本身,不带等号和引号"),
    _Damage("FLD-033", "^[" + "".join(_APOSTROPHES[:8]) + "]", "名称本身,前面不带撇号"),
    _Damage("FLD-041", "[?？]{2}", "完整的汉字"),
)
_LOST = _Damage("FLD-023", "\ufffd|锟斤拷|ï¿½", "完整的汉字")
_ROUNDED, _DECIMAL = ("FLD-030", "完整的编号"), ("FLD-031", "编号本身,不带小数和分隔符")
_DAMAGES: dict[str, tuple[_Damage, ...]] = {
    "serial": (
        _LOST,
        _Damage(_ROUNDED[0], _SCIENTIFIC + _SERIAL_EXPONENT, _ROUNDED[1]),
        _Damage(_DECIMAL[0], rf"^\d+[.,]0+$|{_GROUPED}", _DECIMAL[1]),
        *_IN_NUMBERS,
    ),
    "number": (
        _LOST,
        _Damage(_ROUNDED[0], _SCIENTIFIC, _ROUNDED[1]),
        _Damage(_DECIMAL[0], rf"^\d{{4,}}[.,]0+$|{_GROUPED}", _DECIMAL[1]),
        *_IN_NUMBERS,
    ),
    "name": (_LOST, *_IN_NAMES),
    "words": (_LOST,),
}
#: Any damage at all, of each sort of column: one look for most columns.
_ANY = {
    sort: "|".join((*(f"(?:{damage.pattern})" for damage in damages), MISREAD)) for sort, damages in _DAMAGES.items()
}
#: ASCII without which a column of nothing else has no damage.
_MARKS = {"serial": b"='`\"\t\n\r Ee.,^*", "number": b"='`\"\t\n\r Ee.,^*", "name": b"='`?", "words": b""}
_IDENTITY_SHAPE = "[0-9０-９]{6}[ -]?[0-9０-９]{8}[ -]?[0-9０-９]{3}[0-9０-９XxＸｘ]"
_DIGIT_RUN, _WIDE_DIGIT = b"0" * 6, "０".encode()[:2]
_DIGITS_AS_0 = bytes(ord("0") if byte in b"0123456789" else byte for byte in range(256))


def faults(field: Field, contract: Contract, text: pa.Array) -> Iterator[FieldFault]:
    """Damage to one column of identifiers or words (kinds identifier, text, list)."""
    content, sort = contents(text), _sort(field, contract)
    if not content.isascii() or any(mark in content for mark in _MARKS[sort]):
        yield from _damaged(field, sort, text)
    if field.kind != "identifier" and not field.is_hidden:
        yield from _persons(field, text, content)


def is_name(field: Field) -> bool:
    """Whether a field names somebody or something."""
    return field.kind == "text" and field.name.endswith("_name")


def _sort(field: Field, contract: Contract) -> str:
    if field.kind != "identifier":
        return "name" if is_name(field) else "words"
    return "serial" if field.name.endswith("_no") and not contract.is_register else "number"


def _damaged(field: Field, sort: str, text: pa.Array) -> Iterator[FieldFault]:
    """The rows that have any damage, looked at for each."""
    positions = np.flatnonzero(pc.fill_null(pc.match_substring_regex(text, _ANY[sort]), False))
    if not len(positions):
        return
    some = text.take(pa.array(positions))
    found = [
        each
        for damage in _DAMAGES[sort]
        for each in fault(
            damage.rule_id, field.name, pc.match_substring_regex(some, damage.pattern), some, damage.expected
        )
    ]
    for each in (*found, *_misread(field, some)):
        yield replace(each, positions=positions[each.positions])


def _misread(field: Field, text: pa.Array) -> Iterator[FieldFault]:
    """Text decoded by the wrong encoding, with what it probably said."""
    for written in pc.unique(text).to_pylist():
        if meant := misread(written):
            told = "按正确编码解读的文字" if field.is_hidden else without_numbers(meant)
            yield from fault("FLD-038", field.name, pc.equal(text, written), text, told)


def _persons(field: Field, text: pa.Array, content: bytes) -> Iterator[FieldFault]:
    """Words with a person's identity number inside."""
    if _DIGIT_RUN not in content.translate(_DIGITS_AS_0) and _WIDE_DIGIT not in content:
        return
    suspects = pc.unique(text.filter(pc.fill_null(pc.match_substring_regex(text, _IDENTITY_SHAPE), False)))
    found = [written for written in suspects.to_pylist() if holds_identity_number(written)]
    if found:
        yield from fault("FLD-037", field.name, pc.is_in(text, pa.array(found)), text, "不含个人身份证号的内容")
