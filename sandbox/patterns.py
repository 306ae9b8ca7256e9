"""Planted patterns: copies of true records that no rule refuses, each with a trace that should be looked at.

Each pattern is told by the kind of alert that must find it. The copies carry keys of their own that end in ``-PLANT``, so
that the truth and the oracle never see them; a clean province has no such trace by chance.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sandbox.truth.clock import SHANGHAI, days
from sandbox.truth.province import Record

Sent = Mapping[str, Sequence[tuple[str, Record]]]
"""(insurer_id, record) by record type: what the insurers' systems know."""
DIGEST = "5a" * 32
WORDS = (
    "现场检查配电室三处线路老化、仓库通道堆物两处,已当场告知负责人并约定五日内整改;同时抽查特种作业证十二份,均在有效期内,"
    "并对新入职人员做了岗前培训考核。"
)


@dataclass(frozen=True)
class Planted:
    """One record to be sent by an insurer, and the kind of alert that must find it."""

    kind: str
    insurer_id: str
    record_type: str
    record: Record


def plant(sent: Sent) -> list[Planted]:
    """Every pattern once, made of a province's own records."""
    return [*_services(sent), *_invoice(sent), *_hazard(sent)]


def _services(sent: Sent) -> Iterator[Planted]:
    """Services: an expert in two counties, one report and one text at two enterprises, a visit on a Sunday."""
    counties = {(insurer, p["policy_no"]): p["region_code"] for insurer, p in sent["policy"]}
    done = [
        (insurer, s) for insurer, s in sent["service_record"]
        if s["service_status_code"] == "50" and s["expert_list"] and not s["is_online"] and (insurer, s["policy_no"]) in counties
    ]  # fmt: skip
    (one, first) = done[-1]
    (two, second) = next(
        (insurer, s) for insurer, s in reversed(done)
        if counties[insurer, s["policy_no"]] != counties[one, first["policy_no"]]
        and s["insured_credit_code"] != first["insured_credit_code"]
    )  # fmt: skip
    same_time = {name: first[name] for name in ("service_start_at", "service_end_at", "expert_list", "expert_count")}
    yield Planted("A23a", two, "service_record", _copy(second, "service_no", "1", **same_time))
    yield Planted("A23b", one, "service_record", _copy(first, "service_no", "2", report_hash=DIGEST, expert_list=None))
    yield Planted("A23b", two, "service_record", _copy(second, "service_no", "3", report_hash=DIGEST, expert_list=None))
    yield Planted("A23c", one, "service_record", _copy(first, "service_no", "4", process_text=WORDS, expert_list=None))
    yield Planted("A23c", two, "service_record", _copy(second, "service_no", "5", process_text=WORDS, expert_list=None))
    start = first["service_start_at"]
    back = days(start.astimezone(SHANGHAI).isoweekday())
    sunday = {"service_start_at": start - back, "service_end_at": first["service_end_at"] - back}
    yield Planted("A23f", one, "service_record", _copy(first, "service_no", "6", expert_list=None, **sunday))


def _invoice(sent: Sent) -> Iterator[Planted]:
    """An expense with the invoice number of another."""
    insurer, paid = next((i, x) for i, x in reversed(sent["fee_expense"]) if x["expense_status_code"] == "20")
    yield Planted("A16b", insurer, "fee_expense", _copy(paid, "expense_no", "7"))


def _hazard(sent: Sent) -> Iterator[Planted]:
    """A hazard that was rectified a day before it was found: the rule holds it back, and the alert tells of it."""
    insurer, hazard = next((i, h) for i, h in reversed(sent["hazard"]) if h["hazard_status_code"] == "30")
    early = hazard["found_at"] - dt.timedelta(days=1)
    yield Planted("A23d", insurer, "hazard", _copy(hazard, "hazard_no", "8", rectified_at=early))


def _copy(record: Record, key: str, number: str, **changes: object) -> Record:
    """A copy with a key of its own and no report or picture of the original."""
    bare = {
        name: None for name in ("report_no", "report_hash", "photo_before_hash", "photo_after_hash") if name in record
    }
    return record | bare | {key: f"{record[key]}-PLANT{number}", "operation_code": "I"} | changes
