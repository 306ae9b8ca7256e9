"""Commands that ask for figures and records are answered by a standby where one is named, and say how old it is."""

from __future__ import annotations

import datetime as dt
import pathlib
from collections.abc import Iterator

import pytest

from drills.servers import ask, standby, wait_for
from pipeline.services.installation import NIGHT
from pipeline.services.postgres import Cluster
from tests.pipeline.conftest import Anze
from tests.pipeline.postgres.conftest import UNSAFE, folder_of_servers
from tests.warehouse.rights.world import province
from warehouse.publishing import frozen

NAME = "read_from_a_standby"
POLICY = ("policy", "lichun", "R370102D20Ilichun")
COMMANDS = (
    ("indicator", "show"), ("indicator", "frozen", "2026-10"), ("as-of", "finding"), ("record", "history", *POLICY),
    ("obligations", "list"), ("freshness", "list"), ("freshness", "rate"), ("freshness", "explain", "lichun", "policy", POLICY[-1]),
)  # fmt: skip


@pytest.fixture(scope="module")
def follower(cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A standby of the tests' server, with a province that was published."""
    assert cluster.pgdata.exists()
    with (
        province(cluster, template, tmp_path_factory.mktemp("landing"), NAME) as (_, hub),
        folder_of_servers() as folder,
        standby(cluster, folder / "follower", **UNSAFE) as server,
    ):
        with hub.engine.begin() as connection:
            frozen.freeze(connection, dt.date(2026, 10, 1), hub.now, "周敏", expected=[], delivered_since=hub.now)
        wait_for(server, "select pg_last_xact_replay_timestamp() is not null")
        wait_for(server, f"select pg_last_wal_replay_lsn() >= '{ask(cluster, 'select pg_current_wal_insert_lsn()')}'")
        yield server


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_it_answers_as_the_primary_does(
    cluster: Cluster, follower: Cluster, nowhere: pathlib.Path, monkeypatch: pytest.MonkeyPatch, anze: Anze, command: tuple[str, ...]
) -> None:  # fmt: skip
    monkeypatch.setenv("ANZE_CLOCK_OFFSET", str((NIGHT - dt.datetime.now(dt.UTC)).total_seconds()))
    monkeypatch.setenv("ANZE_DATABASE_URL", cluster.url(NAME))
    here = anze(*command)
    monkeypatch.setenv("ANZE_READ_DATABASE_URL", follower.url(NAME))
    there = anze(*command)
    assert (there.code, there.out) == (here.code, here.out)
    assert here.code == 0, here
    assert "备库 standby: 数据截至" in there.err
