"""Bounds: the interval in which a figure lies that lacks deliveries, by a versioned method (``bounds.yml``).

Assumptions and measured widths: ``docs/bounds.md``. Everything is computed in the database from what a publication knows.
"""

from __future__ import annotations

import datetime as dt
import functools
import pathlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import Field

from schemas.contract import INSURER_RECORD_TYPES, load_contract
from schemas.province import province
from schemas.yaml_files import Entry, Listed, Number, Text, Words, read_yaml
from warehouse.database.statements import statement
from warehouse.indicators.catalogue import Definition, PeriodKind
from warehouse.indicators.reasons import UNBOUNDED

FILE = pathlib.Path(__file__).parent / "bounds.yml"
#: How a record type without ``policy_no`` comes to its policy.
_PARENTS = {"claim_payment": ("claim", "report_no"), "hazard": ("service_record", "service_no")}
_POOL_CITY = (
    "(select g.city_code from reference.region_resolution as g"
    " where g.region_code = v.pool_region_code and g.valid_to is null)"
)


class Method(Entry):
    """How bounds are computed; a change of anything is a new version."""

    method: Text
    version: Annotated[int, Field(ge=1)]
    name: Words
    factor: Annotated[int, Field(ge=1)]
    least: Annotated[int, Field(ge=1)]
    history_days: Annotated[int, Field(ge=1)]
    settling_days: Annotated[int, Field(ge=0)]
    least_history_days: Annotated[int, Field(ge=1)]
    longest_gap_days: Annotated[int, Field(ge=1)]
    part_of_fee: Number
    part_due: Mapping[str, Number]
    label: Text
    source: Text
    share: Listed[str]
    """Indicators whose every contribution lies between 0 and its denominator."""
    amount: Listed[str]
    depends: Mapping[str, Listed[str]]
    """Record types that a feed moves, itself included, since they count only when its records are known."""
    single: Listed[str]

    def bounds(self, definition: Definition) -> bool:
        """Whether a definition's figures are bounded."""
        return definition.indicator in (*self.share, *self.amount)


@functools.cache
def load_method() -> Method:
    """The method in force. Raises DefinitionError with every mistake."""
    return read_yaml(FILE.name, FILE.read_bytes(), dict).part(Method)


def begin(connection: sa.Connection, as_of: dt.date, known_at: dt.datetime) -> bool:
    """Prepare the temporary tables of a publication's bounds; False when nothing is lacking.

    Needs ``snapshot`` and ``judge_feeds`` in the same transaction.
    """
    gaps = connection.execute(statement("indicators/bounds_gaps"), {"known_at": known_at}).all()
    if not gaps:
        return False
    method = load_method()
    reach = [(parent, child) for parent in INSURER_RECORD_TYPES for child in method.depends.get(parent, (parent,))]
    bound = {
        "insurer_ids": [gap.insurer_id for gap in gaps],
        "record_types": [gap.record_type for gap in gaps],
        "first_ats": [gap.first_at for gap in gaps],
        "whole_untils": [gap.whole_until for gap in gaps],
        "parents": [parent for parent, _ in reach],
        "children": [child for _, child in reach],
        "known_at": known_at,
        "as_of": as_of,
        "province_code": province().code,
        "longest_gap_days": method.longest_gap_days,
        "settling_days": method.settling_days,
        "least_history_days": method.least_history_days,
    }
    connection.execute(statement("indicators/bounds_begin"), bound)
    for record_type in INSURER_RECORD_TYPES:
        connection.execute(statement("indicators/bounds_rows", **_slots(record_type)), {"known_at": known_at})
    connection.execute(statement("indicators/bounds_records"))
    connection.execute(sa.text("analyze bound_row, bound_record, bound_area"))
    # The planner cannot know how many rows a query's parts give each other: a nested loop over them took more than ten times as long.
    connection.execute(sa.text("set local enable_nestloop = off"))
    return True


def keep_pace(connection: sa.Connection) -> None:
    """What the current contributions say of each lacking feed's pace; they must be those of the widest period."""
    connection.execute(sa.text("truncate bound_mass, bound_pace"))
    connection.execute(statement("indicators/bounds_mass"))
    connection.execute(sa.text("analyze bound_mass"))
    bound = {"province_code": province().code, "history_days": load_method().history_days}
    connection.execute(statement("indicators/bounds_pace"), bound)


def store(
    connection: sa.Connection,
    definition: Definition,
    period_kind: PeriodKind,
    publication_id: int,
    schema: str = "mart",
) -> None:
    """Store the bounds of a definition's provisional cells. Needs its cells stored, in the same schema, and ``keep_pace``."""
    method = load_method()
    bound: dict[str, Any] = {
        "publication_id": publication_id,
        "indicator": definition.indicator,
        "period_kind": period_kind,
        "feeds": list(definition.feeds),
        "province_code": province().code,
        "is_share": definition.indicator in method.share,
        "factor": method.factor,
        "least": method.least,
        "single": list(method.single),
        "part_of_fee": method.part_of_fee,
        "part_due": method.part_due.get(definition.indicator, 1),
        "method": method.method,
        "method_version": method.version,
    }
    connection.execute(statement("indicators/bounds_store", schema=schema), bound)


@dataclass(frozen=True)
class Bound:
    """The interval of one published cell; ``low`` and ``high`` are quotients, None with a reason when there is none."""

    method: str
    method_version: int
    low: Decimal | None
    high: Decimal | None
    shown_low: Decimal | None
    shown_high: Decimal | None
    """In the unit in which the figure is shown, rounded outwards to two decimals."""
    unbounded_reason: str | None
    missing_count: int
    portfolio_completeness: Decimal | None
    """Policies in force of senders that lack nothing, over those of all, as far as they are known."""

    @property
    def text(self) -> str:
        """``区间 61.20%–64.85%``, or why there is none."""
        if self.unbounded_reason is not None:
            return f"无区间:{UNBOUNDED[self.unbounded_reason].zh}"
        return f"区间 {self.shown_low}%–{self.shown_high}%"


CellPlace = tuple[str, str, str, str, str]
"""(indicator, period_kind, region_code, domain_code, insurer_id)."""


def read_bounds(connection: sa.Connection, publication_id: int, indicators: Sequence[str]) -> dict[CellPlace, Bound]:
    """The bounds of a publication's cells that the caller may see."""
    bound = {"publication_id": publication_id, "indicators": list(indicators)}
    rows = connection.execute(statement("indicators/bounds_show"), bound)
    return {(row[0], row[1], row[2], row[3], row[4]): Bound(*row[5:]) for row in rows}


def _slots(record_type: str) -> dict[str, str]:
    """What is particular to a record type: its key, its policy, if it has one, and its area."""
    contract = load_contract(record_type)
    parent, number = _PARENTS.get(record_type, ("claim", "report_no"))
    known = f"select k.insurer_id, k.{number} as parent_no, k.policy_no from core.{parent}_known(:known_at) as k"  # noqa: S608 - names of ours
    is_child, is_pooled = record_type in _PARENTS, "pool_region_code" in contract.by_name
    own = "v.policy_no" if "policy_no" in contract.by_name else "cast(null as text)"
    return {
        "record_type": record_type,
        "key": ", ".join(f"v.{name}" for name in contract.key),
        "policy": "p.policy_no" if is_child else own,
        "city": _POOL_CITY if is_pooled else "null",
        "parent": known if is_child else f"{known} where false",
        "number": f"v.{number}" if is_child else "null",
    }
