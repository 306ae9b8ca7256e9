"""Publishing: all indicators and the timeliness of all feeds, for a day, as known at a moment."""

from __future__ import annotations

import datetime as dt
import functools
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from schemas.contract import INSURER_RECORD_TYPES, load_contract
from schemas.errors import DefinitionError
from warehouse.database import release
from warehouse.database.expressions import event_on
from warehouse.database.statements import statement, text_of
from warehouse.indicators import bounds
from warehouse.indicators.catalogue import Definition, Found, find_definitions
from warehouse.indicators.publication import Publication, judge_feeds
from warehouse.indicators.rollup import contribute_by_period, period, refused, roll_up, snapshot
from warehouse.landing.load_report import Versions
from warehouse.publishing.beside import computing, taken

NO_VERSIONS = Versions("", "")


@dataclass(frozen=True)
class Gap:
    """An indicator that a publication lacks, and why: file, line, problem and fix."""

    indicator: str
    reason: str


def publish(
    connection: sa.Connection,
    as_of: dt.date,
    known_at: dt.datetime,
    published_at: dt.datetime,
    *,
    expected: Iterable[tuple[str, str]],
    delivered_since: dt.datetime,
    versions: Versions = NO_VERSIONS,
    definitions: Mapping[str, Definition] | None = None,
    may_lack: bool = True,
    beside: sa.Engine | None = None,
) -> Publication:
    """Computes and stores every figure in the caller's transaction; what was published before is found again.

    ``expected`` are (insurer_id, record_type) feeds; one counts as delivered by a batch received from
    ``delivered_since`` to ``known_at``. ``versions`` (rule set and calendar in force) are kept beside the figures.
    ``definitions`` default to the catalogue. Waits for running loads; later ones are recorded after ``known_at``. Moments carry a zone.
    An indicator whose definition has a mistake is left out, and the publication says so; without ``may_lack`` that
    raises DefinitionError. With ``beside`` a second session of that engine computes a share of the indicators: the caller's
    transaction must have written nothing that figures read, and be in no savepoint.
    """
    release.hold(connection)
    found = _find(connection, as_of=as_of, known_at=known_at)
    if found is not None:
        return found
    prepare = functools.partial(
        _prepare, as_of=as_of, known_at=known_at, feeds=sorted(set(expected)), delivered_since=delivered_since
    )
    is_lacking = prepare(connection)
    moments = {"as_of": as_of, "known_at": known_at, "published_at": published_at, "delivered_since": delivered_since}
    publication_id = _record(connection, moments, versions)
    known = Found(definitions, {}) if definitions else find_definitions()
    waiting = deque(known.usable.values())
    lacking = dict(known.broken)

    def publish_one(definition: Definition, store: Callable[[], None]) -> None:
        try:
            with connection.begin_nested():
                kept = keep_definition(connection, definition)
                name = {**kept, "publication_id": publication_id}
                connection.execute(statement("publishing/publish/name_definition"), name)
                store()
        except DefinitionError as error:
            lacking[definition.indicator] = error

    compute = functools.partial(
        _compute, publication_id=publication_id, as_of=as_of, known_at=known_at, is_lacking=is_lacking
    )
    with computing(connection, beside, waiting, prepare, compute) as share:
        for definition in taken(waiting.popleft):
            publish_one(definition, functools.partial(compute, connection, definition, schema="mart"))
            for computed in share.ready():
                publish_one(computed.definition, functools.partial(computed.store, connection))
        for computed in share.rest():
            publish_one(computed.definition, functools.partial(computed.store, connection))
    if lacking and not may_lack:
        raise next(iter(lacking.values()))
    _keep_gaps(connection, publication_id, lacking)
    _publish_timeliness(connection, publication_id, as_of, known_at)
    return find_publication(connection, publication_id)


def _prepare(
    connection: sa.Connection,
    as_of: dt.date,
    known_at: dt.datetime,
    feeds: list[tuple[str, str]],
    delivered_since: dt.datetime,
) -> bool:
    """Make the temporary tables that figures are computed from; whether deliveries are lacking."""
    connection.execute(sa.text("set local work_mem = '64MB'"))
    snapshot(connection, known_at)
    judge_feeds(connection, known_at, feeds, delivered_since)
    return bounds.begin(connection, as_of, known_at)


def _compute(
    connection: sa.Connection,
    definition: Definition,
    *,
    schema: str,
    publication_id: int,
    as_of: dt.date,
    known_at: dt.datetime,
    is_lacking: bool,
) -> None:
    """Cells of one definition and, when it lacks deliveries and is bounded, their bounds; the longest period sets the pace.

    Raises DefinitionError.
    """
    is_bounded = is_lacking and bounds.load_method().bounds(definition)
    try:
        for place, span in enumerate(contribute_by_period(connection, definition, as_of, known_at)):
            roll_up(connection, definition, span, publication_id, schema)
            if is_bounded and place == 0:
                bounds.keep_pace(connection)
            if is_bounded:
                bounds.store(connection, definition, span.kind, publication_id, schema)
    except (exc.ProgrammingError, exc.DataError) as error:
        raise refused(definition, error) from error


def find_publication(connection: sa.Connection, publication_id: int) -> Publication:
    """A publication by its id. Raises LookupError when there is none."""
    found = _find(connection, publication_id)
    if found is None:
        raise LookupError(f"no publication {publication_id}")
    return found


def latest_publication(connection: sa.Connection) -> Publication | None:
    """The publication of the newest day, and of it the one known latest; None before the first."""
    return _find(connection)


def find_pair(connection: sa.Connection, as_of: dt.date, known_at: dt.datetime) -> Publication | None:
    """The publication of exactly this day and moment; None when there is none."""
    return _find(connection, as_of=as_of, known_at=known_at)


def _find(
    connection: sa.Connection,
    publication_id: int | None = None,
    as_of: dt.date | None = None,
    known_at: dt.datetime | None = None,
) -> Publication | None:
    wanted = {"publication_id": publication_id, "as_of": as_of, "known_at": known_at}
    row = connection.execute(statement("publishing/publish/find"), wanted).mappings().one_or_none()
    if row is None:
        return None
    missing = {
        name: tuple(row[name])
        for name in ("missing_insurers", "missing_feeds", "imbalanced_feeds", "missing_indicators")
    }
    return Publication(**{**row, **missing})


def _record(connection: sa.Connection, moments: dict[str, Any], versions: Versions) -> int:
    row = {**moments, "ruleset_version": versions.ruleset, "calendar_version": versions.calendar}
    publication_id = int(connection.execute(statement("publishing/publish/record"), row).scalar_one())
    connection.execute(sa.select(sa.func.mart.open_publication(publication_id)))
    wanted = {"publication_id": publication_id, "known_at": moments["known_at"]}
    connection.execute(statement("publishing/publish/keep_feeds"), wanted)
    connection.execute(statement("publishing/publish/keep_imbalances"), wanted)
    return publication_id


def _keep_gaps(connection: sa.Connection, publication_id: int, lacking: Mapping[str, DefinitionError]) -> None:
    for indicator, error in sorted(lacking.items()):
        row = {"publication_id": publication_id, "indicator": indicator, "reason": str(error)}
        connection.execute(statement("publishing/publish/keep_gap"), row)


def gaps(connection: sa.Connection, publication_id: int) -> list[Gap]:
    """The indicators that a publication lacks."""
    rows = connection.execute(statement("publishing/publish/gaps"), {"publication_id": publication_id})
    return [Gap(**row._asdict()) for row in rows]


def keep_definition(connection: sa.Connection, definition: Definition) -> dict[str, Any]:
    """Keep a definition as it is now beside the figures that it gives; returns what was kept."""
    denominator = definition.denominator
    row = {
        "indicator": definition.indicator,
        "definition_version": definition.version,
        "digest": definition.digest,
        "code": definition.code,
        "name_zh": definition.name.zh,
        "name_en": definition.name.en,
        "unit": definition.unit,
        "direction": definition.direction,
        "variant_of": definition.variant_of,
        "numerator_zh": definition.numerator.zh,
        "denominator_zh": denominator.zh if denominator else "",
        "population_zh": definition.population.zh,
        "confidence": definition.confidence,
        "owner": definition.owner,
        "source_document": definition.source,
        "valid_from": definition.valid_from,
        "review_date": definition.review_date,
        "contributions_sql": definition.contributions_sql,
        "is_distinct": definition.is_distinct,
        "is_independently_checked": definition.independent_check is not None,
    }
    connection.execute(statement("publishing/publish/keep_definition"), row)
    return row


def _publish_timeliness(connection: sa.Connection, publication_id: int, as_of: dt.date, known_at: dt.datetime) -> None:
    span = period("ytd", as_of)
    verdicts = "union all\n".join(map(_verdicts, INSURER_RECORD_TYPES))
    connection.execute(
        statement("publishing/publish/timeliness", verdicts=verdicts),
        {
            "publication_id": publication_id,
            "known_at": known_at,
            "period_start": span.start,
            "period_end": span.end,
        },
    )


def _verdicts(record_type: str) -> str:
    """The verdicts of one record type, by its main event."""
    event = event_on(load_contract(record_type), "v")
    return text_of("publishing/publish/verdicts", record_type=record_type, known=f"{record_type}_known", event=event)
