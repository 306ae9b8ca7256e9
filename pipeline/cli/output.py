"""How the command line shows things: tables for people, JSON for scripts, progress on standard error."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

#: Where output is piped there is no width to ask for: wide enough for every table of ours.
PIPED_WIDTH = 190
#: A line that most screens and mails show whole.
EASY_WIDTH = 120
stdout = Console(highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)
stderr = Console(stderr=True, highlight=False)

AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON, for scripts.")]


def print_json(answer: Any) -> None:
    """Print dataclasses, mappings and lists as JSON; decimals and dates as text, so that nothing is rounded."""
    stdout.print(json.dumps(answer, default=_plain, ensure_ascii=False, indent=2), soft_wrap=True, markup=False)


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[Any]], title: str | None = None, right: Iterable[int] = ()
) -> None:
    """Print rows under bilingual column titles, on two lines where space is short; columns in ``right`` are flush right."""
    cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
    table = _table(columns, cells, title, set(right))
    whole = stdout.measure(table, options=stdout.options.update(max_width=sys.maxsize)).maximum
    if whole > min(stdout.width, EASY_WIDTH):
        table = _table([column.replace(" ", "\n", 1) for column in columns], cells, title, set(right))
    stdout.print(table)


def _table(columns: Iterable[str], rows: Iterable[Sequence[str]], title: str | None, right: set[int]) -> Table:
    table = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for n, column in enumerate(columns):
        table.add_column(column, justify="right" if n in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


@contextmanager
def progress(label: str, total: int | None) -> Iterator[Any]:
    """A progress bar on standard error; yields ``advance(text)``."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=stderr, transient=not stderr.is_terminal) as bar:
        task = bar.add_task(label, total=total)

        def advance(text: str = "", step: int = 1) -> None:
            bar.update(task, advance=step, description=f"{label} {text}")

        yield advance


class Meter:
    """Turns (what, share done) into steps of a progress bar of 100."""

    def __init__(self, advance: Any) -> None:
        self._advance, self._done = advance, 0

    def __call__(self, what: str, share: float) -> None:
        percent = int(share * 100)
        self._advance(what, max(0, percent - self._done))
        self._done = max(self._done, percent)


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, (dt.date, dt.datetime, Decimal)):
        return str(value)
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    return str(value)
