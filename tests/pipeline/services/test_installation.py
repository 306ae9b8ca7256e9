"""A local installation: what works before the first start, and what a later start may change."""

from __future__ import annotations

import configparser
import pathlib
import socket

import pytest

from pipeline.cli.output import progress
from pipeline.services.alone import alone
from pipeline.services.demonstration import start
from pipeline.services.installation import installation, write_settings
from pipeline.services.postgres import free_port
from pipeline.services.running import states, stop
from pipeline.settings import load_settings, read_env_file, write_env_file
from schemas.errors import SetupError
from tests.pipeline.conftest import Anze


def environ(folder: pathlib.Path, **more: str) -> dict[str, str]:
    return {"ANZE_VAR": str(folder / "var"), **more}


def test_before_the_first_start_nothing_runs_and_nothing_is_made(tmp_path: pathlib.Path) -> None:
    here = installation(environ(tmp_path))
    assert stop(here) == []
    assert not any(states(here).values())
    assert not here.folder.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ANZE_POSTGRES_PORT", "abc"),
        ("ANZE_AIRFLOW_PORT", "99999"),
        ("ANZE_SANDBOX_PORT", "0"),
        ("ANZE_SANDBOX_SEED", "-3"),
        ("ANZE_SANDBOX_SCALE", "big"),
        ("ANZE_SANDBOX_SCALE", "0"),
        ("ANZE_SANDBOX_SCALE", "nan"),
        ("ANZE_SANDBOX_SCALE", "inf"),
    ],
)
def test_a_wrong_port_seed_or_size_is_told_before_anything_is_made(
    tmp_path: pathlib.Path, name: str, value: str
) -> None:
    with pytest.raises(SetupError, match=f"{name} .*is '?{value}'?: "):
        installation(environ(tmp_path, **{name: value}))


@pytest.mark.parametrize("name", ["ANZE_POSTGRES_PORT", "ANZE_SANDBOX_PORT", "ANZE_AIRFLOW_PORT"])
def test_a_taken_port_is_told_before_anything_is_started(tmp_path: pathlib.Path, name: str) -> None:
    free = {f"ANZE_{who}_PORT": str(free_port()) for who in ("POSTGRES", "SANDBOX", "AIRFLOW")}
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        here = installation(environ(tmp_path, **{**free, name: str(taken.getsockname()[1])}))
        with pytest.raises(SetupError, match=f"is taken: .* set {name} to a free port"):
            start(here, list[str]().append, progress)
    assert not here.folder.exists()


def test_a_later_start_may_move_ports_and_keeps_secrets_seed_and_clock(tmp_path: pathlib.Path) -> None:
    first = installation(environ(tmp_path, ANZE_POSTGRES_PORT="1111", ANZE_SANDBOX_SEED="7"))
    first.cluster.folder.mkdir(parents=True)
    (first.cluster.folder / "password").write_text("of the cluster")
    write_settings(first)
    kept = read_env_file(first.env_file)
    write_env_file(first.env_file, {**kept, "ANZE_CLOCK_OFFSET": "-60"})
    moved = installation(environ(tmp_path, ANZE_POSTGRES_PORT="2222", ANZE_SANDBOX_SEED="8"))
    write_settings(moved)
    now = read_env_file(moved.env_file)
    assert ":2222/" in now["ANZE_DATABASE_URL"]
    assert now["ANZE_LOADER_PASSWORD"] == kept["ANZE_LOADER_PASSWORD"]
    assert (now["ANZE_SANDBOX_SEED"], now["ANZE_CLOCK_OFFSET"]) == ("7", "-60")
    assert oct(moved.env_file.stat().st_mode)[-3:] == "600"


def test_a_second_demo_says_so_and_changes_nothing(
    nowhere: pathlib.Path, anze: Anze, monkeypatch: pytest.MonkeyPatch
) -> None:
    for who in ("POSTGRES", "SANDBOX", "AIRFLOW"):
        monkeypatch.setenv(f"ANZE_{who}_PORT", str(free_port()))
    with alone(nowhere / "var", "anze demo"):
        before = {path: path.stat().st_mtime_ns for path in (nowhere / "var").rglob("*")}
        for command in ("demo", "up"):
            second = anze(command)
            assert (
                second.code,
                second.out,
                second.err.count("\n"),
            ) == (3, "", 1)
            assert "正被另一个命令使用(anze demo, " in second.err
        assert {path: path.stat().st_mtime_ns for path in (nowhere / "var").rglob("*")} == before
    with alone(nowhere / "var", "anze up"):
        pass


def test_airflows_settings_on_disk_are_those_in_force(tmp_path: pathlib.Path) -> None:
    here = installation(environ(tmp_path, ANZE_AIRFLOW_PORT="4444"))
    here.airflow.configure({"ANZE_PARALLELISM": "7"})
    written = configparser.ConfigParser(interpolation=None)
    written.read(here.folder / "airflow" / "airflow.cfg")
    assert (written["core"]["parallelism"], written["api"]["port"], written["api"]["host"]) == (
        "7",
        "4444",
        "127.0.0.1",
    )
    assert not any(name.startswith("AIRFLOW__") for name in here.airflow.environ({}))
    assert oct((here.folder / "airflow" / "airflow.cfg").stat().st_mode)[-3:] == "600"


def test_the_superusers_password_is_in_no_loaders_environment(tmp_path: pathlib.Path) -> None:
    here = installation(environ(tmp_path))
    here.cluster.folder.mkdir(parents=True)
    (here.cluster.folder / "password").write_text("of-the-cluster")
    write_env_file(here.env_file, {"ANZE_TWIN_DATABASE_URL": "of an older start: of-the-cluster"})
    write_settings(here)
    here.airflow.configure({})
    loaders = here.airflow.environ({**here.environ(), "ANZE_TWIN_DATABASE_URL": "of-the-cluster"})
    assert "of-the-cluster" not in " ".join([*loaders.values(), *here.settings().values()])
    assert "ANZE_REGULATOR_PASSWORD" not in loaders
    assert "of-the-cluster" not in (here.folder / "airflow" / "airflow.cfg").read_text()
    settings = load_settings({"ANZE_VAR": str(here.folder)})
    assert "of-the-cluster" in (settings.twin_database_url or "")
    (here.folder / "admin.env").chmod(0o644)
    with pytest.raises(SetupError, match="chmod 600"):
        _ = settings.twin_database_url
