"""Which threshold of the register applies to a place, a sector and a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from oracle.regions import Place


class Thresholds:
    """Entries of one kind: the largest value that applies wins. Answers are remembered by question."""

    def __init__(self, entries: Iterable[Mapping[str, Any]], basis: str, unit: str, operators: frozenset[str]) -> None:
        self._entries = [
            e
            for e in entries
            if e["basis_code"] == basis and e["unit_code"] == unit and e["operator_code"] in operators
        ]
        self._known: dict[tuple[Place | None, str | None, dt.date], Decimal | None] = {}

    def largest(self, place: Place | None, domain: str | None, day: dt.date) -> Decimal | None:
        """The value in force on ``day``; None when no entry applies."""
        question = (place, domain, day)
        if question not in self._known:
            values = [e["threshold_value"] for e in self._entries if _applies(e, place, domain, day)]
            self._known[question] = max(values, default=None)
        return self._known[question]


def minimum_limits(entries: Iterable[Mapping[str, Any]]) -> Thresholds:
    """Yuan for each person (rules R06, R07)."""
    return Thresholds(entries, "per_person", "yuan", frozenset({">="}))


def required_fee_ratios(entries: Iterable[Mapping[str, Any]]) -> Thresholds:
    """Share of the premium received (rules R13 to R15)."""
    return Thresholds(entries, "premium_received", "ratio", frozenset({">=", "="}))


def _applies(entry: Mapping[str, Any], place: Place | None, domain: str | None, day: dt.date) -> bool:
    last = entry["valid_to_date"]
    in_time = entry["valid_from_date"] <= day and (last is None or day <= last)
    return in_time and _has_place(entry["region_code"], place) and _has_domain(entry["high_risk_domain_code"], domain)


def _has_place(code: str, place: Place | None) -> bool:
    if code == "*":
        return True
    if place is None:
        return False
    if len(code) in {2, 4}:
        return (place.city_code or place.province_code).startswith(code)
    return code in {place.county_code, place.city_code, place.province_code}


def _has_domain(code: str, domain: str | None) -> bool:
    return code == "*" or (domain is not None and (code == domain or (code == "10" and domain in {"11", "12"})))
