"""SQL statements, read from ``warehouse/sql/**.sql``; ``:slot_...`` marks are SQL text, filled in here."""

from __future__ import annotations

import functools
import pathlib

import sqlalchemy as sa

FOLDER = pathlib.Path(__file__).parent / "sql"


@functools.cache
def statement(name: str) -> sa.TextClause:
    """Give a statement without slots, ready to execute with its bind parameters."""
    return sa.text(_source(name))


def filled(name: str, **slots: str) -> sa.TextClause:
    """Give a statement with its slots replaced, as ``text_of`` does."""
    return sa.text(text_of(name, **slots))


def text_of(name: str, **slots: str) -> str:
    """The text of ``sql/<name>.sql``, its slots replaced by SQL text that comes from contracts, never from a delivery."""
    text = _source(name)
    for slot, replacement in sorted(slots.items(), key=lambda item: -len(item[0])):
        text = text.replace(f":slot_{slot}", replacement)
    return text


@functools.cache
def _source(name: str) -> str:
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
