"""Rehearsing a replay on a copy of the database: what it would change, found out by doing it there."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence

from pipeline.expecting import expected_feeds
from pipeline.freezing import delivered_since, revise, versions_in_force
from pipeline.hub import Hub
from pipeline.judging.replay import replay
from warehouse.database.engine import database_errors
from warehouse.history import rehearsals
from warehouse.history.plans import Part
from warehouse.history.rehearsals import Changes
from warehouse.history.twin import twin
from warehouse.landing.load_report import LoadReport
from warehouse.publishing.publish import latest_publication, publish

BY = "rehearsal"
NOTHING = Changes(0, ())


def rehearse(hub: Hub, parts: Sequence[Part]) -> dict[str, object]:
    """Replay the parts in a twin; gives ``counts`` by kind, and the first changes of each kind as lines.

    Cells are those of the newest publication's day and of all frozen months, computed in the twin before and after:
    what other deliveries moved since they were published is not counted. Raises SetupError for a login that may not
    create databases.
    """
    with hub.twin_maker() as maker, twin(maker, "everything") as pair:
        there = dataclasses.replace(hub, engine=pair.engine)
        with database_errors("rehearsing"), pair.engine.begin() as connection:
            rehearsals.keep_verdicts(connection)
            resolved = rehearsals.standing(connection).resolved_count
        before = _figures(there)
        reports = replay(there, [batch_id for part in parts for batch_id in part.batch_ids])
        after = _figures(there)
        with database_errors("comparing a rehearsal"), pair.engine.connect() as connection:
            cleared = rehearsals.standing(connection).resolved_count - resolved
            verdicts = rehearsals.changed_verdicts(connection)
            changes = {
                name: rehearsals.changed_cells(connection, before[name], after[name])
                for name in before
                if before[name] != after[name]
            }
    newest = changes.pop("newest", NOTHING)
    return _effects(reports, cleared, {"verdicts": verdicts, "cells": newest, "frozen_cells": _sum(changes)})


def _figures(there: Hub) -> Mapping[str, int]:
    """Publications of what is known in the twin now: ``newest`` of the newest publication's day, others by month."""
    months = {f"{each.month:%Y-%m}": each.publication.publication_id for each in revise(there, BY)}
    with database_errors("publishing in a rehearsal"), there.engine.begin() as connection:
        newest = latest_publication(connection)
        if newest is None:
            return months
        known_at = _known_at(there.now(), rehearsals.standing(connection).last_known_at)
        published = publish(
            connection, newest.as_of, known_at, known_at, expected=expected_feeds(there, newest.as_of),
            delivered_since=delivered_since(newest.as_of), versions=versions_in_force(there),
        )  # fmt: skip
    return {**months, "newest": published.publication_id}


def _known_at(now: dt.datetime, last: dt.datetime | None) -> dt.datetime:
    return now if last is None else max(now, last)


def _sum(by_month: Mapping[str, Changes]) -> Changes:
    lines = tuple(f"{month} {line}" for month, each in sorted(by_month.items()) for line in each.lines)
    return Changes(sum(each.count for each in by_month.values()), lines)


def _effects(reports: Sequence[LoadReport], cleared: int, changes: Mapping[str, Changes]) -> dict[str, object]:
    books = ("accepted", "quarantined", "duplicate", "superseded")
    counts = {name: sum(getattr(report, name) for report in reports) for name in books}
    told = {name: list(each.lines) for name, each in changes.items()}
    return {"counts": {**counts, "cleared": cleared, **{n: e.count for n, e in changes.items()}}, **told}
