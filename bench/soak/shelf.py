"""What the insurers of a random history can tell: a few policies each, everything that hangs on them, and changes to it."""

from __future__ import annotations

import datetime as dt
import functools
import random
from collections.abc import Callable
from decimal import Decimal

from bench.soak.world import DAWN, Record, province
from sandbox.truth.province import blank
from schemas.contract import INSURER_RECORD_TYPES, load_contract

POLICIES = 6
CHILDREN = 5
REASON = "录入错误更正"

Told = tuple[str, Record]
"""(record type, record)."""


@functools.cache
def _known(insurer_id: str) -> dict[str, list[Record]]:
    """First versions of everything that one insurer knew at dawn, by record type."""
    found: dict[str, dict[tuple[object, ...], Record]] = {name: {} for name in INSURER_RECORD_TYPES}
    for version in province().versions:
        if version.insurer_id == insurer_id and version.available_at <= DAWN:
            found[version.record_type].setdefault(version.key, version.record)
    return {name: [r for r in of.values() if _is_plain(r)] for name, of in found.items()}


def _is_plain(record: Record) -> bool:
    return record["operation_code"] != "D" and not record.get("is_coinsured") and not record.get("previous_policy_no")


def shelf(insurer_id: str, drawn: random.Random) -> list[Told]:
    """Records to tell, parents mostly before their children; those of policies with claims come first."""
    known = _known(insurer_id)
    claimed = {record["policy_no"] for record in known["claim"]}
    policies = sorted(known["policy"], key=lambda r: (r["policy_no"] not in claimed, drawn.random()))[:POLICIES]
    found: list[Told] = [("policy", policy) for policy in policies]
    parents = {policy["policy_no"] for policy in policies}
    for record_type in INSURER_RECORD_TYPES:
        if record_type != "policy":
            own = [r for r in known[record_type] if parents & {r.get(name) for name in _PARENTS}]
            chosen = drawn.sample(own, min(CHILDREN, len(own)))
            parents |= {str(record[load_contract(record_type).key[0]]) for record in chosen}
            found += [(record_type, record) for record in chosen]
    order = {id(record): n + drawn.uniform(0, 15) for n, (_, record) in enumerate(found)}
    return sorted(found, key=lambda told: order[id(told[1])])


_PARENTS = ("policy_no", "report_no", "service_no")


def _more(field: str) -> Callable[[random.Random, Record], Record]:
    def change(drawn: random.Random, record: Record) -> Record:
        return {field: (record[field] or Decimal(0)) + Decimal(drawn.randint(1, 90_000)) / 100}

    return change


def _said(field: str) -> Callable[[random.Random, Record], Record]:
    return lambda drawn, _: {field: f"更正{drawn.randint(1, 9)}"}


def _earlier(field: str) -> Callable[[random.Random, Record], Record]:
    return lambda drawn, record: {field: record[field] - dt.timedelta(days=drawn.randint(1, 12))}


def _premium(drawn: random.Random, record: Record) -> Record:
    plain = dict.fromkeys(("commission_ratio", "commission_amount", "premium_rate_ratio"))
    return {**plain, **_more("written_premium_amount")(drawn, record)}


CHANGES: dict[str, tuple[Callable[[random.Random, Record], Record], ...]] = {
    "policy": (_premium, _said("contact_name"), _earlier("issue_date")),
    "endorsement": (_said("description_text"), _earlier("issue_date")),
    "premium_receipt": (_more("received_amount"), _earlier("receipt_date")),
    "claim": (_more("reserve_amount"), _said("description_text")),
    "claim_payment": (_more("paid_amount"), _said("payee_name")),
    "service_plan": (_said("goal_text"), _earlier("plan_date")),
    "service_record": (_said("place_text"), lambda drawn, _: {"attendee_count": drawn.randint(1, 60)}),
    "hazard": (_said("location_text"),),
    "fee_expense": (_more("expense_amount"), _said("payee_name")),
}


def changed(record_type: str, record: Record, drawn: random.Random, moment: dt.datetime) -> Record:
    """A later version of a record as of ``moment``, with a reason or without."""
    change = drawn.choice(CHANGES[record_type])(drawn, record)
    reason = REASON if drawn.random() < 0.7 else None
    stamp = {"operation_code": "U", "correction_reason_text": reason, "source_updated_at": moment}
    return record | change | stamp


def cancelled(policy: Record, drawn: random.Random, moment: dt.datetime) -> list[Told]:
    """Surrender of a policy: its endorsement, and the refund."""
    number, day = f"{policy['policy_no']}P{drawn.randint(90, 99)}", min(policy["cover_end_date"], moment.date())
    refund = -(policy["written_premium_amount"] / 3).quantize(Decimal("0.01"))
    common = {name: policy[name] for name in ("insurer_code", "branch_code", "source_record_no", "policy_no")}
    common |= {"operation_code": "I", "source_updated_at": moment, "endorsement_no": number}
    endorsement = {
        "endorsement_type_code": "60", "issue_date": day, "effective_date": day, "premium_change_amount": refund,
        "termination_reason_code": "10", "description_text": "退保",
    }  # fmt: skip
    receipt = {
        "receipt_no": f"{number}R", "receipt_type_code": "20", "receipt_date": day, "received_amount": refund,
        "payer_name": policy["holder_name"],
    }  # fmt: skip
    return [
        ("endorsement", blank("endorsement") | common | endorsement),
        ("premium_receipt", blank("premium_receipt") | common | receipt),
    ]


#: A code that no list knows, by record type: such a row is held.
_CODES = {
    "policy": "policy_status_code", "endorsement": "endorsement_type_code", "premium_receipt": "receipt_type_code",
    "claim": "claim_status_code", "claim_payment": "payment_kind_code", "service_plan": "plan_status_code",
    "service_record": "service_status_code", "hazard": "hazard_status_code", "fee_expense": "expense_status_code",
}  # fmt: skip


def spoiled(record_type: str, record: Record) -> Record:
    """The record with a code that no list knows."""
    return record | {_CODES[record_type]: "77"}
