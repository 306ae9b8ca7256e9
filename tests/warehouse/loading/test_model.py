"""Random sequences of deliveries against a small model of what a warehouse should know."""

from __future__ import annotations

import datetime as dt
import pathlib
from dataclasses import dataclass, field

import hypothesis.strategies as st
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings

from schemas.delivery import Channel
from tests.warehouse.building import at, fault, load_rows, policy, rows_of

#: (key, source version, content, is withdrawn, is faulty)
ROW = st.tuples(st.sampled_from("ABC"), st.integers(1, 3), st.integers(1, 2), st.booleans(), st.integers(0, 4))
BATCH = st.tuples(st.sampled_from(["drop", "api"]), st.lists(ROW, max_size=5))


@dataclass(frozen=True)
class Version:
    key: str
    updated: int
    content: int
    is_withdrawn: bool

    @property
    def spoken(self) -> tuple[str, int, int, bool]:
        return (self.key, self.updated, self.content, self.is_withdrawn)


@dataclass
class Model:
    """Versions by key with the step in which each was known, current ones, and first receipts."""

    versions: dict[str, list[Version]] = field(default_factory=dict)
    current: dict[str, Version] = field(default_factory=dict)
    first_step: dict[str, int] = field(default_factory=dict)
    known: list[dict[str, Version]] = field(default_factory=list)

    def deliver(self, step: int, channel: str, rows: list[tuple[Version, bool]]) -> tuple[int, int, int, int]:
        """Books of one batch: accepted, quarantined, duplicate, superseded."""
        held = [is_bad or conflicts(channel, version, [v for v, _ in rows]) for version, is_bad in rows]
        fresh: list[Version] = []
        for (version, _), is_held in zip(rows, held, strict=True):
            if not is_held and version not in fresh and version not in self.versions.get(version.key, []):
                fresh.append(version)
        accepted = sum(self._keep(step, [v for v in fresh if v.key == key]) for key in {v.key for v in fresh})
        self.known.append({k: v for k, v in self.current.items() if not v.is_withdrawn})
        return accepted, sum(held), len(rows) - sum(held) - len(fresh), len(fresh) - accepted

    def _keep(self, step: int, fresh: list[Version]) -> int:
        newest = max(fresh, key=lambda version: version.updated)
        self.versions.setdefault(newest.key, []).extend(fresh)
        self.first_step.setdefault(newest.key, step)
        held = self.current.get(newest.key)
        if held is not None and newest.updated < held.updated:
            return 0
        self.current[newest.key] = newest
        return 1


def conflicts(channel: str, version: Version, batch: list[Version]) -> bool:
    """The same key with other content; over an interface only at the same time of change."""
    others = [v for v in batch if v.key == version.key and v != version]
    return any(channel != "api" or other.updated == version.updated for other in others)


def row_of(version: Version) -> dict[str, object]:
    operation = "D" if version.is_withdrawn else "I"
    return policy(version.key, at(version.updated), employee_count=version.content, operation_code=operation)


def moment(step: int) -> dt.datetime:
    return at(20) + dt.timedelta(hours=step)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(BATCH, min_size=1, max_size=6))
def test_any_sequence_of_deliveries_is_accounted_and_remembered(
    shared_engine: sa.Engine, tmp_path_factory: pytest.TempPathFactory, batches: list[tuple[Channel, list[tuple]]]
) -> None:
    folder = tmp_path_factory.mktemp("landing")
    insurer_id = folder.name
    model = Model()
    for step, (channel, drawn) in enumerate(batches):
        rows = [(Version(k, u, c, w), bad == 0) for k, u, c, w, bad in drawn]
        report = deliver(shared_engine, folder, insurer_id, step, channel, rows)
        books = (report.accepted, report.quarantined, report.duplicate, report.superseded)
        assert books == model.deliver(step, channel, rows)
        assert report.received == len(rows) == sum(books)
    assert_equal_history(shared_engine, insurer_id, model)


def deliver(engine: sa.Engine, folder: pathlib.Path, insurer_id: str, step: int, channel: Channel, rows: list):  # type: ignore[type-arg, no-untyped-def]
    faults = [fault(row_no) for row_no, (_, is_bad) in enumerate(rows, start=1) if is_bad]
    table = [row_of(version) for version, _ in rows]
    return load_rows(
        engine, folder, "policy", table, moment(step), findings=faults, channel=channel, insurer_id=insurer_id
    )


def assert_equal_history(engine: sa.Engine, insurer_id: str, model: Model) -> None:
    every = rows_of(
        engine,
        """select policy_no, extract(day from source_updated_at at time zone 'Asia/Shanghai')::int, employee_count,
            is_withdrawn, first_received_at, superseded_at is null
        from core.policy where insurer_id = :i""",
        i=insurer_id,
    )
    versions = [version for versions in model.versions.values() for version in versions]
    assert sorted(row[:4] for row in every) == sorted(version.spoken for version in versions)
    assert {row[:4] for row in every if row[5]} == {version.spoken for version in model.current.values()}
    assert all(row[4] == moment(model.first_step[row[0]]) for row in every)
    for step, known in enumerate(model.known):
        found = rows_of(
            engine,
            """select policy_no, employee_count from core.policy_known(:k) where insurer_id = :i order by 1""",
            k=moment(step), i=insurer_id,
        )  # fmt: skip
        assert found == [(key, known[key].content) for key in sorted(known)]
