"""The small loads of the crash harness: what each kind of feed delivered before, and what it delivers now.

The second delivery holds every outcome: new records, an exact repetition, a correction, an older version, a withdrawal,
rows that are held, and a held row mended.
"""

from __future__ import annotations

import datetime as dt
import pathlib
from dataclasses import dataclass, field

from bench.soak.world import DAWN, DIALECTS, Record, first_versions
from sandbox import drops
from schemas.contract import load_contract

BEFORE, NOW = DAWN + dt.timedelta(days=1), DAWN + dt.timedelta(days=2)
REASON = "录入错误更正"


@dataclass(frozen=True)
class Feed:
    """One kind of load: whose it is, what it carries, and which field tells two versions apart."""

    kind: str
    insurer_id: str
    record_type: str
    told_by: str
    is_api: bool = False


FEEDS = {
    feed.kind: feed
    for feed in (
        Feed("csv", "tianji", "policy", "contact_name"),
        Feed("xlsx", "youlan", "premium_receipt", "payer_name"),
        Feed("api", "lichun", "policy", "contact_name", is_api=True),
    )
}


@dataclass
class Shown:
    """What the simulated interface shows. State: rows by feed with the moment from which each is shown."""

    seed: int
    rows: dict[tuple[str, str], list[tuple[dt.datetime, Record]]] = field(default_factory=dict)

    def feed(self, insurer_id: str, record_type: str, since: dt.datetime | None, until: dt.datetime) -> list[Record]:
        """Per key the row shown last within (since, until], in the order in which the keys came."""
        key, found = load_contract(record_type).key, {}
        for at, record in self.rows.get((insurer_id, record_type), []):
            if (since is None or since < at) and at <= until:
                found[tuple(record[name] for name in key)] = record
        return list(found.values())


def deliveries(feed: Feed) -> tuple[list[Record], list[Record]]:
    """Rows of the delivery before and of the one under test."""
    known = [_plain(record) for record in first_versions(feed.insurer_id, feed.record_type) if _is_plain(record)][:7]
    if len(known) < 6:
        raise RuntimeError(f"the world has too few rows of {feed.kind}")
    stamp = BEFORE - dt.timedelta(hours=1)
    held = [_spoiled(record, n) for n, record in enumerate(known[:2])]
    before = [*(record | {"source_updated_at": stamp} for record in known[:4]), *held]
    same, changed, older, gone = before[:4]
    later = stamp + dt.timedelta(hours=20)
    correction = {"operation_code": "U", "correction_reason_text": REASON}
    now = [
        *(record | {"source_updated_at": later} for record in known[4:]),
        same,
        changed | correction | {feed.told_by: "更正甲", "source_updated_at": later},
        older | correction | {feed.told_by: "旧版乙", "source_updated_at": stamp - dt.timedelta(hours=5)},
        gone | {"operation_code": "D", "source_updated_at": later, "correction_reason_text": "误报撤销"},
        _mended(held[0], later),
        _spoiled(known[4], 5) | {"source_updated_at": later},
        _spoiled(known[5], 6) | {"source_updated_at": later},
    ]
    return before, now


def drop(feed: Feed, folder: pathlib.Path, rows: list[Record], moment: dt.datetime) -> None:
    """Leave rows in the feed's drop folder, as the insurer's people would."""
    target = folder / "drop" / feed.insurer_id
    target.mkdir(parents=True, exist_ok=True)
    drops.write_file(DIALECTS[feed.insurer_id], target, feed.record_type, rows, moment.date())


def _is_plain(record: Record) -> bool:
    is_refund = record.get("receipt_type_code", "10") != "10"
    return not record.get("is_coinsured") and not record.get("termination_date") and not is_refund


def _plain(record: Record) -> Record:
    return record | {"correction_reason_text": None, "operation_code": "I"}


def _spoiled(record: Record, number: int) -> Record:
    """A copy under a key of its own, with a branch that no register knows and a code that no list knows."""
    name = "policy_no" if "policy_status_code" in record else "receipt_no"
    wrong = "policy_status_code" if "policy_status_code" in record else "receipt_type_code"
    stamp = BEFORE - dt.timedelta(hours=1)
    fresh = {name: f"{record[name]}X{number}", "source_record_no": f"{record['source_record_no']}X{number}"}
    return record | fresh | {wrong: "77", "source_updated_at": stamp}


def _mended(record: Record, moment: dt.datetime) -> Record:
    right = {"policy_status_code": "20"} if "policy_status_code" in record else {"receipt_type_code": "10"}
    return record | right | {"source_updated_at": moment}
