"""Why a figure moved between two publications: parts by cause that add up to the difference exactly.

A chain of states leads from the first publication to the second; each step lets one more cause have happened, and its
part is what the figure does at that step. The order is fixed (``CAUSES``): the as-of day first, with nothing new known;
then what was delivered, corrected, changed in the registers, replayed under other rules or another calendar; then verdicts
that were judged again (another calendar, an extension, an outage); then the indicator's definition. ``reference`` is what the chain cannot reproduce of the stored figures: the table of regions,
which has no history, or code of another release. Where a figure has no value (its denominator is not positive) it
counts as zero, so that parts of the value add up there, too.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from schemas.contract import load_contract
from warehouse.database.statements import statement
from warehouse.indicators import attribution
from warehouse.indicators.catalogue import Definition, load_definition
from warehouse.indicators.explain import Place, PublishedCell, show
from warehouse.indicators.parts import (
    CAUSES,
    ChangedRecord,
    Difference,
    Figure,
    Load,
    Part,
    figure,
    part_between,
    together,
    turned,
)
from warehouse.indicators.publication import Publication
from warehouse.indicators.rollup import contribute, period

_PERIOD_STATE, _DEFINITION_STATE = 1, 2 + len(attribution.VERSION_CAUSES)


@dataclass(frozen=True)
class _Asked:
    """One place of a difference under work, its definitions and its published figures."""

    place_no: int
    place: Place
    definitions: tuple[Definition, Definition]
    stored: tuple[Figure, Figure]


@dataclass(frozen=True)
class _Ends:
    before: Publication
    after: Publication


def difference(
    connection: sa.Connection, before: Publication, after: Publication, places: Sequence[Place], *, limit: int = 0
) -> list[Difference]:
    """Explains each place's difference, with at most ``limit`` records a part; needs a transaction.

    Leaves nothing behind in the database. Raises LookupError for a cell that neither publication has,
    DefinitionError for an unknown indicator.
    """
    if before.known_at > after.known_at:
        backwards = difference(connection, after, before, places, limit=limit)
        return [turned(each) for each in backwards]
    ends = _Ends(before, after)
    with connection.begin_nested() as attempt:
        asked = [_asked(connection, n, place, ends) for n, place in enumerate(places)]
        states = _states(connection, asked, ends)
        found = [_difference(connection, each, ends, states[each.place_no], limit) for each in asked]
        attempt.rollback()
    return found


def _states(connection: sa.Connection, asked: Sequence[_Asked], ends: _Ends) -> list[list[Figure]]:
    """Each place's figure in every state."""
    chain = attribution.begin(connection, ends.before.known_at, ends.after.known_at)
    changed = chain.steps
    states: list[list[Figure]] = [[] for _ in asked]
    for state_no in range(_DEFINITION_STATE + 1):
        step = max(0, min(state_no - _PERIOD_STATE, len(attribution.VERSION_CAUSES)))
        is_version_step = _PERIOD_STATE < state_no < _DEFINITION_STATE
        if state_no == 0 or (is_version_step and step in changed):
            chain.choose(connection, step)
        for each in asked:
            figures = states[each.place_no]
            is_same = state_no > 0 and not _steps(each, ends, state_no, changed)
            figures.append(figures[-1] if is_same else _compute(connection, chain, each, ends, state_no))
            if state_no > 0 and not is_same:
                _compare(connection, each, state_no, _last_computed(each, ends, state_no, changed))
    attribution.identify(connection)
    return states


def _steps(asked: _Asked, ends: _Ends, state_no: int, changed: frozenset[int]) -> bool:
    """Whether a state differs from the one before it in anything that a figure is computed from."""
    if state_no == _PERIOD_STATE:
        return ends.before.as_of != ends.after.as_of
    if state_no == _DEFINITION_STATE:
        return _text_of(asked.definitions[0]) != _text_of(asked.definitions[1])
    return state_no - _PERIOD_STATE in changed


def _last_computed(asked: _Asked, ends: _Ends, state_no: int, changed: frozenset[int]) -> int:
    return next((n for n in range(state_no - 1, 0, -1) if _steps(asked, ends, n, changed)), 0)


def _compute(
    connection: sa.Connection, chain: attribution.AttributionStates, asked: _Asked, ends: _Ends, state_no: int
) -> Figure:
    """A place's figure in the current hybrid state; keeps its contributions for comparison."""
    definition = asked.definitions[state_no >= _DEFINITION_STATE]
    as_of = ends.after.as_of if state_no >= _PERIOD_STATE else ends.before.as_of
    redirected = definition.model_copy(update={"contributions_sql": chain.rewritten(definition.contributions_sql)})
    contribute(connection, redirected, period(asked.place.period_kind, as_of), ends.after.known_at)
    place = asked.place
    dimensions = {"region_code": place.region_code, "domain_code": place.domain_code, "insurer_id": place.insurer_id}
    connection.execute(sa.text("drop table if exists pg_temp.behind"))
    connection.execute(statement("indicators/explain_pick"), {**dimensions, "is_excluded": False})
    marks = {"place_no": asked.place_no, "state_no": state_no}
    connection.execute(statement("indicators/difference_weigh"), marks)
    sums = connection.execute(statement("indicators/explain_sums"), {"is_distinct": definition.is_distinct}).one()
    return figure(definition.unit, sums.numerator, sums.denominator)


def _compare(connection: sa.Connection, asked: _Asked, state_no: int, before_no: int) -> None:
    marks = {"place_no": asked.place_no, "state_no": state_no, "before_no": before_no}
    connection.execute(statement("indicators/difference_moved"), marks)


def _difference(connection: sa.Connection, asked: _Asked, ends: _Ends, states: list[Figure], limit: int) -> Difference:
    first, last = asked.stored
    lost = part_between("reference", first, states[0]), part_between("reference", states[-1], last)
    parts = [together(lost[0], lost[1])]
    for state_no, cause in enumerate(CAUSES[1:], start=1):
        part = part_between(cause, states[state_no - 1], states[state_no])
        parts.append(_with_records(connection, part, asked, state_no, limit))
    before, after = asked.definitions
    return Difference(
        asked.place, after.unit, ends.before, ends.after, first, last,
        ((before.version, before.digest), (after.version, after.digest)), tuple(parts),
    )  # fmt: skip


def _with_records(connection: sa.Connection, part: Part, asked: _Asked, state_no: int, limit: int) -> Part:
    marks = {"place_no": asked.place_no, "state_no": state_no}
    count = sa.text("select count(*) from moved where place_no = :place_no and state_no = :state_no")
    moved_count = connection.execute(count, marks).scalar_one()
    if not moved_count:
        return part
    if _PERIOD_STATE < state_no < _DEFINITION_STATE:
        rows = connection.execute(
            statement("indicators/difference_records"), {**marks, "step": state_no - _PERIOD_STATE}
        )
        records = [ChangedRecord(**row) for row in rows.mappings()]
        loads = _loads(connection, records)
    else:
        records, loads = _moved_records(connection, marks), ()
    return dataclasses.replace(
        part, moved_count=moved_count, record_count=len(records), records=tuple(records[:limit]), loads=loads
    )


def _moved_records(connection: sa.Connection, marks: dict[str, int]) -> list[ChangedRecord]:
    types = connection.execute(sa.text("select distinct record_type from moved order by 1")).scalars().all()
    found = []
    for record_type in types:
        key = attribution.key_text(load_contract(record_type))
        query = statement("indicators/difference_moved_records", record_type=record_type, key=key)
        found += [ChangedRecord(**row) for row in connection.execute(query, marks).mappings()]
    return found


def _loads(connection: sa.Connection, records: Sequence[ChangedRecord]) -> tuple[Load, ...]:
    loads = sorted({(record.batch_id, record.recorded_at) for record in records})
    wanted = {"batch_ids": [batch_id for batch_id, _ in loads], "moments": [moment for _, moment in loads]}
    rows = connection.execute(statement("indicators/difference_loads"), wanted).mappings()
    return tuple(Load(**{**row, "files": tuple(row["files"])}) for row in rows)


def _asked(connection: sa.Connection, place_no: int, place: Place, ends: _Ends) -> _Asked:
    base = load_definition(place.indicator)
    place = dataclasses.replace(place, indicator=base.indicator)
    cells = [_cell(connection, place, end.publication_id) for end in (ends.before, ends.after)]
    if cells == [None, None]:
        where = f"{place.region_code} × {place.domain_code} × {place.insurer_id}"
        raise LookupError(
            f"{place.indicator} ({place.period_kind}) has no published cell {where} in either publication"
        )
    before, after = (_used(connection, base, end.publication_id) for end in (ends.before, ends.after))
    stored = (_stored(cells[0], before.unit), _stored(cells[1], after.unit))
    return _Asked(place_no, place, (before, after), stored)


def _cell(connection: sa.Connection, place: Place, publication_id: int) -> PublishedCell | None:
    found = show(
        connection,
        indicators=[place.indicator],
        period_kind=place.period_kind,
        region_code=place.region_code,
        domain_code=place.domain_code,
        insurer_id=place.insurer_id,
        publication_id=publication_id,
    )
    return found[0] if found else None


def _used(connection: sa.Connection, base: Definition, publication_id: int) -> Definition:
    """The definition as a publication used it; the present one where the publication did not have the indicator."""
    wanted = {"publication_id": publication_id, "indicator": base.indicator}
    row = connection.execute(statement("indicators/difference_definition"), wanted).one_or_none()
    if row is None:
        return base
    said = {key: getattr(row, key) for key in ("unit", "is_distinct", "contributions_sql")}
    return base.model_copy(update={"version": row.definition_version, **said})


def _text_of(definition: Definition) -> tuple[Any, ...]:
    return definition.contributions_sql, definition.is_distinct, definition.unit


def _stored(cell: PublishedCell | None, unit: str) -> Figure:
    return figure(unit, Decimal(0), Decimal(0)) if cell is None else figure(unit, cell.numerator, cell.denominator)
