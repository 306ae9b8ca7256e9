"""A province in small: real loads of random content between publications, for figures that move for every reason."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import pathlib
import random
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from schemas.contract import load_contract
from tests.warehouse import building
from tests.warehouse.indicators.conftest import DEFAULTS
from warehouse.indicators import catalogue
from warehouse.indicators.publication import Publication
from warehouse.landing.load_report import LoadReport, Versions
from warehouse.landing.receipts import read_batch
from warehouse.loading.load import Loading
from warehouse.publishing.publish import publish

Row = dict[str, Any]
REGIONS = ("370102", "370202", "370285")
INSURERS = ("lichun", "yushui")
KINDS = (
    "policy",
    "endorsement",
    "claim",
    "claim_payment",
    "service_plan",
    "service_record",
    "hazard",
    "premium_receipt",
)
BEGUN_AT = building.at(1, month=10)


@dataclasses.dataclass
class Hub:
    """A warehouse whose clock is moved by hand."""

    engine: sa.Engine
    folder: pathlib.Path
    indicators: tuple[str, ...] = ("coverage_ratio", "loss_ratio_simple")
    now: dt.datetime = BEGUN_AT
    ruleset: str = "rules-1"
    calendar: str = building.VERSIONS.calendar
    publications: list[Publication] = dataclasses.field(default_factory=list)
    _landed: dict[int, tuple[str, list[Row]]] = dataclasses.field(default_factory=dict)

    def pass_time(self, **span: float) -> None:
        self.now += dt.timedelta(**span)

    def deliver(
        self, record_type: str, rows: Sequence[Row], insurer_id: str = "lichun", held: Sequence[int] = ()
    ) -> int:
        """Load rows (record type's defaults below what is given); those of the numbers in ``held`` break a rule."""
        self.pass_time(minutes=1)
        is_register = load_contract(record_type).is_register
        complete = [self._complete(record_type, row) for row in rows]
        landed = building.land_rows(
            self.engine, self.folder, record_type, complete, self.now,
            insurer_id="regulator" if is_register else insurer_id, channel="register" if is_register else "drop",
        )  # fmt: skip
        self._load(landed.batch_id, record_type, complete, held, "first")
        self._landed[landed.batch_id] = (record_type, complete)
        return landed.batch_id

    def replay(self, batch_id: int) -> LoadReport:
        """Load a batch again, under the rules and the calendar of now; nothing is held any more."""
        self.pass_time(minutes=1)
        record_type, rows = self._landed[batch_id]
        return self._load(batch_id, record_type, rows, (), "replay")

    def publish(self, as_of: dt.date | None = None, **changes: Any) -> Publication:
        """Publish ``indicators``; ``changes`` are those of another edition of the first one's definition."""
        self.pass_time(minutes=1)
        chosen = {name: catalogue.load_definition(name) for name in self.indicators}
        chosen[self.indicators[0]] = chosen[self.indicators[0]].model_copy(update=changes)
        day = as_of or self.now.date()
        versions = Versions(self.ruleset, self.calendar)
        with self.engine.begin() as connection:
            made = publish(
                connection, day, self.now, self.now, expected=[], delivered_since=self.now, versions=versions,
                definitions=chosen,
            )  # fmt: skip
        self.publications.append(made)
        return made

    def _load(self, batch_id: int, record_type: str, rows: Sequence[Row], held: Sequence[int], kind: Any) -> LoadReport:
        contract = load_contract(record_type)
        versions = Versions(self.ruleset, self.calendar)
        with Loading(
            self.engine,
            read_batch(self.engine, batch_id),
            "test",
            contract,
            self.now,
            versions,
            building.tell,
            kind=kind,
        ) as loading:
            loading.stage(building.table(contract, rows), [building.fault(row_no) for row_no in held])
            return loading.merge(())

    def _complete(self, record_type: str, row: Row) -> Row:
        envelope = {"operation_code": "I", "source_updated_at": self.now}
        if not load_contract(record_type).is_register:
            envelope["insurer_code"] = "LICHUN"
        return {**envelope, **_typed(record_type, DEFAULTS.get(record_type, {})), **_typed(record_type, row)}


class Story:
    """Random deliveries: new records, corrections, withdrawals, registers, rows held and released by a replay."""

    def __init__(self, hub: Hub, seed: int) -> None:
        self.hub, self.chance = hub, random.Random(seed)
        self._number = itertools.count(1)
        self._held: list[int] = []
        self._known: dict[tuple[str, str], list[Row]] = {}

    def begin(self) -> None:
        """What is known before the first publication: most enterprises, half of the policies."""
        self._deliver("enterprise", [self._enterprise() for _ in range(20)], "regulator")
        for insurer_id in INSURERS:
            self._deliver("policy", [self._row("policy") for _ in range(8)], insurer_id)

    def go_on(self) -> None:
        """One delivery of a random kind."""
        choose = self.chance.choices(("register", "new", "correct", "replay"), (2, 6, 6, 3))[0]
        insurer_id = self.chance.choice(INSURERS)
        if choose == "register":
            self._deliver("enterprise", [self._enterprise() for _ in range(self.chance.randint(1, 3))], "regulator")
        elif choose == "new":
            record_type = self.chance.choice((*KINDS, "policy", "policy"))
            rows = [self._row(record_type) for _ in range(self.chance.randint(1, 4))]
            held = [n for n in range(1, len(rows) + 1) if self.chance.random() < 0.4]
            batch_id = self._deliver(record_type, rows, insurer_id, held)
            self._held += [batch_id] if held else []
        elif choose == "correct":
            self._correct()
        elif self._held:
            self.hub.ruleset = f"rules-{self.chance.randint(2, 9)}"
            self.hub.replay(self._held.pop(self.chance.randrange(len(self._held))))

    def _deliver(self, record_type: str, rows: list[Row], insurer_id: str, held: Sequence[int] = ()) -> int:
        key = load_contract(record_type).key
        rows = list({tuple(row[name] for name in key): row for row in rows}.values())
        self._known.setdefault((record_type, insurer_id), []).extend(rows)
        return self.hub.deliver(record_type, rows, insurer_id, [n for n in held if n <= len(rows)])

    def _correct(self) -> None:
        """Change or withdraw one record that was delivered before."""
        (record_type, insurer_id), rows = self.chance.choice(list(self._known.items()) or [(("", ""), [])])
        if not rows:
            return
        key = load_contract(record_type).key
        row = self.chance.choice(rows)
        fresh = self._enterprise() if record_type == "enterprise" else self._row(record_type)
        operation = self.chance.choice("UUUD")
        changed = {**fresh, **{name: row[name] for name in key}, "operation_code": operation}
        self.hub.deliver(record_type, [changed], insurer_id)

    def _enterprise(self) -> Row:
        status = self.chance.choice(("10", "10", "10", "30"))
        number, region = self.chance.randint(1, 12), self.chance.choice(REGIONS)
        return {"credit_code": f"E{number}", "region_code": region, "operation_status_code": status}

    def _row(self, record_type: str) -> Row:
        n, pick = next(self._number), self.chance.choice
        policy_no, day = f"P{self.chance.randint(1, 12)}", f"2026-10-{self.chance.randint(1, 28):02}"
        return {
            "policy": {
                "policy_no": policy_no, "insured_credit_code": f"E{self.chance.randint(1, 12)}",
                "region_code": pick(REGIONS), "cover_start_date": pick(("2026-01-01", day)),
                "cover_end_date": pick(("2026-12-31", day)), "issue_date": pick(("2026-01-01", day)),
            },
            "endorsement": {
                "endorsement_no": f"N{n}", "policy_no": policy_no, "effective_date": day, "issue_date": day,
                "endorsement_type_code": pick(("10", "60")), "premium_change_amount": pick(("-50.00", "70.01")),
            },
            "premium_receipt": {"receipt_no": f"R{n}", "policy_no": policy_no, "received_amount": "55.05"},
            "claim": {"report_no": f"C{n % 7}", "policy_no": policy_no, "claim_status_code": pick(("20", "60"))},
            "claim_payment": {
                "payment_no": f"Y{n}", "report_no": f"C{n % 7}", "paid_amount": pick(("10.10", "333.33")),
                "paid_at": f"{day}T10:00:00+08:00",
            },
            "service_plan": {"plan_no": "S1", "plan_line_no": str(n % 5), "policy_no": policy_no, "window_end_date": day},
            "service_record": {
                "service_no": f"V{n % 9}", "policy_no": policy_no, "plan_no": "S1", "plan_line_no": str(n % 5),
                "service_end_at": f"{day}T10:00:00+08:00", "insured_credit_code": f"E{self.chance.randint(1, 12)}",
            },
            "hazard": {
                "hazard_no": f"H{n}", "service_no": f"V{n % 9}", "found_at": f"{day}T10:00:00+08:00",
                "hazard_status_code": pick(("10", "40")), "verified_at": pick((None, f"{day}T12:00:00+08:00")),
            },
        }[record_type]  # fmt: skip


def _typed(record_type: str, row: Row) -> Row:
    """Texts of a row as the types that a checked table has."""
    fields = load_contract(record_type).by_name
    casts = {
        "date": dt.date.fromisoformat, "timestamp": dt.datetime.fromisoformat, "amount": Decimal, "ratio": Decimal,
        "decimal": Decimal,
    }  # fmt: skip
    return {
        name: casts.get(fields[name].kind, lambda text: text)(value) if isinstance(value, str) else value
        for name, value in row.items()
    }
