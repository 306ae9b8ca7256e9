"""``anze calendar deadline``: one answer a line, from arguments or standard input."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from pipeline.cli import build

run = CliRunner()


@pytest.mark.parametrize(
    ("event", "deadline"),
    [
        ("2026-09-30", "2026-10-13"),
        ("2026-02-15", "2026-02-28"),
        ("2026-12-24", "2026-12-31"),
        ("2026-12-25", "undetermined"),
        ("2026-11-20T16:30:00Z", "2026-11-27"),
        ("2026-11-20T23:59:59+08:00", "2026-11-27"),
    ],
)
def test_answers_with_the_fifth_working_day(event: str, deadline: str) -> None:
    answer = run.invoke(build(), ["calendar", "deadline", event])
    assert (answer.exit_code, answer.stdout) == (0, f"{deadline}\n")


def test_reads_dates_from_standard_input() -> None:
    answer = run.invoke(build(), ["calendar", "deadline", "-"], input="2026-09-30\n\n2026-12-31\n")
    assert answer.stdout == "2026-10-13\n\nundetermined\n"


def test_counts_other_spans_too() -> None:
    assert run.invoke(build(), ["calendar", "deadline", "2026-09-18", "--days", "30"]).stdout == "2026-11-05\n"


@pytest.mark.parametrize("text", ["2026-13-01", "yesterday", "2026/09/30", "20260930", ""])
def test_refuses_what_is_no_date(text: str) -> None:
    answer = run.invoke(build(), ["calendar", "deadline", text])
    assert answer.exit_code == 2
    assert "not a date" in answer.stderr
