"""What pgBackRest tells of its backups is kept once, and damaged ones do not count."""

from __future__ import annotations

import datetime as dt
import json

import pytest
import sqlalchemy as sa

from schemas.errors import SetupError
from warehouse.landing import backups


def listed(*told: tuple[str, str, int, bool]) -> str:
    """A list as pgBackRest writes it: label, kind, second of its end, whether it is damaged."""
    found = [
        {
            "label": label, "type": kind, "error": is_damaged, "timestamp": {"start": stop - 60, "stop": stop},
            "info": {"size": 900, "delta": 800, "repository": {"size": 90, "delta": 80}},
        }
        for label, kind, stop, is_damaged in told
    ]  # fmt: skip
    return json.dumps([{"name": "anze", "backup": found, "status": {"code": 0, "message": "ok"}}])


def test_the_newest_whole_backup_is_known_however_often_it_is_told(engine: sa.Engine) -> None:
    assert backups.last(engine) is None
    text = listed(("1F", "full", 1000, False), ("1F_2D", "diff", 2000, False), ("1F_3D", "diff", 3000, True))
    assert [backups.keep(engine, backups.read(text)) for _ in range(2)] == [2, 0]
    at = dt.datetime.fromtimestamp(2000, dt.UTC)
    assert backups.last(engine) == backups.Backup("1F_2D", "diff", at, 900, 80)


@pytest.mark.parametrize(
    "text", ["", "5", "null", "[1]", '[{"backup": [{}]}]', '[{"backup": null}]', b"\xff\xfe", "ERROR: [027]: no"]
)
def test_other_text_is_refused_in_one_line(text: bytes | str) -> None:
    with pytest.raises(SetupError, match=r"^这不是 .* anze backup note$"):
        backups.read(text)


def test_of_several_databases_one_must_be_named() -> None:
    with pytest.raises(SetupError, match="name one"):
        backups.read(json.dumps([{"name": "a", "backup": []}, {"name": "b", "backup": []}]))


def test_a_server_that_archives_nothing_has_no_age(engine: sa.Engine) -> None:
    assert backups.archiving(engine) is None
