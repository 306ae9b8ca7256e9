"""Lines of the log that programs read: one JSON object each, with what was being worked on; text as it always was."""

from __future__ import annotations

import datetime as dt
import io
import json
import logging
import pathlib
from collections.abc import Iterator

import pytest

from pipeline import logs, steps
from schemas.errors import SchemaDrift
from tests.pipeline.conftest import Anze
from tests.pipeline.judging.test_dead_ends import land_drifted

logger = logging.getLogger("hub.of.a.test")


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the root logger writes in JSON."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.AsJson())
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


@pytest.fixture
def kept_root() -> Iterator[logging.Logger]:
    """The root logger, given back as it was."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield root
    root.handlers[:], root.level = before, level


def test_a_line_says_when_how_bad_where_and_what_about(lines: io.StringIO) -> None:
    with logs.about(batch_id=7, insurer_id="lichun"):
        logger.warning("two\nlines of %s", "机构")
    logger.warning("after")
    told, after = map(json.loads, lines.getvalue().splitlines())
    moment = dt.datetime.fromisoformat(told.pop("time"))
    assert abs(dt.datetime.now(dt.UTC) - moment) < dt.timedelta(hours=1)
    assert told == {
        "level": "warning", "logger": "hub.of.a.test", "message": "two\nlines of 机构", "batch_id": 7, "insurer_id": "lichun",
    }  # fmt: skip
    assert "batch_id" not in after


def test_a_fault_stays_on_its_line(lines: io.StringIO) -> None:
    def fails() -> None:
        raise ValueError("first\nsecond")

    try:
        fails()
    except ValueError:
        logger.exception("failed")
    (line,) = lines.getvalue().splitlines()
    told = json.loads(line)
    assert told["message"] == "failed"
    assert told["exception"].endswith("ValueError: first\nsecond")
    assert "test_a_fault_stays_on_its_line" in told["exception"]


def test_what_a_load_logs_names_its_batch(
    installed: pathlib.Path, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The collector of lineage is a folder that cannot be made: the load warns, and its line says of which batch."""
    (installed / "taken").write_text("a file")
    monkeypatch.setenv("ANZE_LINEAGE", str(installed / "taken"))
    drifted = land_drifted()
    with pytest.raises(SchemaDrift):
        steps.load(steps.open_hub(), drifted)
    told = [each for each in map(json.loads, lines.getvalue().splitlines()) if each["level"] == "warning"]
    assert [(each["batch_id"], each["insurer_id"], each["record_type"]) for each in told] == [
        (drifted, "lichun", "policy")
    ]


def test_a_process_logs_as_its_setting_says(kept_root: logging.Logger) -> None:
    logs.configure({logs.VARIABLE: "json"})
    assert [type(handler.formatter) for handler in kept_root.handlers] == [logs.AsJson]
    assert kept_root.level == logging.WARNING
    logs.configure({logs.VARIABLE: "json"}, logging.INFO)
    assert (len(kept_root.handlers), kept_root.level) == (1, logging.INFO)


def test_another_word_is_refused_in_one_line(
    nowhere: pathlib.Path, anze: Anze, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(logs.VARIABLE, "xml")
    answer = anze("status")
    assert (answer.code, answer.err.count("\n"), "'xml'" in answer.err) == (4, 1, True), answer
