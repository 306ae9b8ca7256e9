"""Records inside others: a policy that is told with its endorsements, for a dialect that speaks so."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.dialects import speech
from sandbox.dialects.speech import Dialect
from schemas.contract import load_contract

INSIDE = "(inside)"
"""Where a record keeps those inside it; no field of a contract is so called."""
Rows = Callable[[str, dt.datetime | None, dt.datetime], list[dict[str, Any]]]
"""What an insurer shows of a record type within (since, until]."""


def records(
    dialect: Dialect, rows: Rows, record_type: str, since: dt.datetime | None, until: dt.datetime
) -> list[dict[str, Any]]:
    """The records of a window; an outer one also when only something inside it changed, and with all that it holds."""
    how = dialect.nested
    if how is None or record_type != how.outer:
        return rows(record_type, since, until)
    inside = defaultdict(list)
    for record in rows(how.inner, None, until):
        inside[record[how.key]].append(record)
    changed = {record[how.key] for kind in (how.outer, how.inner) for record in rows(kind, since, until)}
    return [
        {**record, INSIDE: inside[record[how.key]]}
        for record in rows(how.outer, None, until)
        if record[how.key] in changed
    ]


def row(dialect: Dialect, record_type: str, record: Mapping[str, Any], number: int) -> dict[str, Any]:
    """One record as the vendor sends it, with the records inside it, which do not repeat the key that they share."""
    made, how = speech.row(dialect, record_type, record, number), dialect.nested
    if how is None or record_type != how.outer:
        return made
    return made | {how.name: [_inner(dialect, each) for each in record[INSIDE]]}


def _inner(dialect: Dialect, record: Mapping[str, Any]) -> dict[str, Any]:
    assert dialect.nested is not None
    how = dialect.nested
    made = speech.row(dialect, how.inner, record, 0)
    del made[dialect.name(how.inner, load_contract(how.inner).by_name[how.key])]
    return made
