"""Payments on claims; recoveries and reversals are negative."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sandbox.truth import names
from sandbox.truth.chance import Random, pick
from sandbox.truth.clock import yuan
from sandbox.truth.covers import Cover
from sandbox.truth.journal import Journal
from sandbox.truth.province import Version

_EXPENSES = ("10", "20", "30", "40", "60")
_REFERENCES = {"30": ("60", "50"), "40": ("10", "10")}


@dataclass(frozen=True)
class Payment:
    """Where payments of one claim go."""

    journal: Journal
    rng: Random
    cover: Cover
    report_no: str
    victim_count: int


def pay(payment: Payment, kind: str, cents: int, paid_at: dt.datetime, after: Version) -> Version:
    """One payment; it reaches the hub after the version of the claim, or the payment, that allows it."""
    journal, cover, rng = payment.journal, payment.cover, payment.rng
    item, payee = _REFERENCES.get(kind, ("10", pick(rng, ("10", "20", "20"))))
    is_known = payee == "10" and kind != "30"
    fields = {
        "payment_no": f"ZF{cover.branch_code}{paid_at:%Y%m%d}{journal.serial(cover.insurer.insurer_id + 'ZF'):07d}",
        "report_no": payment.report_no,
        "payment_kind_code": kind,
        "claim_item_code": item,
        "expense_type_code": pick(rng, _EXPENSES) if kind == "30" else None,
        "paid_amount": yuan(cents),
        "paid_at": paid_at,
        "victim_count": payment.victim_count if kind in ("10", "20") else None,
        "payee_type_code": payee,
        "payee_name": cover.enterprise.name if is_known else names.person(rng),
    }
    version = journal.insert(cover.sender, "claim_payment", fields, paid_at, after=after)
    if kind == "30" and rng.random() < 0.03:
        twice = journal.insert(
            cover.sender, "claim_payment", fields | {"payment_no": f"{fields['payment_no']}C"}, paid_at, after=version
        )
        journal.withdraw(twice, twice.available_at, "重复录入,撤销")
    return version
