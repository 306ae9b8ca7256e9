"""How much a replacing delivery may lack: bounds with dates and a source, a province's over the shipped ones."""

from __future__ import annotations

import datetime as dt

import pytest

from quality.catalogue import FOLDER, load_rules, rules_of
from quality.own_bounds import OWN
from quality.replacing import FILE, in_force, replacing_of
from schemas.errors import DefinitionError

ENTRY = "- {{valid_from: {}, missing_ratio: '{}', missing_count: 1, source: s, confidence: assumption}}\n"
SHIPPED = (FOLDER / FILE).read_text(encoding="utf-8")


def test_the_shipped_bound_has_a_source() -> None:
    bound = in_force(load_rules().replacing_bounds, dt.date(2026, 11, 18))
    assert (str(bound.missing_ratio), bound.missing_count, bool(bound.source)) == ("0.02", 50, True)


def test_the_last_that_began_is_in_force() -> None:
    bounds = replacing_of(ENTRY.format("2026-01-01", "0.5") + ENTRY.format("2026-07-01", "0.1"))
    assert [str(in_force(bounds, dt.date(2026, month, 30)).missing_ratio) for month in (6, 7)] == ["0.5", "0.1"]
    with pytest.raises(DefinitionError, match="2025-12-31"):
        in_force(bounds, dt.date(2025, 12, 31))


def test_a_province_s_bound_ends_the_shipped_one() -> None:
    rules = rules_of({FILE: SHIPPED, OWN + FILE: ENTRY.format("2026-07-01", "0.3")})
    found = [str(in_force(rules.replacing_bounds, dt.date(2026, month, 30)).missing_ratio) for month in (6, 7)]
    assert found == ["0.02", "0.3"]


def test_an_edition_that_says_nothing_of_them_has_the_shipped_ones() -> None:
    assert rules_of({}).replacing_bounds == replacing_of(SHIPPED)


def test_a_mistake_stops_every_type() -> None:
    broken = rules_of({FILE: SHIPPED.replace("missing_count: 50", "missing_count: many")}).broken
    assert "bounds/replacing.yml:6: 2020-01-01.missing_count: 'many' is no whole number" in str(broken["*"])
