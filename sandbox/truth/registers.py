"""The registers that regulators feed, as canonical rows."""

from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal

from sandbox.cast import Insurer, cast
from sandbox.truth import agencies, enterprises, names
from sandbox.truth.chance import stream
from sandbox.truth.clock import SHANGHAI
from sandbox.truth.credit_code import credit_code
from sandbox.truth.enterprises import Enterprise
from sandbox.truth.geography import geography
from sandbox.truth.province import Record, blank
from sandbox.world import World, of_world

_ENTERED_AT = dt.datetime(2026, 11, 1, 9, 0, tzinfo=SHANGHAI)


def all_rows(seed: int, population: tuple[Enterprise, ...]) -> dict[str, list[Record]]:
    """Rows by register."""
    return {
        "enterprise": enterprises.register(seed, population),
        "insurer": insurers(seed),
        "agency": agencies.register(seed),
        "rule_threshold": rule_thresholds(),
    }


@of_world
def rule_thresholds(world: World) -> list[Record]:
    """``world/rule_thresholds.csv``: the rules that hold a figure; those switched off are valid from 9999."""
    with (world.folder / "rule_thresholds.csv").open(encoding="utf-8", newline="") as file:
        return [_rule(row) for row in csv.DictReader(file)]


def _rule(row: dict[str, str]) -> Record:
    last_day = row["valid_to_date"]
    return blank("rule_threshold") | {
        **row,
        "high_risk_domain_code": "*",
        "threshold_value": Decimal(row["threshold_value"]),
        "valid_from_date": dt.date.fromisoformat(row["valid_from_date"]),
        "valid_to_date": dt.date.fromisoformat(last_day) if last_day else None,
        "operation_code": "I",
        "source_updated_at": _ENTERED_AT,
    }


def insurers(seed: int) -> list[Record]:
    """One row per city branch of each insurer."""
    rng = stream(seed, "insurer register")
    contacts = {insurer: (names.person(rng), names.phone(rng)) for insurer in cast()}
    return [
        _branch(n, insurer, city, contacts[insurer]) for n, insurer in enumerate(cast()) for city in geography().by_city
    ]


def _branch(number: int, insurer: Insurer, city_code: str, contact: tuple[str, str]) -> Record:
    city_name = geography().by_city[city_code][0].city_name
    return blank("insurer") | {
        "insurer_code": insurer.insurer_code,
        "insurer_name": insurer.name_zh,
        "credit_code": credit_code(20_000_000 + number, geography().counties[0].code),
        "licence_no": f"P{number + 1:05d}AZ",
        "alias_list": insurer.name_zh[:2],
        "feed_mode_code": "30" if insurer.is_drop else "10",
        "branch_code": f"{insurer.insurer_code}{city_code[:4]}",
        "branch_name": f"{insurer.name_zh[:2]}{city_name}中心支公司(模拟)",
        "branch_region_code": geography().by_city[city_code][0].code,
        "data_contact_name": contact[0],
        "data_contact_phone": contact[1],
        "valid_from_date": dt.date(2023, 1, 1),
        "operation_code": "I",
        "source_updated_at": _ENTERED_AT,
    }
