"""SQL statements read from files; ``:slot_...`` marks are SQL text, filled in here.

The name ``loading/merge/outcome`` stands for ``loading/sql/merge/outcome.sql`` below a root: the warehouse's wings, unless
another one is given.
"""

from __future__ import annotations

import functools
import pathlib
import re

import sqlalchemy as sa

WINGS = pathlib.Path(__file__).parents[1]
_SLOT = re.compile(r":slot_(\w+)")


def statement(name: str, root: pathlib.Path = WINGS, **slots: str) -> sa.TextClause:
    """Give a statement, ready to execute with its bind parameters; ``slots`` as in ``text_of``."""
    return sa.text(text_of(name, root, **slots)) if slots else _without_slots(name, root)


def text_of(name: str, root: pathlib.Path = WINGS, **slots: str) -> str:
    """A statement's text, its slots replaced by SQL text that comes from contracts and definitions, never from a delivery.

    A slot that is not given raises KeyError; one that the statement has no mark for is left out.
    """
    return _SLOT.sub(lambda mark: slots[mark[1]], _source(name, root))


@functools.cache
def _without_slots(name: str, root: pathlib.Path) -> sa.TextClause:
    return sa.text(text_of(name, root))


@functools.cache
def _source(name: str, root: pathlib.Path) -> str:
    wing, _, rest = name.partition("/")
    return (root / wing / "sql" / f"{rest}.sql").read_text(encoding="utf-8")
