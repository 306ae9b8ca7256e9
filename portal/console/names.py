"""Names and codes in words: regions, insurers, code lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from portal.sql_text import statement


@dataclass(frozen=True)
class Region:
    """A validity of an area's code."""

    region_code: str
    region_name: str
    region_level: str
    """province, city or county."""
    parent_code: str | None
    valid_from: dt.date
    valid_to: dt.date | None


def regions(connection: sa.Connection, day: dt.date) -> Mapping[str, Region]:
    """Areas by code, as they were called on a day; former codes with the last name that they had."""
    rows = connection.execute(statement("console/regions"), {"day": day}).mappings()
    return {row["region_code"]: Region(**row) for row in rows}


def insurers(connection: sa.Connection) -> Mapping[str, str]:
    """Names of insurers by id, as the register says today."""
    return dict(connection.execute(statement("console/insurer_names")).all())


def sender(known: Mapping[str, str], insurer_id: str | None, t: Callable[[str, str], str]) -> str:
    """Who handed a record in: an insurer by its name; whoever is none, the registers of the platform."""
    return known.get(insurer_id or "") or t("监管名录", "register")


def codes(connection: sa.Connection, list_code: str) -> Mapping[str, tuple[str, str]]:
    """A code list: code -> (Chinese, English); of a code of several editions, the newest says it."""
    rows = connection.execute(statement("console/codes"), {"list_code": list_code})
    return {row.code: (row.name_zh, row.name_en) for row in rows}
