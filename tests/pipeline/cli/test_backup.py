"""`anze backup note`: pgBackRest's list through a pipe, however often, and what is no such list."""

from __future__ import annotations

import io
import json
import pathlib
import sys
from collections.abc import Callable

import pytest

from tests.pipeline.conftest import Answer, Anze

WHOLE = {
    "label": "20261130-033000F", "type": "full", "error": False, "timestamp": {"start": 1000, "stop": 2000},
    "info": {"size": 900, "delta": 900, "repository": {"size": 90, "delta": 90}},
}  # fmt: skip


@pytest.fixture
def piped(installed: pathlib.Path, anze: Anze, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], Answer]:
    def run(said: bytes) -> Answer:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(said), encoding="utf-8"))
        return anze("backup", "note")

    return run


def test_a_list_is_kept_and_may_come_again(piped: Callable[[bytes], Answer]) -> None:
    listed = json.dumps([{"name": "anze", "backup": [WHOLE]}]).encode()
    told = [piped(listed) for _ in range(2)]
    assert [(each.code, each.out.split(";")[0]) for each in told] == [(0, "新记录 new: 1"), (0, "新记录 new: 0")]
    assert "20261130-033000F" in told[1].out


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (b'[{"name": "anze", "backup": [], "status": {"code": 2, "message": "no valid backups"}}]', 1),
        (b"", 4),
        (b"\xff\xfe not a list", 4),
        (json.dumps([{"name": "anze", "backup": [{**WHOLE, "type": "tape"}]}]).encode(), 4),
    ],
)
def test_no_backup_and_no_list_are_told(piped: Callable[[bytes], Answer], said: bytes, code: int) -> None:
    answer = piped(said)
    assert (answer.code, "Traceback" in answer.err) == (code, False)
