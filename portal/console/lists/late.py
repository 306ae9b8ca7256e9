"""Late records of every type that has a deadline: one select a type, from the contracts."""

from __future__ import annotations

import functools

from portal.sql_text import text_of
from schemas.contract import Contract, load_contracts

#: Record types that name no policy: the field by which they are linked, and the record type that names it.
_LINKS = {"report_no": "claim", "service_no": "service_record"}


@functools.cache
def late_records() -> str:
    """SQL text: late records with the policies that they belong to."""
    told = [_late_of(c) for c in load_contracts().values() if c.milestones and not c.is_register]
    return "\nunion all\n".join(told)


def _late_of(contract: Contract) -> str:
    key = ", ".join(f"v.{name}" for name in contract.key)
    record_type = contract.record_type
    return text_of(
        "console/lists/late_of_type", literal=f"'{record_type}'", key=key, policy=_policy(contract),
        known=f"{record_type}_known",
    )  # fmt: skip


def _policy(contract: Contract) -> str:
    """How a record ``v`` says its policy."""
    if "policy_no" in contract.by_name:
        return "v.policy_no"
    for field, parent in _LINKS.items():
        if field in contract.by_name:
            told = text_of("console/lists/late_parent", parent=f"{parent}_known", field=field)
            return f"(\n{told})"
    return "cast(null as text)"
