"""The command line as a person runs it: its real entry point, an environment of its own, exit codes and all."""

from __future__ import annotations

import datetime as dt
import json
import pathlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from pipeline.cli import main
from pipeline.services.installation import NIGHT


@dataclass(frozen=True)
class Answer:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Anze = Callable[..., Answer]


@pytest.fixture
def anze(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Anze:
    """Run ``anze ARGUMENTS`` in this process."""

    def run(*arguments: object) -> Answer:
        monkeypatch.setattr(sys, "argv", ["anze", *map(str, arguments)])
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        told = capsys.readouterr()
        return Answer(code, told.out, told.err)

    return run


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> pathlib.Path:
    """A folder for an installation that was never set up: no settings of this machine are seen."""
    for name in ("DATABASE_URL", "LANDING", "DROP", "CLOCK_OFFSET"):
        monkeypatch.delenv(f"ANZE_{name}", raising=False)
    monkeypatch.setenv("ANZE_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("ANZE_SANDBOX_URL", "http://127.0.0.1:1")
    return tmp_path


@pytest.fixture
def installed(nowhere: pathlib.Path, monkeypatch: pytest.MonkeyPatch, database_url: str) -> pathlib.Path:
    """The same with a fresh database, as settings from the environment describe it; its clock shows the sandbox's night."""
    monkeypatch.setenv("ANZE_DATABASE_URL", database_url)
    offset = NIGHT - dt.datetime.now(dt.UTC)
    monkeypatch.setenv("ANZE_CLOCK_OFFSET", str(offset.total_seconds()))
    monkeypatch.setenv("ANZE_LANDING", str(nowhere / "landing"))
    (nowhere / "drop").mkdir()
    monkeypatch.setenv("ANZE_DROP", str(nowhere / "drop"))
    return nowhere
