"""One release loads: a worker of another one is put off, loses nothing, and goes on reading and receiving."""

from __future__ import annotations

import datetime as dt
import pathlib
import subprocess
import sys

import pytest
import sqlalchemy as sa
from airflow.sdk import RetryAction

from pipeline import steps
from pipeline.scheduling.oncall import remedy
from pipeline.scheduling.retries import retrying
from pipeline.services.installation import NIGHT
from pipeline.settings import load_settings
from sandbox import drops
from sandbox.truth import build
from schemas.errors import OtherRelease, RetryLater, SetupError
from tests.pipeline.conftest import Anze
from warehouse.database import release

CLERK = "tianquan"
#: What a process of another release does when it migrates.
MIGRATE = """
import sys
from warehouse.database import release
release.own = lambda: "9.9.9+of-a-test"
from warehouse.migrations.migrate import migrate
migrate(sys.argv[1])
"""


def other_release_migrates(engine: sa.Engine) -> subprocess.Popen[bytes]:
    url = engine.url.render_as_string(hide_password=False)
    return subprocess.Popen([sys.executable, "-c", MIGRATE, url])


@pytest.fixture
def file(installed: pathlib.Path) -> pathlib.Path:
    rows = [row for row in build(5, 0.01).feed(CLERK, "policy", None, NIGHT) if row["issue_date"].year == NIGHT.year]
    first = next(row for row in rows if row["operation_code"] != "D" and row["previous_policy_no"] is None)
    return drops.write_file("csv_utf8", installed, "policy", [first], NIGHT.date())


def test_another_release_is_put_off_until_this_one_is_in_force(
    anze: Anze, engine: sa.Engine, file: pathlib.Path
) -> None:
    hub = steps.open_hub(load_settings())
    batch_id = steps.submit(hub, CLERK, "policy", file).batch_id
    assert other_release_migrates(engine).wait(60) == 0

    with pytest.raises(OtherRelease) as refusal:
        steps.load(hub, batch_id)
    assert isinstance(refusal.value, RetryLater)
    assert (release.own() in str(refusal.value), "9.9.9+of-a-test" in str(refusal.value)) == (True, True)
    assert "升级中" in remedy(refusal.value)
    for command in (("intake",), ("load", batch_id), ("publish",)):
        answer = anze(*command)
        assert (answer.code, "anze migrate" in answer.err, "Traceback" in answer.err) == (3, True, False)
    assert [each["state"] for each in anze("batch", "list", "--json").json] == ["received"]
    assert anze("batch", "show", batch_id).code == 0

    assert "release in force" in anze("migrate").out
    assert anze("intake").code == 0
    assert [each["state"] for each in anze("batch", "list", "--json").json] == ["loaded"]
    with engine.connect() as connection:
        written = connection.exec_driver_sql("select release from landing.load").scalars().all()
        history = connection.exec_driver_sql("select release from migration.release order by release_no").scalars()
        assert written == [release.own()]
        assert history.all() == [release.own(), "9.9.9+of-a-test", release.own()]
        with pytest.raises(sa.exc.DBAPIError, match="never rewritten"):
            connection.exec_driver_sql("delete from migration.release")
    hub.engine.dispose()


def test_airflow_tries_again_what_another_release_put_off() -> None:
    policy = retrying(2, dt.timedelta(minutes=5))["retry_policy"]
    tried = [
        policy.evaluate(fault, 1, 2).action for fault in (OtherRelease("put off"), SetupError("a person must act"))
    ]
    assert tried == [RetryAction.RETRY, RetryAction.FAIL]


def test_a_release_comes_into_force_between_loads_never_within(engine: sa.Engine, installed: pathlib.Path) -> None:
    with engine.begin() as loading:
        release.hold(loading, shared=True)
        other = other_release_migrates(engine)
        with engine.connect() as looking:
            waiting = "select exists (select from pg_locks where locktype = 'advisory' and not granted)"
            while not looking.exec_driver_sql(waiting).scalar_one():
                looking.rollback()
                assert other.poll() is None
        release.require_own(loading)
    assert other.wait(60) == 0
    with engine.connect() as connection, pytest.raises(OtherRelease):
        release.hold(connection, shared=True)
