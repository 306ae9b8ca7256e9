"""SQL expressions that follow from a contract; ``alias`` is the table whose row they speak of."""

from __future__ import annotations

from schemas.contract import Contract, Field


def shanghai_date(field: Field, alias: str) -> str:
    """The day of a field: a date as it is, a moment as its date in Shanghai, whatever its zone."""
    column = f"{alias}.{field.name}"
    return f"cast({column} at time zone 'Asia/Shanghai' as date)" if field.kind == "timestamp" else column


def event_on(contract: Contract, alias: str) -> str:
    """The day of a record's main event; null where its type has none."""
    if not contract.milestones:
        return "cast(null as date)"
    return shanghai_date(contract.by_name[contract.milestones[0].field], alias)


def key_text(contract: Contract, alias: str) -> str:
    """A record's natural key as one text, its parts joined with ``|``."""
    return " || '|' || ".join(f"cast({alias}.{name} as text)" for name in contract.key)
