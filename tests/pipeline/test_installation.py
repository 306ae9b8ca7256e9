"""A local installation: what works before the first start, and what a later start may change."""

from __future__ import annotations

import pathlib

import pytest

from pipeline.services.installation import _write_settings, installation, states, stop
from pipeline.settings import read_env_file, write_env_file
from schemas.errors import SetupError


def environ(folder: pathlib.Path, **more: str) -> dict[str, str]:
    return {"ANZE_VAR": str(folder / "var"), **more}


def test_before_the_first_start_nothing_runs_and_nothing_is_made(tmp_path: pathlib.Path) -> None:
    here = installation(environ(tmp_path))
    assert stop(here) == []
    assert not any(states(here).values())
    assert not here.folder.exists()


def test_a_port_is_a_number(tmp_path: pathlib.Path) -> None:
    with pytest.raises(SetupError, match="ANZE_POSTGRES_PORT"):
        installation(environ(tmp_path, ANZE_POSTGRES_PORT="abc"))


def test_a_later_start_may_move_ports_and_keeps_secrets_seed_and_clock(tmp_path: pathlib.Path) -> None:
    first = installation(environ(tmp_path, ANZE_POSTGRES_PORT="1111", ANZE_SANDBOX_SEED="7"))
    first.cluster.folder.mkdir(parents=True)
    (first.cluster.folder / "password").write_text("of the cluster")
    _write_settings(first)
    kept = read_env_file(first.env_file)
    write_env_file(first.env_file, {**kept, "ANZE_CLOCK_OFFSET": "-60"})
    moved = installation(environ(tmp_path, ANZE_POSTGRES_PORT="2222", ANZE_SANDBOX_SEED="8"))
    _write_settings(moved)
    now = read_env_file(moved.env_file)
    assert ":2222/" in now["ANZE_DATABASE_URL"]
    assert now["ANZE_LOADER_PASSWORD"] == kept["ANZE_LOADER_PASSWORD"]
    assert (now["ANZE_SANDBOX_SEED"], now["ANZE_CLOCK_OFFSET"]) == ("7", "-60")
    assert oct(moved.env_file.stat().st_mode)[-3:] == "600"
