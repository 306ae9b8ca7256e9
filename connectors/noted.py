"""What reading noted, as observations; a line of a file that is no record is held by one."""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from connectors.model import RecordMapping
from connectors.parse.notes import Note, unpacked
from schemas.contract import Contract
from schemas.findings import NAMED, Observation

#: Words of total lines, and how a line below a table begins.
_TOTAL = re.compile(r"[合总小共累]\s*计|^\W*(sub|grand )?total\b", re.IGNORECASE)
_FOOTER = re.compile(
    r"^\W*((制表|填表|填报|审核|复核|审批|核对|报送|负责|经办|联系|打印|导出|制单|统计|单位|公司)(单位|日期|时间|电话|负责|[人员者])?(签[字章]|盖章)?"
    r"|(联系)?电话|日期|备注|说明|注意?|签[字章]|盖章)\s*[::]|以下(空白|无正文)|^\W*第?\s*\d+\s*页|^\W*共\s*\d+\s*[条行笔页份]"
)
_LONGEST_TOTAL = 20
#: A row with at least one in so many of its required values is a record, whatever its words say. No rule of the domain:
#: totals and footers fill two or three cells of a table, records nearly all.
_ONE_IN = 2
NOT_A_RECORD = "MAP-010"
#: Its value is a number format, which holds nothing personal.
FORMAT_OF_KEY = "MAP-013"


def observed(
    metadata: Mapping[bytes, bytes], names: Sequence[str], spec: RecordMapping, contract: Contract
) -> Iterator[Observation]:
    """What each note says of the file, of a row, or of a cell whose column is mapped."""
    fields = {column.source: name for name, column in spec.columns.items() if column.source}
    for note in unpacked(metadata):
        if note.column is None:
            yield _of_file(note) if note.row_no is None else of_row(note)
        elif name := fields.get(names[note.column]):
            yield _of_cell(note, name, names[note.column], contract)


def _of_file(note: Note) -> Observation:
    return Observation(note.rule_id, value=note.where or None, named=_named(note.rule_id, found=note.found))


def of_row(note: Note) -> Observation:
    """What is observed of a row."""
    return Observation(
        note.rule_id, note.row_no, value=note.found or None, named=_named(note.rule_id, found=note.found)
    )


def _of_cell(note: Note, name: str, source: str, contract: Contract) -> Observation:
    is_shown = note.rule_id == FORMAT_OF_KEY or not contract.by_name[name].is_hidden
    found = note.found if is_shown else ""
    return Observation(
        note.rule_id, note.row_no, name, found or None, named=_named(note.rule_id, column=source, found=found)
    )


def _named(rule_id: str, **values: str) -> dict[str, str]:
    """Those of some values that the rule's message names."""
    return {name: value for name, value in values.items() if name in NAMED.get(rule_id, ())}


def not_records(
    sources: Mapping[str, pa.Array], spec: RecordMapping, contract: Contract, row_no: pa.Array
) -> dict[int, Observation]:
    """Row number -> the one thing observed of it, of rows that are a total, a footer or a remark: they lack the key and most else."""
    given = {name: sources[c.source] for name, c in spec.columns.items() if c.source and c.source in sources}
    keys = [given[name] for name in contract.key if name in given]
    needed = [given[f.name] for f in contract.fields if f.is_required and f.name in given]
    if not keys or not needed:
        return {}
    filled = functools.reduce(pc.add, [pc.cast(_has_content(column), pa.int32()) for column in needed])
    is_sparse = pc.less(pc.multiply(filled, _ONE_IN), len(needed))
    if not pc.any(is_sparse, min_count=0).as_py():
        return {}
    found: dict[int, Observation] = {}
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
