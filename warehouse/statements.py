"""SQL statements, read from ``warehouse/sql/**.sql``; ``:slot_...`` marks are identifiers, filled in here."""

from __future__ import annotations

import functools
import pathlib

import sqlalchemy as sa

FOLDER = pathlib.Path(__file__).parent / "sql"


@functools.cache
def source(name: str) -> str:
    """Text of ``sql/<name>.sql``."""
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")


@functools.cache
def statement(name: str) -> sa.TextClause:
    """Give a statement without slots, ready to execute with its bind parameters."""
    return sa.text(source(name))


def filled(name: str, **slots: str) -> sa.TextClause:
    """Give a statement with its slots replaced by SQL text that comes from contracts, never from a delivery."""
    text = source(name)
    for slot, replacement in sorted(slots.items(), key=lambda item: -len(item[0])):
        text = text.replace(f":slot_{slot}", replacement)
    return sa.text(text)
