"""How the command line shows things: tables for people, JSON for scripts, progress on standard error.

A value is text and never markup: brackets, emoji names and control characters of a delivery do nothing to the terminal.
What is to be coloured says so by ``red``, ``yellow``, ``green``, ``bold`` or ``dim``.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from schemas.folding import written_out

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

#: Where output is piped there is no width to ask for: wide enough for every table of ours.
PIPED_WIDTH = 190
#: A line that most screens and mails show whole.
EASY_WIDTH = 120
#: Categories of characters that act instead of being seen: controls, formats (bidi, zero width), halves of pairs, ends.
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


class Screen(Console):
    """A console that shows every text as it is."""

    def __init__(self, *, stderr: bool = False, width: int | None = None) -> None:
        super().__init__(stderr=stderr, width=width, highlight=False, markup=False, emoji=False)

    def print(self, *objects: Any, **options: Any) -> None:
        """Print as ``rich`` does, unseen characters made visible."""
        super().print(*(inert(each) if isinstance(each, str) else each for each in objects), **options)


def inert(text: str) -> str:
    """Text whose acting characters are written out; line ends and tabs stay. Odd blanks, which do nothing, stay too."""
    if text.isprintable():
        return text
    return "".join(written_out(c) if unicodedata.category(c) in UNSEEN and c not in "\n\t" else c for c in text)


def red(text: object) -> Text:
    """What is wrong."""
    return Text(inert(str(text)), "red")


def yellow(text: object) -> Text:
    """What wants attention."""
    return Text(inert(str(text)), "yellow")


def green(text: object) -> Text:
    """What is well."""
    return Text(inert(str(text)), "green")


def bold(text: object) -> Text:
    """A heading."""
    return Text(inert(str(text)), "bold")


def dim(text: object) -> Text:
    """What may be overlooked."""
    return Text(inert(str(text)), "dim")


stdout = Screen(width=None if sys.stdout.isatty() else PIPED_WIDTH)
stderr = Screen(stderr=True)

AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON, for scripts.")]


def print_json(answer: object) -> None:
    """Print dataclasses, mappings and lists as JSON; decimals and dates as text, so that nothing is rounded."""
    written = json.dumps(answer, default=_plain, ensure_ascii=False, indent=2)
    stdout.print(_escaped(written), soft_wrap=True)


def _escaped(written: str) -> str:
    """JSON with every unseen character as JSON's own escape: a script reads the same, a terminal obeys nothing."""
    if written.replace("\n", "").isprintable():
        return written
    return "".join(json.dumps(c)[1:-1] if c != "\n" and unicodedata.category(c) in UNSEEN else c for c in written)


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], title: str | None = None, right: Iterable[int] = ()
) -> None:
    """Print rows under bilingual column titles, on two lines where space is short; columns in ``right`` are flush right."""
    cells = [[_cell(cell) for cell in row] for row in rows]
    table = _table(columns, cells, title, set(right))
    whole = stdout.measure(table, options=stdout.options.update(max_width=sys.maxsize)).maximum
    if whole > min(stdout.width, EASY_WIDTH):
        table = _table([column.replace(" ", "\n", 1) for column in columns], cells, title, set(right))
    stdout.print(table)


def _cell(value: object) -> Text:
    if isinstance(value, Text):
        return value
    return Text("" if value is None else inert(str(value)))


def _table(columns: Iterable[str], rows: Iterable[Sequence[Text]], title: str | None, right: set[int]) -> Table:
    told = None if title is None else Text(inert(title))
    table = Table(title=told, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for n, column in enumerate(columns):
        table.add_column(Text(inert(column)), justify="right" if n in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


class Advance(Protocol):
    """Moves a progress bar on by some steps, and says at what it is."""

    def __call__(self, text: str = "", step: int = 1) -> None: ...


@contextmanager
def progress(label: str, total: int | None) -> Iterator[Advance]:
    """A progress bar on standard error; yields ``advance(text)``."""
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=stderr, transient=not stderr.is_terminal) as bar:
        task = bar.add_task(label, total=total)

        def advance(text: str = "", step: int = 1) -> None:
            bar.update(task, advance=step, description=inert(f"{label} {text}"))

        yield advance


class Meter:
    """Turns (what, share done) into steps of a progress bar of 100."""

    def __init__(self, advance: Advance) -> None:
        self._advance, self._done = advance, 0

    def __call__(self, what: str, share: float) -> None:
        percent = int(share * 100)
        self._advance(what, max(0, percent - self._done))
        self._done = max(self._done, percent)


def fields_of(answer: DataclassInstance) -> dict[str, object]:
    """A dataclass's fields by name, for scripts; what they hold stays as it is."""
    return {field.name: getattr(answer, field.name) for field in dataclasses.fields(answer)}


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return fields_of(value)
    if isinstance(value, (dt.date, dt.datetime, Decimal)):
        return str(value)
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    return str(value)
