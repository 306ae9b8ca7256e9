"""Three nights of a few insurers over real HTTP and real files: what goes wrong is told, held or healed, never lost."""

from __future__ import annotations

import contextlib
import datetime as dt
import pathlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest
import sqlalchemy as sa

from connectors.definition import REGULATOR
from oracle.verify import VerifyReport
from pipeline import steps
from pipeline.hub import Hub
from pipeline.judging import verifying
from pipeline.services.installation import FIRST_NIGHT, NIGHT
from sandbox import drops, faults, registers
from sandbox.cast import cast
from sandbox.server import Serving, serve
from sandbox.truth import Province, build
from schemas.contract import INSURER_RECORD_TYPES, load_contract
from schemas.errors import RetryLater, SourceUnavailable
from tests.oracle.truth import expected_cells
from tests.pipeline.telling import IS_DROP, credentials_environ, digest_of_core, hub_at, rows_of
from warehouse.indicators.publication import Publication
from warehouse.landing import feeds
from warehouse.landing.load_report import LoadReport

SCALE = 0.005
THIRD_NIGHT = NIGHT + dt.timedelta(days=1)
MORNING = dt.timedelta(hours=3, minutes=30)
EVENING = dt.timedelta(hours=6)
#: Each seed with insurers that cover, together, all seven interface and all six file dialects, and every fault.
WORLDS = {
    5: ("lichun", "xiaoman", "bailu", "dahan", "tianquan", "yuheng", "cuizhu"),
    77: ("xiazhi", "shuangjiang", "daxue", "dahan", "kaiyang", "qingsong", "yaoguang", "youlan"),
}


@dataclass
class Night:
    """What one night brought. ``faults`` holds the insurers that could not be collected."""

    reports: list[LoadReport]
    faults: dict[str, RetryLater]
    publication: Publication
    verified: VerifyReport
    core: dict[str, str | None]


@dataclass
class Story:
    """One province, its insurers, and what happened so far."""

    province: Province
    insurers: tuple[str, ...]
    engine: sa.Engine
    folder: pathlib.Path
    server: Serving
    nights: dict[str, Night] = field(default_factory=dict)

    @property
    def environ(self) -> dict[str, str]:
        return {"ANZE_SANDBOX_URL": self.server.url, **credentials_environ(self.insurers, self.province.seed)}

    def hub(self, moment: dt.datetime) -> Hub:
        return hub_at(moment, self.engine, self.folder, self.environ, self.insurers)

    def collect(self, moment: dt.datetime) -> tuple[list[LoadReport], dict[str, RetryLater]]:
        """What the sync tasks of one night do, one insurer after the other."""
        hub, reports, failed = self.hub(moment), [], {}
        for insurer_id in self.insurers:
            try:
                reports += steps.sync_insurer(hub, insurer_id)
            except RetryLater as error:
                failed[insurer_id] = error
        return reports, failed

    def live_through(self, name: str, moment: dt.datetime) -> None:
        reports, failed = self.collect(moment)
        hub = self.hub(moment + MORNING)
        publication = steps.publish(hub)
        core = digest_of_core(self.engine)
        self.nights[name] = Night(reports, failed, publication, verifying.verify(hub), core)

    def repair(self) -> None:
        """The systems that were down come up again, and the silent insurer hands its files in."""
        known = self.server.systems.insurers
        known.update({i: replace(insurer, fault=None) for i, insurer in known.items() if insurer.fault == "down"})
        for insurer in cast():
            if insurer.fault == "silent" and insurer.insurer_id in self.insurers:
                for record_type in INSURER_RECORD_TYPES:
                    rows = self.province.feed(insurer.insurer_id, record_type, FIRST_NIGHT, THIRD_NIGHT)
                    folder = self.folder / "drop" / insurer.insurer_id
                    drops.write_file(insurer.dialect, folder, record_type, rows, THIRD_NIGHT.date())

    def planted(self) -> dict[tuple[str, str, str], str]:
        """(insurer, record type, key) of every bad row, and the field that is wrong."""
        return {
            (insurer_id, row.record_type, "|".join(row.key)): row.field
            for insurer_id in self.insurers
            for record_type in INSURER_RECORD_TYPES
            for row in faults.bad_rows(self.province, insurer_id, record_type, FIRST_NIGHT, NIGHT)
        }


@contextlib.contextmanager
def lived(seed: int, url: str, folder: pathlib.Path) -> Iterator[Story]:
    """History on the first night, every fault on the second, everything healed on the third."""
    province = build(seed, SCALE)
    registers.write_registers(province, folder / "drop" / "regulator")
    with serve(province) as server, _engine(url) as engine:
        story = Story(province, WORLDS[seed], engine, folder, server)
        steps.sync_insurer(story.hub(FIRST_NIGHT - EVENING), REGULATOR)
        drops.write(province, folder / "drop", None, FIRST_NIGHT)
        story.live_through("first", FIRST_NIGHT)
        drops.write(province, folder / "drop", FIRST_NIGHT, NIGHT)
        story.live_through("second", NIGHT)
        story.repair()
        drops.write(province, folder / "drop", NIGHT, THIRD_NIGHT)
        story.live_through("third", THIRD_NIGHT)
        yield story


@contextlib.contextmanager
def _engine(url: str) -> Iterator[sa.Engine]:
    engine = sa.create_engine(url)
    yield engine
    engine.dispose()


def every_night_balances(story: Story) -> None:
    for night in story.nights.values():
        report = night.verified
        assert report.details == ()
        assert report.is_good
        assert (report.unaccounted_rows, report.stuck_batches, report.cells_differing) == (0, 0, 0)
        assert report.rows_replayed > 0
        assert report.cells_compared > 1000


def a_healthy_night_is_whole(story: Story) -> None:
    first = story.nights["first"]
    assert first.faults == {}
    assert not first.publication.is_provisional
    assert first.publication.missing_insurers == ()
    assert len(first.reports) == len(story.insurers) * len(INSURER_RECORD_TYPES)
    assert {(r.state, r.quarantined) for r in first.reports} == {("loaded", 0)}


def only_the_system_that_is_down_fails_and_asks_to_be_tried_again(story: Story) -> None:
    """The system that throttles is waited for; the one that is down fails in one line."""
    failed = story.nights["second"].faults
    assert {i: type(error) for i, error in failed.items()} == dict.fromkeys(_down(story), SourceUnavailable)
    assert all("503" in str(error) and "\n" not in str(error) for error in failed.values())


def the_next_good_night_brings_all_that_was_missed(story: Story) -> None:
    last = story.nights["third"]
    assert last.faults == {}
    for record_type in INSURER_RECORD_TYPES:
        rows = story.province.current(record_type, THIRD_NIGHT)
        key = load_contract(record_type).key
        told = {(i, *(str(record[name]) for name in key)) for i, record in rows if i in story.insurers}
        kept = rows_of(story.engine, f"select insurer_id, {', '.join(key)} from core.{record_type}_current")
        assert {tuple(map(str, row)) for row in kept} == told


def exactly_the_planted_rows_are_held_with_the_field_named(story: Story) -> None:
    query = "select insurer_id, record_type, coalesce(record_key, '') as key, reasons from quarantine.row"
    held = {(r.insurer_id, r.record_type, r.key): r.reasons for r in rows_of(story.engine, query)}
    planted = story.planted()
    assert len(planted) >= 12
    assert set(held) == set(planted)
    for place, wrong in planted.items():
        assert any(reason["field"] == wrong for reason in held[place]), (place, held[place])
        assert all(reason["message"] for reason in held[place])


def the_same_file_twice_is_answered_with_its_first_batch(story: Story) -> None:
    """Files without rows repeat those of another night: nil returns, not told here."""
    query = (
        "select d.record_type, d.received_count, f.insurer_id, f.record_type as first_type, f.state"
        " from landing.batch as d join landing.batch as f on f.batch_id = d.duplicate_of"
        " where d.state = 'duplicate' and d.insurer_id = 'yuheng'"
        " and f.received_at between :since and :until and d.received_at between :since and :until"
    )
    found = rows_of(story.engine, query, since=NIGHT, until=NIGHT + MORNING)
    repeated = {t for t in INSURER_RECORD_TYPES if story.province.feed("yuheng", t, FIRST_NIGHT, NIGHT)}
    assert {row.record_type for row in found} == (repeated if "yuheng" in story.insurers else set())
    assert {(row.insurer_id, row.state) for row in found} <= {("yuheng", "loaded")}
    assert all(row.first_type == row.record_type and row.received_count is None for row in found)


def who_brought_nothing_good_makes_the_figures_provisional(story: Story) -> None:
    """Down, silent, or every row held: the publication names the feeds, and only their cells are provisional."""
    second = story.nights["second"]
    absent = {"bailu", "tianquan"} & set(story.insurers)
    expected = {f"{insurer_id}/{record_type}" for insurer_id in absent for record_type in INSURER_RECORD_TYPES}
    expected |= _wholly_held(second)
    assert second.publication.is_provisional
    assert set(second.publication.missing_feeds) == expected
    assert set(second.publication.missing_insurers) == {feed.partition("/")[0] for feed in expected}
    query = (
        "select distinct insurer_id from mart.indicator_value"
        " where publication_id = :id and is_provisional and insurer_id <> '*'"
    )
    marked = {r.insurer_id for r in rows_of(story.engine, query, id=second.publication.publication_id)}
    assert absent <= marked <= {feed.partition("/")[0] for feed in expected}
    still_missing = set(story.nights["third"].publication.missing_feeds)
    assert still_missing <= _wholly_held(second) | _wholly_held(story.nights["third"])


def published_cells_are_those_of_the_truth(story: Story) -> None:
    """When everything has been told, no cell is lost or changed on the way; bad rows never touched the truth."""
    published = story.nights["third"].publication
    expected = expected_cells(story.province, published.as_of, THIRD_NIGHT, story.insurers)
    query = (
        "select indicator, period_kind, region_code, domain_code, insurer_id, numerator, denominator, shown_value"
        " from mart.indicator_value where indicator <> 'timeliness_ratio' and publication_id = :id"
    )
    stored = {tuple(row[:5]): tuple(row[5:]) for row in rows_of(story.engine, query, id=published.publication_id)}
    told = {
        tuple(key): (cell.numerator, cell.denominator, cell.shown)
        for key, cell in expected.cells.items()
        if key.indicator != "timeliness_ratio"
    }
    assert stored == told


def running_everything_again_changes_nothing(story: Story) -> None:
    """Once as it stands, and once from the beginning of time: cursors forgotten, everything fetched again."""
    again = THIRD_NIGHT + dt.timedelta(hours=6)
    before = story.nights["third"].core
    _, failed = story.collect(again)
    assert failed == {}
    for insurer_id in story.insurers:
        for record_type in INSURER_RECORD_TYPES if not IS_DROP[insurer_id] else ():
            feeds.reset_cursor(story.engine, insurer_id, record_type, None, again)
    held = rows_of(story.engine, "select count(distinct (record_type, record_key)) as n from quarantine.row")[0].n
    reports, failed = story.collect(again + dt.timedelta(minutes=5))
    assert failed == {}
    assert sum(report.accepted for report in reports) == 0
    assert sum(report.duplicate + report.superseded for report in reports) > 0
    assert digest_of_core(story.engine) == before
    after = rows_of(story.engine, "select count(distinct (record_type, record_key)) as n from quarantine.row")[0].n
    assert after == held


def _wholly_held(night: Night) -> set[str]:
    return {f"{r.insurer_id}/{r.record_type}" for r in night.reports if 0 < r.received == r.quarantined}


def _down(story: Story) -> set[str]:
    return {i.insurer_id for i in cast() if i.fault == "down"} & set(story.insurers)


#: In this order: the last one runs further nights.
CLAIMS: tuple[Callable[[Story], None], ...] = (
    every_night_balances,
    a_healthy_night_is_whole,
    only_the_system_that_is_down_fails_and_asks_to_be_tried_again,
    the_next_good_night_brings_all_that_was_missed,
    exactly_the_planted_rows_are_held_with_the_field_named,
    the_same_file_twice_is_answered_with_its_first_batch,
    who_brought_nothing_good_makes_the_figures_provisional,
    published_cells_are_those_of_the_truth,
    running_everything_again_changes_nothing,
)


@pytest.mark.parametrize("seed", WORLDS)
def test_three_nights(seed: int, database_url: str, tmp_path: pathlib.Path, subtests: pytest.Subtests) -> None:
    """One test a province: what is claimed of its nights is told one by one."""
    with lived(seed, database_url, tmp_path) as story:
        for claim in CLAIMS:
            with subtests.test(claim.__name__):
                claim(story)
