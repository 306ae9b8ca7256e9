"""Regulators are answered from a standby where one is named, and see how far it is behind; insurers from the primary."""

from __future__ import annotations

import pathlib
import tempfile
from collections.abc import Iterator

import pytest
import requests
import sqlalchemy as sa

from drills.servers import ask, run, standby, wait_for
from pipeline.services.postgres import Cluster
from tests.conftest import roomy_memory
from tests.portal.front import Front, another
from tests.portal.stand import CALLERS, Stand

FIGURES, PAGE = "/api/v1/indicators", "/console"
REGULATOR = next(caller.name for caller in CALLERS if caller.kind == "city")
INSURER = next(caller.name for caller in CALLERS if caller.kind == "insurer_reader")


@pytest.fixture(scope="module")
def follower(cluster: Cluster, standing: Stand) -> Iterator[Cluster]:
    assert cluster.pgdata.exists()
    with (
        tempfile.TemporaryDirectory(prefix="anze-", dir=roomy_memory()) as folder,
        standby(cluster, pathlib.Path(folder) / "follower", fsync="off") as server,
    ):
        run(cluster, "select pg_current_xact_id()")
        wait_for(server, "select pg_last_xact_replay_timestamp() is not null")
        yield server


@pytest.fixture
def reading(standing: Stand, follower: Cluster) -> Iterator[Front]:
    """A second portal of the same installation, which reads from the standby."""
    primary = sa.make_url(standing.front.environ["ANZE_DATABASE_URL"])
    url = primary.set(port=follower.port).render_as_string(hide_password=False)
    with another(standing.front, ANZE_READ_DATABASE_URL=url) as opened:
        yield opened


def get(front: Front, standing: Stand, login: str, path: str) -> requests.Response:
    accept = {"Accept": "text/html,application/json"}
    return requests.get(front.address + path, cookies=standing.front.session(login).cookies, headers=accept, timeout=60)


def test_a_regulator_reads_the_standby_and_sees_its_lag(standing: Stand, reading: Front, follower: Cluster) -> None:
    there, here = (get(front, standing, REGULATOR, FIGURES) for front in (reading, standing.front))
    assert there.json() == here.json()
    assert int(there.headers["standby-lag-seconds"]) >= 0
    assert "standby-lag-seconds" not in here.headers
    page = get(reading, standing, REGULATOR, PAGE).text
    assert "读自备库，滞后 <strong>不超过" in page
    assert "读自备库" not in get(standing.front, standing, REGULATOR, PAGE).text
    reads = "select count(*) from pg_stat_activity where usename = 'anze_portal_regulator'"
    assert ask(follower, reads) != 0


def test_an_insurer_reads_the_primary(standing: Stand, reading: Front) -> None:
    answer = get(reading, standing, INSURER, "/api/v1/me")
    assert (answer.status_code, "standby-lag-seconds" in answer.headers) == (200, False)


def test_a_standby_that_is_gone_stops_regulators_only(standing: Stand, reading: Front, follower: Cluster) -> None:
    follower.stop("immediate")
    try:
        assert get(reading, standing, REGULATOR, FIGURES).status_code == 503
        page = get(reading, standing, REGULATOR, PAGE)
        assert (page.status_code, "读自备库，滞后 <strong>未知" in page.text) == (503, True)
        assert get(reading, standing, INSURER, "/submissions").status_code == 200
    finally:
        follower.start(fsync="off")
