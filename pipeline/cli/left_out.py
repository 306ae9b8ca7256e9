"""The records that a figure leaves out, and why: ``anze indicator explain --left-out``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.cli.arguments import Places
from pipeline.cli.output import print_table

if TYPE_CHECKING:
    from warehouse.indicators.catalogue import Definition
    from warehouse.indicators.explain import Exclusion, Record


def show_left_out(d: Definition, exclusions: Sequence[Exclusion], records: Sequence[Record], places: Places) -> None:
    """Print how many records were left out for which reason, then those of them that were asked for."""
    counted = [
        (_reason(e.reason), e.record_count, d.numerator_text(e.numerator), d.denominator_text(e.denominator))
        for e in exclusions
    ]
    print_table(("全省未计入 left out", "记录", "分子", "分母"), counted, right=(1, 2, 3))
    if records:
        print_table(
            ("未计入 left out", "数据 type", "机构", "记录 record", "批次 batch", "行 row", "文件 file", "位置 place"),
            [_row(record, places) for record in records],
            right=(4, 5),
        )


def _row(record: Record, places: Places) -> tuple[object, ...]:
    at = (record.batch_id, record.row_no)
    return (_reason(record.exclusion), record.record_type, record.insurer_id, record.record_key, *at, *places[at])


def _reason(code: str | None) -> str:
    from warehouse.indicators.reasons import EXCLUSIONS

    words = EXCLUSIONS.get(code or "")
    return f"{words.zh} {code}" if words else code or ""
