"""Files to load, made once and kept in a temporary folder: records of the sandbox under numbers and enterprises of their own.

Written a line at a time, whatever their size. One row in a hundred has an unknown code, but for the variants that say
otherwise.
"""

from __future__ import annotations

import csv
import datetime as dt
import functools
import io
import pathlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sandbox import truth
from sandbox.spelling import canonical_text
from sandbox.truth.credit_code import credit_code
from schemas.contract import load_contract

FOLDER = pathlib.Path(tempfile.gettempdir()) / "anze-bench-files"
#: The moment at which the files are received: the sandbox's last evening.
NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
KEY = {"policy": "policy_no", "service_record": "service_no"}
#: Services hang on every policy of a file a quarter as long.
SERVICES_A_POLICY = 4
CROWD = 1_000
#: Serials of enterprises, far from those of the sandbox.
FIRST_SERIAL = 400_000_000
REGION = "370202"
#: A cover that holds every service of the sandbox's year.
WIDE = {
    "policy_status_code": "20",
    "issue_date": dt.date(2025, 4, 1),
    "cover_start_date": dt.date(2025, 4, 1),
    "cover_end_date": dt.date(2027, 3, 31),
    "termination_date": None,
    "termination_reason_code": None,
}
Record = dict[str, Any]


@dataclass(frozen=True)
class Variant:
    """How a file differs from that of a first load: rows held, rows changed, rows warned of, policies an enterprise, covers of years."""

    held_every: int | None = 100
    changed_every: int | None = None
    is_warned: bool = False
    crowd: int = 1
    insurer_id: str = "lichun"
    is_wide: bool = False
    ending: str = ""


VARIANTS = {
    "first": Variant(),
    "again": Variant(ending="\n"),
    "changed": Variant(changed_every=10),
    "clean": Variant(held_every=None),
    "warned": Variant(held_every=None, is_warned=True),
    "neighbour": Variant(held_every=None, insurer_id="yushui"),
    "base": Variant(held_every=None, is_wide=True),
    "crowded": Variant(held_every=None, crowd=CROWD),
}


def file_of(record_type: str, rows: int, variant: str) -> pathlib.Path:
    """The file of some rows, written if it is not there."""
    path = FOLDER / f"{record_type}-{rows}-{variant}.csv"
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with part.open("w", encoding="utf-8", newline="") as file:
            file.writelines(lines(record_type, rows, VARIANTS[variant]))
        part.rename(path)
    return path


def lines(record_type: str, rows: int, variant: Variant) -> Iterator[str]:
    """A header, then a line a row."""
    fields = [field.name for field in load_contract(record_type).fields]
    yield ",".join(fields) + "\n"
    known = [_own(record_type, record, variant) for record in _known(record_type)]
    usual = [_line(fields, record) for record in known]
    held = [_line(fields, record | _fault(record_type)) for record in known]
    changed = [_line(fields, record | _change(record)) for record in known]
    enterprise = _enterprise(record_type, rows, variant)
    for n in range(rows):
        if variant.held_every and n % variant.held_every == 0:
            line = held[n % len(known)]
        elif variant.changed_every and n % variant.changed_every == 1:
            line = changed[n % len(known)]
        else:
            line = usual[n % len(known)]
        serial, policy = f"{n:09d}", f"{n // SERVICES_A_POLICY:09d}"
        yield line.replace("@serial", serial).replace("@policy", policy).replace("@enterprise", enterprise(n))
    yield variant.ending


def _enterprise(record_type: str, rows: int, variant: Variant) -> Callable[[int], str]:
    """The enterprise of the nth row: rows are spread over enterprises so that those of one do not stand together."""
    per = SERVICES_A_POLICY if record_type == "service_record" else 1
    if variant.crowd > 1:
        return functools.cache(lambda n: _credit_code(n % max(1, rows // variant.crowd)))
    return lambda n: _credit_code(n // per)


def _credit_code(number: int) -> str:
    return credit_code(FIRST_SERIAL + number, REGION)


def _own(record_type: str, record: Record, variant: Variant) -> Record:
    code = variant.insurer_id.upper()
    own = record | {
        "insurer_code": code,
        "branch_code": f"{code}3702",
        "source_record_no": f"{code}@serial",
        "insured_credit_code": "@enterprise",
    }
    if record_type == "policy":
        own |= {"policy_no": "B@serial", "previous_policy_no": None, "holder_credit_code": "@enterprise"}
        more = own["aggregate_limit_amount"] + 1
        return (
            own | (WIDE if variant.is_wide else {}) | ({"per_accident_limit_amount": more} if variant.is_warned else {})
        )
    own |= {"service_no": "S@serial", "policy_no": "B@policy", "plan_no": None, "plan_line_no": None}
    hashed = "@serial".rjust(62, "a") if record["report_hash"] else None
    experts = "卢勇/ZJ37@serial" if record["expert_list"] else None
    return own | {"expert_list": experts, "report_hash": hashed, "report_no": hashed and "R@serial"}


def _fault(record_type: str) -> Record:
    return {"policy_status_code" if record_type == "policy" else "service_status_code": "77"}


def _change(record: Record) -> Record:
    place = "address_text" if "address_text" in record else "place_text"
    later = record["source_updated_at"] + dt.timedelta(hours=1)
    return {
        "source_updated_at": later,
        "operation_code": "U",
        "correction_reason_text": "更正地址",
        place: "更正后的地址",
    }


def _line(fields: list[str], record: Record) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerow(canonical_text(record[name]) for name in fields)
    return text.getvalue()


@functools.cache
def _known(record_type: str) -> list[Record]:
    """Inserted records of a small province that nothing is wrong with, as its insurers tell them."""
    province = truth.build(1, 0.02)
    found = [v.record for v in province.versions if v.record_type == record_type and v.record["operation_code"] == "I"]
    return [dict(record) for record in found]
