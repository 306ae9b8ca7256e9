"""An installation that is not in order: one clear line that says what to do, the right exit code, never a traceback."""

from __future__ import annotations

import os
import pathlib

import pytest
import sqlalchemy as sa

from connectors.definition import load_definitions
from pipeline.scheduling import oncall
from pipeline.services.postgres import Cluster, free_port
from schemas import errors
from schemas.contract import INSURER_RECORD_TYPES
from schemas.errors import HubError, SetupError, WarehouseUnreachable
from tests.pipeline.conftest import Anze
from warehouse.database.engine import connect
from warehouse.database.schema_version import newest

ADDRESS = "postgresql+psycopg2://user:password@host:port/database"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("ANZE_DATABASE_URL", "", "no database: run `anze up`"),
        ("ANZE_DATABASE_URL", "no address", ADDRESS),
        ("ANZE_DATABASE_URL", "mysql://u:geheim@h/x", ADDRESS),
        ("ANZE_DATABASE_URL", "postgresql://u:geheim@h:port/x", ADDRESS),
        ("ANZE_CLOCK_OFFSET", "soon", "ANZE_CLOCK_OFFSET is 'soon'"),
        ("ANZE_CREDENTIALS_LICHUN", "{geheim", "ANZE_CREDENTIALS_LICHUN is no JSON object"),
        ("ANZE_CREDENTIALS_LICHUN", "[1]", "ANZE_CREDENTIALS_LICHUN is no JSON object"),
    ],
)
@pytest.mark.usefixtures("installed")
def test_a_wrong_setting_is_one_line_with_its_name(
    anze: Anze, monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    monkeypatch.setenv(name, value)
    answer = anze("collect", "lichun")
    assert answer.code == 4
    assert told in answer.err
    assert "Traceback" not in answer.err
    assert "geheim" not in answer.err


def test_a_broken_settings_file_is_named(nowhere: pathlib.Path, anze: Anze) -> None:
    (nowhere / "var").mkdir()
    (nowhere / "var" / "anze.env").write_bytes(b"\xff\xfe")
    for command in ("status", "up", "down"):
        answer = anze(command)
        assert (answer.code, answer.err.count("\n")) == (4, 1)
        assert "anze.env is no UTF-8 text" in answer.err


def test_a_database_of_another_version_is_refused_until_it_is_migrated(
    installed: pathlib.Path, engine: sa.Engine, anze: Anze
) -> None:
    def become(version: str) -> None:
        with engine.begin() as connection:
            connection.execute(sa.text("update migration.schema_version set version_num = :v"), {"v": version})

    become("v1_0000")
    older = anze("batch", "list")
    assert (older.code, older.err.count("\n")) == (3, 1)
    assert "anze migrate" in older.err
    become("0013")
    for command in (("batch", "list"), ("migrate",)):
        refused = anze(*command)
        assert (refused.code, refused.err.count("\n")) == (4, 1)
        assert "older than the first release" in refused.err
    become("v1_9999")
    for command, code in ((("batch", "list"), 3), (("migrate",), 4)):
        newer = anze(*command)
        assert newer.code == code
        assert "update the program" in newer.err
    become(newest())
    assert anze("migrate").code == 0
    assert anze("batch", "list").code == 0


def test_a_server_that_is_away_is_asked_again_and_a_wrong_password_is_not(tmp_path: pathlib.Path) -> None:
    """Airflow tries again what is RetryLater, and nothing else."""
    cluster = Cluster(tmp_path / "postgres", free_port())
    cluster.start()
    try:
        url = cluster.url("postgres")
        engine = connect(url)
        with pytest.raises(SetupError, match="wrong password"):
            connect(cluster.url("postgres", password="wrong"))
        cluster.stop("immediate")
        with pytest.raises(WarehouseUnreachable, match="nothing listens there"):
            connect(url)
        cluster.start()
        with engine.connect() as connection:
            assert connection.exec_driver_sql("select 1").scalar_one() == 1
    finally:
        cluster.stop()


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("batch", "show", 99), "there is no batch 99"),
        (("batch", "accept", 99, "--by", "me", "--reason", "x"), "there is no batch 99"),
        (("batch", "compare", 98, 99), "98"),
        (("backfill", "show", 99), "there is no plan 99"),
        (("batch", "list", "--limit", -1), "--limit"),
        (("batch", "list", "--insurer", "lichum"), "lichun"),
        (("collect", "lichum"), "lichun"),
        (("submit", "lichun", "polcy", "setup.cfg"), "policy"),
        (("submit", "lichun", "policy", "/dev/null"), "no regular file"),
        (("feed", "rewind", "lichun", "polcy", "--everything"), "policy"),
    ],
)
def test_naming_something_that_is_not_there_is_wrong_usage(anze: Anze, arguments: tuple[str, ...], told: str) -> None:
    answer = anze(*arguments)
    assert answer.code == 2
    assert told in answer.err


def test_a_pipe_that_nobody_writes_is_not_waited_for(installed: pathlib.Path, anze: Anze) -> None:
    os.mkfifo(installed / "pipe.csv")
    assert anze("submit", "lichun", "policy", installed / "pipe.csv").code == 2


def test_every_kind_of_fault_has_its_remedy(caplog: pytest.LogCaptureFixture) -> None:
    kinds = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, HubError)]
    assert all(oncall.remedy(kind.__new__(kind)) != oncall.UNEXPECTED for kind in kinds)
    assert oncall.remedy(KeyError("x")) == oncall.UNEXPECTED
    oncall.tell({"exception": WarehouseUnreachable("nothing listens there")})
    happened, remedy = caplog.messages
    assert "WarehouseUnreachable: nothing listens there" in happened
    assert "anze status" in remedy


def test_status_has_one_line_an_insurer_the_worst_first(installed: pathlib.Path, anze: Anze) -> None:
    (installed / "empty.csv").write_text("", encoding="utf-8")
    assert anze("submit", "tianji", "policy", installed / "empty.csv").code == 1
    answer = anze("status")
    assert answer.code == 0
    lines = [line for line in answer.out.splitlines() if line.split(" ")[0] in load_definitions()]
    assert len(lines) == len(load_definitions())
    assert lines[0].startswith("tianji")
    assert f"1/{len(INSURER_RECORD_TYPES)}" in lines[0]
    assert "anze batch show 1" in answer.out
    told = anze("status", "--json").json
    assert told["insurers"][0]["problems"] == ["silent", "refused"]
    assert [step["problem"] for step in told["next"]] == ["silent", "refused"]
