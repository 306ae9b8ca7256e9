"""The fee ledger: accrued, paid, taken back, and pooled expenses of an area."""

from __future__ import annotations

import datetime as dt

from sandbox.cast import Insurer, number
from sandbox.truth import names
from sandbox.truth.chance import Random, pick, whole
from sandbox.truth.clock import SHANGHAI, at, days, yuan
from sandbox.truth.credit_code import credit_code
from sandbox.truth.enterprises import market
from sandbox.truth.geography import geography
from sandbox.truth.journal import Journal
from sandbox.truth.province import Record, Version
from sandbox.truth.services import Service
from sandbox.world import world

ACCRUED_FIRST_SHARE = 0.5
UNPAID_SHARE = 0.06
REVERSED_SHARE = 0.012
"""Accrued lines that are reversed and never paid; part of those unpaid."""
TAKEN_BACK_SHARE = 0.012
POOLED_SHARE = 0.02
"""Pooled lines as a share of the lines of services."""
_CATEGORIES = {"01": "10", "02": "40", "03": "30", "04": "60", "05": "50", "06": "20"}


def write(journal: Journal, rng: Random, service: Service) -> None:
    """Write the ledger lines of one service; extra services cost nothing apart."""
    if service.unit_cents <= 0:
        return
    cents = service.unit_cents * whole(rng, 84, 100) // 100
    day = service.end_at.astimezone(SHANGHAI).date()
    fields = _fields(journal, rng, service, cents)
    paid_on = day + days(whole(rng, 3, 30))
    sender, draw = service.cover.sender, rng.random()
    if draw < ACCRUED_FIRST_SHARE and paid_on.year == day.year:
        accrued = fields | {"expense_status_code": "10", "accrued_date": day, "budget_year_no": str(day.year)}
        version = journal.insert(sender, "fee_expense", accrued, at(day, 18 * 60), parent=service.version)
        if draw > UNPAID_SHARE:
            changes = _paid(journal, service.cover.insurer, paid_on)
            journal.revise(version, changes, at(paid_on, 17 * 60), "费用已支付")
        elif draw < REVERSED_SHARE:
            changes = {"expense_status_code": "30", "expense_amount": yuan(-cents)}
            journal.revise(version, changes, at(paid_on, 17 * 60), "计提冲销")
        return
    paid = fields | _paid(journal, service.cover.insurer, paid_on)
    version = journal.insert(sender, "fee_expense", paid, at(paid_on, 17 * 60), parent=service.version)
    if rng.random() < TAKEN_BACK_SHARE:
        _take_back(journal, rng, service, version, cents)


def _take_back(journal: Journal, rng: Random, service: Service, paid: Version, cents: int) -> None:
    """A paid line entered twice and withdrawn, or reversed in part by a negative line of its own."""
    insurer, day = service.cover.insurer, paid.record["paid_date"]
    number = _number(journal, insurer, day)
    if rng.random() < 0.5:
        again = {**_own(paid.record), "expense_no": number, "invoice_no": f"{paid.record['invoice_no']}9"}
        twice = journal.insert(service.cover.sender, "fee_expense", again, at(day, 17 * 60), after=paid)
        journal.withdraw(twice, twice.available_at, "重复录入,撤销")
        return
    back_on = day + days(whole(rng, 5, 40))
    back = {
        **_own(paid.record),
        "expense_no": number,
        "expense_amount": yuan(-(cents // 2)),
        **_paid(journal, insurer, back_on),
        "expense_status_code": "30",
    }
    journal.insert(service.cover.sender, "fee_expense", back, at(back_on, 17 * 60), after=paid)


def _own(record: Record) -> Record:
    names_of_envelope = ("operation_code", "source_updated_at", "correction_reason_text", "source_record_no")
    return {name: value for name, value in record.items() if name not in names_of_envelope}


def _number(journal: Journal, insurer: Insurer, day: dt.date) -> str:
    return f"FY{insurer.insurer_code}{day:%Y%m%d}{journal.serial(insurer.insurer_id + 'FY'):08d}"


def _paid(journal: Journal, insurer: Insurer, day: dt.date) -> Record:
    serial = journal.serial(insurer.insurer_id + "invoice")
    return {
        "expense_status_code": "20",
        "paid_date": day,
        "budget_year_no": str(day.year),
        "invoice_no": f"{day.year % 100}{world().code[:2]}{number(insurer):04d}{serial:010d}",
    }


def _payee(rng: Random, service: Service) -> tuple[str, str | None]:
    if service.agency is not None:
        return service.agency.name, service.agency.credit_code
    if service.form_code == "20":
        return service.experts[0].partition("/")[0], None
    supplier = whole(rng, 1, 40)
    county = service.cover.enterprise.county.code
    return f"安全用品供应商{supplier:02d}号有限公司(模拟)", credit_code(30_000_000 + supplier, county)


def _fields(journal: Journal, rng: Random, service: Service, cents: int) -> Record:
    payee_name, payee_code = _payee(rng, service)
    day = service.end_at.astimezone(SHANGHAI).date()
    return {
        "expense_no": _number(journal, service.cover.insurer, day),
        "is_pooled": False,
        "policy_no": service.cover.policy_no,
        "service_no": service.service_no,
        "fee_category_code": _CATEGORIES[service.item_code[1:]],
        "expense_amount": yuan(cents),
        "payee_name": payee_name,
        "payee_credit_code": payee_code,
        "evidence_list": ";".join(names.digest(rng) for _ in range(2)) if rng.random() < 0.2 else None,
    }


def write_pooled(journal: Journal, rng: Random, line_count: int, mean_cents: int) -> None:
    """Expenses of an area that belong to no single policy: campaigns, city drills."""
    span = (journal.last_day - journal.first_day).days
    for _ in range(max(1, round(line_count * POOLED_SHARE))):
        insurer, day = market().draw(rng), journal.first_day + days(whole(rng, 0, span))
        city = pick(rng, tuple(geography().by_city))
        region = city if rng.random() < 0.3 else pick(rng, geography().by_city[city]).code
        fields = {
            "expense_no": _number(journal, insurer, day),
            "is_pooled": True,
            "pool_region_code": region,
            "fee_category_code": pick(rng, ("10", "10", "40", "60")),
            "expense_amount": yuan(mean_cents * whole(rng, 50, 250) // 100),
            "payee_name": f"培训服务商{whole(rng, 1, 40):02d}号有限公司(模拟)",
            **_paid(journal, insurer, day),
        }
        journal.insert((insurer, f"{insurer.insurer_code}{city[:4]}"), "fee_expense", fields, at(day, 17 * 60))
