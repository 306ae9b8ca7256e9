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
    slots = {"literal": f"'{contract.record_type}'", "known": f"{contract.record_type}_known", "key": key}
    if "policy_no" in contract.by_name:
        return text_of("console/lists/late_own", **slots)
    link = next((field for field in _LINKS if field in contract.by_name), None)
    if link is None:
        return text_of("console/lists/late_alone", **slots)
    return text_of("console/lists/late_linked", **slots, field=link, parent=f"{_LINKS[link]}_known")
