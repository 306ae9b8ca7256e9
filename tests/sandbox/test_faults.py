"""Planted errors: each bad row breaks what it says, and only that; nothing bad reaches the truth."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest

from sandbox import faults
from sandbox.truth import Province, build
from sandbox.truth.clock import at
from schemas.contract import INSURER_RECORD_TYPES, load_contract
from tests.sandbox import invariants

HISTORY = at(dt.date(2026, 11, 18), 90)
NIGHT = at(dt.date(2026, 11, 21), 90)


@pytest.fixture(scope="module")
def province() -> Province:
    return build(9, 0.05)


def own_faults(record_type: str, record: dict[str, object]) -> set[str]:
    """The rules that a record breaks by itself."""
    contract = load_contract(record_type)
    try:
        own = {rule for rule, _ in invariants.OWN_CHECKS[record_type](record)}
    except TypeError:  # a check meets an empty or odd value
        own = set()
    return own | {rule for rule, _ in invariants.field_faults(contract, record)}


def test_a_bad_row_breaks_something_and_its_original_nothing(province: Province) -> None:
    unseen = {"wrong-sender", "unknown-region"}
    tried = set()
    for record_type in INSURER_RECORD_TYPES:
        records = [r for _, r in province.current(record_type, NIGHT)]
        for row in faults.plant(records, record_type):
            tried.add(row.violation)
            assert bool(own_faults(record_type, row.record)) == (row.violation not in unseen), row
            assert row.field in load_contract(record_type).by_name
    assert tried >= {v.name for v in faults.VIOLATIONS}


def test_bad_rows_come_in_the_night_and_once(province: Province) -> None:
    for record_type in INSURER_RECORD_TYPES:
        clean = province.feed("dahan", record_type, None, HISTORY)
        assert faults.shown(province, "dahan", record_type, None, HISTORY) == clean
    night = [
        record
        for record_type in INSURER_RECORD_TYPES
        for record in faults.shown(province, "dahan", record_type, HISTORY, NIGHT)[
            len(province.feed("dahan", record_type, HISTORY, NIGHT)) :
        ]
    ]
    assert len(night) >= 12
    assert faults.bad_rows(province, "dahan", "policy", NIGHT, NIGHT + dt.timedelta(days=1)) == []
    assert faults.bad_rows(province, "lichun", "policy", HISTORY, NIGHT) == []


def test_bad_rows_are_the_same_each_time_and_have_keys_of_their_own(province: Province) -> None:
    rows = [r for t in INSURER_RECORD_TYPES for r in faults.bad_rows(province, "dahan", t, HISTORY, NIGHT)]
    again = [r for t in INSURER_RECORD_TYPES for r in faults.bad_rows(province, "dahan", t, HISTORY, NIGHT)]
    assert rows == again
    keys = Counter((r.record_type, r.key) for r in rows)
    assert max(keys.values()) == 1
    true_keys = {
        (t, tuple(map(str, v)))
        for t in INSURER_RECORD_TYPES
        for v in [invariants._key(t, r) for _, r in province.current(t, NIGHT)]
    }
    assert not true_keys & set(keys)
