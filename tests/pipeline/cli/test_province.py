"""``anze province new``, and a database that remembers whose it is."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

import pytest

from pipeline.settings import ROOT
from pipeline.setup import prepare
from schemas.errors import SetupError
from schemas.province import VARIABLE
from tests.pipeline.conftest import Anze


@pytest.mark.usefixtures("nowhere")
def test_a_new_province_says_its_code_and_has_no_insurers(
    tmp_path: pathlib.Path, anze: Anze, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "henan"
    answer = anze("province", "new", folder, "--code", "410000", "--name", '试点"平台')
    assert (answer.code, str(folder) in answer.out) == (0, True)
    monkeypatch.setenv(VARIABLE, str(folder))
    status = anze("status", "--json")
    assert anze("insurer", "list", "--json").json == []
    assert status.code == 4  # no database: the folder is read all the same


def test_a_province_can_be_named_before_it_is_written(tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "henan"
    environ = {**os.environ, VARIABLE: str(folder), "ANZE_VAR": str(tmp_path / "var")}

    def anze(*arguments: str) -> subprocess.CompletedProcess[str]:
        call = [sys.executable, "-c", "from pipeline.cli import main; main()", *arguments]
        return subprocess.run(call, env=environ, cwd=ROOT, capture_output=True, text=True, check=False)

    refused = anze("insurer", "list")
    assert (refused.returncode, len(refused.stderr.splitlines())) == (4, 1)
    assert f"anze province new {folder}" in refused.stderr
    assert [anze("--help").returncode, anze("--version").returncode] == [0, 0]
    assert anze("province", "new", str(folder), "--code", "410000").returncode == 0
    assert anze("insurer", "list", "--json").stdout.strip() == "[]"


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize(("code", "told"), [("380000", "is no province"), ("410100", "is no province")])
def test_an_unknown_code_is_refused(tmp_path: pathlib.Path, anze: Anze, code: str, told: str) -> None:
    answer = anze("province", "new", tmp_path / "x", "--code", code)
    assert (answer.code, (tmp_path / "x").exists()) == (4, False)
    assert told in answer.err


@pytest.mark.usefixtures("nowhere")
def test_an_existing_folder_is_left_alone(tmp_path: pathlib.Path, anze: Anze) -> None:
    answer = anze("province", "new", tmp_path, "--code", "410000")
    assert (answer.code, list(tmp_path.glob("province.yml"))) == (4, [])
    assert "exists already" in answer.err


def test_a_database_of_another_province_is_refused_and_left_as_it_is(
    installed: pathlib.Path, database_url: str, anze: Anze, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert anze("status").code == 0
    assert anze("province", "new", installed / "henan", "--code", "410000").code == 0
    monkeypatch.setenv(VARIABLE, str(installed / "henan"))
    refused = anze("status")
    assert refused.code == 4
    assert "the database is that of province" in refused.err
    with pytest.raises(SetupError, match="use another database"):
        prepare(database_url)
    monkeypatch.delenv(VARIABLE)
    assert anze("status").code == 0


def test_commands_take_up_the_installation_s_province(
    nowhere: pathlib.Path, anze: Anze, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert anze("province", "new", nowhere / "henan", "--code", "410000").code == 0
    (nowhere / "var").mkdir()
    (nowhere / "var" / "anze.env").write_text(f"{VARIABLE}={nowhere / 'henan'}\n", encoding="utf-8")
    monkeypatch.setenv(VARIABLE, "")
    monkeypatch.delenv(VARIABLE)
    assert anze("insurer", "list", "--json").json == []
