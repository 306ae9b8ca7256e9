"""SQL statements read from files; ``:slot_...`` marks are SQL text, filled in here.

The name ``loading/merge/outcome`` stands for ``loading/sql/merge/outcome.sql`` below a root: that of the warehouse's wings,
unless another one is said.
"""

from __future__ import annotations

import functools
import pathlib
import re

import sqlalchemy as sa

WINGS = pathlib.Path(__file__).parents[1]
_SLOT = re.compile(r":slot_(\w+)")


def statement(name: str, **slots: str) -> sa.TextClause:
    """Give a statement of a wing, ready to execute with its bind parameters; ``slots`` as in ``text_of``."""
    return statement_below(WINGS, name, **slots)


def text_of(name: str, **slots: str) -> str:
    """A statement's text, its slots replaced by SQL text that comes from contracts and definitions, never from a delivery.

    A slot that is not given raises KeyError; one that the statement has no mark for is left out.
    """
    return text_below(WINGS, name, **slots)


def statement_below(root: pathlib.Path, name: str, /, **slots: str) -> sa.TextClause:
    """Give a statement below another root than the warehouse's."""
    return sa.text(text_below(root, name, **slots)) if slots else _without_slots(root, name)


def text_below(root: pathlib.Path, name: str, /, **slots: str) -> str:
    """The text of a statement below another root than the warehouse's; as ``text_of``."""
    return _SLOT.sub(lambda mark: slots[mark[1]], _source(root, name))


@functools.cache
def _without_slots(root: pathlib.Path, name: str) -> sa.TextClause:
    return sa.text(text_below(root, name))


@functools.cache
def _source(root: pathlib.Path, name: str) -> str:
    wing, _, rest = name.partition("/")
    return (root / wing / "sql" / f"{rest}.sql").read_text(encoding="utf-8")
