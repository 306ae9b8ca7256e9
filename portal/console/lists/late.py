"""Late records of every type that has a deadline: one select a type, from the contracts."""

from __future__ import annotations

import functools

from portal.sql_text import text_of
from schemas.contract import load_contracts


@functools.cache
def late_records() -> str:
    """SQL text: late records with the policies that they belong to."""
    told = [c.record_type for c in load_contracts().values() if c.milestones and not c.is_register]
    return "\nunion all\n".join(text_of("console/lists/late_of", literal=f"'{each}'") for each in told)
