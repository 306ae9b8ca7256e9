"""The systemd units, as systemd itself reads them."""

from __future__ import annotations

import configparser
import pathlib
import re
import shutil
import subprocess

import pytest

from pipeline.settings import ROOT
from pipeline.variables import FILE, variable

FOLDER = ROOT / "deploy" / "systemd"
UNITS = sorted(FOLDER.glob("*.service"))
pytestmark = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="NOT RUN: apt-get install systemd")


def verified(unit: str, name: str, folder: pathlib.Path) -> str:
    """What systemd has against a unit whose programs are there."""
    programs = folder / "anze" / ".venv" / "bin"
    programs.mkdir(parents=True)
    for program in ("anze", "python"):
        (programs / program).touch(mode=0o755)
    (folder / name).write_text(unit.replace("/opt/anze", str(folder / "anze")))
    command = ["systemd-analyze", "verify", "--man=no", str(folder / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stderr if done.returncode == 0 or done.stderr else f"exit code {done.returncode}"


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_reads_it(unit: pathlib.Path, tmp_path: pathlib.Path) -> None:
    assert verified(unit.read_text("utf-8"), unit.name, tmp_path) == ""


def test_it_would_tell_a_mistake(tmp_path: pathlib.Path) -> None:
    unit = FOLDER / "anze-portal.service"
    said = verified(unit.read_text("utf-8").replace("ProtectHome=yes", "ProtectHouse=yes"), unit.name, tmp_path)
    assert "ProtectHouse" in said


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_nothing_of_a_service_outlives_it_and_it_writes_to_its_own_folder(unit: pathlib.Path) -> None:
    text = unit.read_text("utf-8")
    read = configparser.ConfigParser(strict=False, interpolation=None)
    read.read_string(text)
    service = read["Service"]
    assert service["KillMode"] in ("control-group", "mixed")
    assert (service["ProtectSystem"], service["NoNewPrivileges"], service["User"]) == ("strict", "yes", "anze")
    for name in re.findall(r"\b(ANZE_\w+|AWS_\w+)=", text):
        assert variable(name) or variable(name.removesuffix(FILE)), name
