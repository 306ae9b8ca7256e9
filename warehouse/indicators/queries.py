"""Contributions of an indicator as one select, for those who may read and make no temporary table: regulators in SQL.

The relations that ``snapshot.sql`` prepares as temporary tables stand in the select as common table expressions.
"""

from __future__ import annotations

import logging
import re

import sqlalchemy as sa

from schemas.province import province
from warehouse.database.statements import statement, text_of
from warehouse.indicators.catalogue import Definition, find_definitions

#: Parameters of a query in their order: ``report.explain_cell`` binds them.
PARAMETERS = ("known_at", "as_of", "period_start", "period_end")
_PREPARED = re.compile(r"create temporary table (\w+) on commit drop as\n(.*?);", re.DOTALL)
_PARAMETER = re.compile(r"(?<![:\w]):(\w+)")

logger = logging.getLogger(__name__)


def prepared_relations() -> dict[str, str]:
    """What the SQL of an indicator may read besides ``core`` and ``reference``: the select of each, by name."""
    return {name: select.strip() for name, select in _PREPARED.findall(text_of("indicators/snapshot"))}


def contributions_query(definition: Definition) -> str:
    """Contributions with the areas that they count for: one select of $1 to $4, see ``PARAMETERS``."""
    relations = ",\n".join(f"{name} as materialized (\n{text}\n)" for name, text in prepared_relations().items())
    _, _, resolved = text_of("indicators/resolve", contributions=definition.contributions_sql).partition(
        "insert into contribution\n"
    )
    return _numbered(f"with {relations}\n{resolved}")


def install(connection: sa.Connection) -> None:
    """Keep the query of every definition without mistakes in the database, by digest; older ones stay.

    Only who owns the database's objects may: what stands there runs with the owner's right to read.
    """
    found = find_definitions()
    for error in found.broken.values():
        logger.warning("cells cannot be explained in SQL until the definition is mended: %s", error)
    for d in found.usable.values():
        row = {
            "digest": d.digest,
            "indicator": d.indicator,
            "is_distinct": d.is_distinct,
            "query": contributions_query(d),
        }
        connection.execute(statement("database/report/keep_query"), row)


def _numbered(text: str) -> str:
    """The text with numbered parameters, the province written out."""
    numbers = {name: f"${number}" for number, name in enumerate(PARAMETERS, start=1)}
    known = {**numbers, "province_code": f"'{province().code}'"}
    code = re.sub(r"--[^\n]*", "", text)
    return _PARAMETER.sub(lambda found: known[found[1]], code)
