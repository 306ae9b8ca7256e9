"""Rules across records, run as SQL between staging and merge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from psycopg2.errors import OperationalError
from sqlalchemy import exc

from schemas.errors import DefinitionError
from schemas.findings import Observation, Rule, Tell
from warehouse.database.engine import hub_error
from warehouse.loading.staging import stage_findings

#: What a rule's select may use as bind parameters, besides the tables.
PARAMETERS = (
    "insurer_id", "batch_id", "received_at", "channel",
    "declared_row_count", "declared_amount_field", "declared_amount", "replaces",
)  # fmt: skip
FETCH_ROWS = 10_000
#: SQLSTATE of syntax, unknown names and missing rights.
_OF_THE_SELECT = "42"


def run(connection: sa.Connection, rules: Sequence[Rule], parameters: Mapping[str, Any], tell: Tell) -> None:
    """Run each rule's select over ``staged`` and put what it finds into ``staged_finding``.

    A select returns (row_no, value, expected), of tier orphan (row_no, parent_key); row_no null speaks of the batch.
    A fourth column names the field that the finding speaks of.
    Raises DefinitionError, naming the rule, for a select that PostgreSQL refuses.
    """
    given = {name: parameters[name] for name in PARAMETERS}
    for rule in rules:
        if rule.select is not None:
            for seen in _failures(connection, rule, given):
                stage_findings(connection, map(tell, seen))


def _failures(connection: sa.Connection, rule: Rule, parameters: dict[str, Any]) -> Iterator[list[Observation]]:
    try:
        result = connection.execute(sa.text(rule.select or ""), parameters)
    except exc.StatementError as error:
        raise _refused(rule, error) from None
    for rows in result.partitions(FETCH_ROWS):
        yield [_observed(rule, tuple(row)) for row in rows]


def _observed(rule: Rule, row: tuple[Any, ...]) -> Observation:
    field = row[3] if len(row) > 3 else rule.fields[0] if rule.fields else None
    row_no, value = row[0], _text(row[1]) if len(row) > 1 else None
    expected = _text(row[2]) if len(row) > 2 else None
    parent = (rule.parent, value) if rule.tier == "orphan" else ()
    return Observation(rule.rule_id, row_no, field, value, expected, {}, *parent)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _refused(rule: Rule, error: exc.StatementError) -> Exception:
    """What is wrong with a select; PostgreSQL's words where they speak of the select alone, and of no value sent."""
    state = getattr(error.orig, "pgcode", None)
    if isinstance(error, exc.DBAPIError) and (state is None or isinstance(error.orig, OperationalError)):
        return hub_error(f"rule {rule.rule_id}", error.orig)
    if state is None:
        problem = str(error.orig).partition(" (Background")[0]
    else:
        said = str(error.orig).partition("\n")[0] if state.startswith(_OF_THE_SELECT) else "PostgreSQL refuses it"
        problem = f"{said} (SQLSTATE {state})"
    return DefinitionError("quality/rules", f"{rule.rule_id}.select", problem, fix="correct the select")
