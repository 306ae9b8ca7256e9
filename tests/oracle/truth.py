"""What a publication must say, straight from the seeded truth: for end-to-end tests over random seeds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from oracle.indicators import Computed, compute
from oracle.world import Record, Records, Verdict
from sandbox.truth import Province
from schemas.contract import INSURER_RECORD_TYPES

REGULATOR = "regulator"


def records_at(province: Province, at: dt.datetime, insurers: Sequence[str] | None = None) -> Records:
    """Everything that the senders' systems could tell by ``at``; ``insurers`` None = all of them."""
    told = {
        record_type: [
            (insurer_id, record)
            for insurer_id, record in province.current(record_type, at)
            if insurers is None or insurer_id in insurers
        ]
        for record_type in INSURER_RECORD_TYPES
    }
    return {**told, **_registers(province.registers)}


def _registers(registers: Mapping[str, Sequence[Record]]) -> Records:
    return {
        record_type: [(REGULATOR, row) for row in rows if row["operation_code"] != "D"]
        for record_type, rows in registers.items()
    }


def expected_cells(
    province: Province,
    as_of: dt.date,
    at: dt.datetime,
    insurers: Sequence[str] | None = None,
    verdicts: Sequence[Verdict] = (),
) -> Computed:
    """Every cell of a publication made when all feeds were complete up to ``at``.

    Timeliness depends on receipts, which the truth does not know: pass ``verdicts``, or leave ``timeliness_ratio`` out.
    """
    return compute(records_at(province, at, insurers), as_of, verdicts)
