"""Every folder of ``cases`` is one story: input tables as CSV, and the figures that must come of them."""

from __future__ import annotations

import csv
import datetime as dt
import pathlib
from decimal import Decimal

import pytest
import sqlalchemy as sa

from schemas.contract import RECORD_TYPES
from warehouse.indicators.explain import Exclusion, Place, PublishedCell, explain
from warehouse.publishing.publish import publish

CASES = pathlib.Path(__file__).parent / "cases"
KNOWN_AT = dt.datetime(2027, 6, 1, tzinfo=dt.UTC)


def rows_of(path: pathlib.Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("folder", sorted(CASES.iterdir()), ids=lambda folder: folder.name)
def test_figures_of_the_story(folder: pathlib.Path, connection: sa.Connection, load) -> None:
    for record_type in RECORD_TYPES:
        if (folder / f"{record_type}.csv").exists():
            load(record_type, rows_of(folder / f"{record_type}.csv"))
    for row in rows_of(folder / "expected.csv"):
        moments = (dt.date.fromisoformat(row["as_of"]), _known_at(row))
        publication = publish(connection, *moments, KNOWN_AT, expected=[], delivered_since=KNOWN_AT)
        place = Place(row["indicator"], row["period"], row["region"], row["domain"], row["insurer"])
        assert figures(connection, place, publication.publication_id) == expected(row), row


def _known_at(row: dict[str, str]) -> dt.datetime:
    return dt.datetime.fromisoformat(row["known_at"]) if row.get("known_at") else KNOWN_AT


def expected(row: dict[str, str]) -> tuple[object, ...]:
    if row["numerator"] == "no cell":
        return ("no cell",)
    numbers = [Decimal(row[name]) if row[name] else None for name in ("numerator", "denominator", "shown")]
    return (*numbers, row["null_reason"] or None, row["excluded"])


def figures(connection: sa.Connection, place: Place, publication_id: int) -> tuple[object, ...]:
    """What was published, after checking that the records behind the cell give the same sums."""
    try:
        explanation = explain(connection, place, publication_id=publication_id)
    except LookupError:
        return ("no cell",)
    assert explanation.agrees
    cell: PublishedCell = explanation.cell
    left_out = " ".join(map(_left_out, explanation.exclusions))
    return cell.numerator, cell.denominator, cell.shown_value, cell.null_reason, left_out


def _left_out(exclusion: Exclusion) -> str:
    return f"{exclusion.reason}={exclusion.record_count}"
