"""What reading noted becomes findings, and lines of a file that are no records are held by one finding each."""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from connectors.model import RecordMapping
from connectors.parse.notes import Note, unpacked
from schemas.contract import Contract
from schemas.findings import Finding

#: Words of total lines, and how a line below a table begins.
_TOTAL = re.compile(r"[合总小共累]\s*计|^\W*(sub|grand )?total\b", re.IGNORECASE)
_FOOTER = re.compile(
    r"^\W*((制表|填表|填报|审核|复核|审批|核对|报送|负责|经办|联系|打印|导出|制单|统计|单位|公司)(单位|日期|时间|电话|负责|[人员者])?(签[字章]|盖章)?"
    r"|(联系)?电话|日期|备注|说明|注意?|签[字章]|盖章)\s*[::]|以下(空白|无正文)|^\W*第?\s*\d+\s*页|^\W*共\s*\d+\s*[条行笔页份]"
)
_LONGEST_TOTAL = 20
NOT_A_RECORD = "MAP-010"


def findings_of(
    metadata: Mapping[bytes, bytes], names: Sequence[str], spec: RecordMapping, contract: Contract
) -> Iterator[Finding]:
    """A finding for each note: warnings of the file, errors of rows and of cells whose column is mapped."""
    fields = {column.source: name for name, column in spec.columns.items() if column.source}
    for note in unpacked(metadata):
        if note.column is None:
            yield _of_file(note) if note.row_no is None else of_row(note)
        elif name := fields.get(names[note.column]):
            yield _of_cell(note, name, names[note.column], contract)


def _of_file(note: Note) -> Finding:
    return Finding(note.rule_id, "warning", None, None, note.where or None, None, note.sentence)


def of_row(note: Note) -> Finding:
    """The error of a row."""
    return Finding(
        note.rule_id, "error", note.row_no, None, note.found or None, None, f"第{note.row_no}行{note.sentence}"
    )


def _of_cell(note: Note, name: str, source: str, contract: Contract) -> Finding:
    field = contract.by_name[name]
    told = replace(note, found="") if field.is_hidden and note.rule_id != "MAP-013" else note
    message = f"“{field.business_name}”(来源列 {source}){told.sentence}"
    return Finding(note.rule_id, "error", note.row_no, name, told.found or None, None, message)


def not_records(
    sources: Mapping[str, pa.Array], spec: RecordMapping, contract: Contract, row_no: pa.Array
) -> dict[int, Finding]:
    """Row number -> its one finding, of rows that are a total, a footer or a remark: they lack the key and most else."""
    given = {name: sources[c.source] for name, c in spec.columns.items() if c.source and c.source in sources}
    keys = [given[name] for name in contract.key if name in given]
    needed = [given[f.name] for f in contract.fields if f.is_required and f.name in given]
    if not keys or not needed:
        return {}
    filled = functools.reduce(pc.add, [pc.cast(_has_content(column), pa.int32()) for column in needed])
    is_sparse = pc.less(pc.multiply(filled, 2), len(needed))
    if not pc.any(is_sparse, min_count=0).as_py():
        return {}
    found: dict[int, Finding] = {}
    for position in pc.indices_nonzero(is_sparse).to_pylist():
        if word := _word(
            [column[position].as_py() for column in keys], [c[position].as_py() for c in sources.values()]
        ):
            note = Note(NOT_A_RECORD, "", word, row_no[position].as_py())
            found[operator.index(row_no[position].as_py())] = of_row(note)
    return found


def _has_content(column: pa.Array) -> pa.Array:
    return pc.fill_null(pc.not_equal(pc.utf8_trim_whitespace(column), ""), False)


def _word(keys: Sequence[str | None], cells: Sequence[str | None]) -> str | None:
    """What shows that a row is no record; None for a row with a key of its own."""
    texts = [cell.strip() for cell in cells if cell and cell.strip()]
    if all(key and key.strip() and not _is_total(key) and not _FOOTER.search(key) for key in keys):
        return None
    for text in texts:
        if _is_total(text) and (total := _TOTAL.search(text)):
            return f"“{total[0]}”"
        if footer := _FOOTER.search(text):
            return f"“{footer[0].strip()}”"
    return "只有一格有内容" if len(texts) == 1 and len(cells) > 1 else None


def _is_total(text: str) -> bool:
    return len(text) <= _LONGEST_TOTAL and _TOTAL.search(text) is not None
