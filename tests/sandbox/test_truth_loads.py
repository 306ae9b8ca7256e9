"""The truth against the hub's own rules: nothing true is held, every planted error is, and only what was planted."""

from __future__ import annotations

import datetime as dt
import pathlib

import pytest
import sqlalchemy as sa

from quality.catalogue import RuleSet, load_rules
from quality.check import check
from sandbox import faults
from sandbox.truth import Province, build
from sandbox.truth.clock import at
from schemas.contract import INSURER_RECORD_TYPES, RECORD_TYPES, REGISTER_RECORD_TYPES, load_contract
from tests.sandbox.loading import Hub, as_text

HISTORY = at(dt.date(2026, 11, 18), 90)
NIGHT = at(dt.date(2026, 11, 21), 90)
INSURERS = ("dahan", "lichun")


@pytest.fixture(scope="module")
def province() -> Province:
    return build(2, 0.01)


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return load_rules()


@pytest.mark.parametrize("record_type", RECORD_TYPES)
def test_field_and_record_rules_hold_nothing(province: Province, rules: RuleSet, record_type: str) -> None:
    rows = province.registers.get(record_type) or [v.record for v in province.versions if v.record_type == record_type]
    found = check(as_text(record_type, rows), load_contract(record_type), rules, NIGHT).findings
    assert [f for f in found if f.severity == "error"] == []
    assert len(found) <= 0.05 * len(rows) + 5


def held(engine: sa.Engine) -> dict[tuple[str, str], list[str]]:
    """(record type, key) of quarantined rows with the fields named in the reasons."""
    query = sa.text("select record_type, coalesce(record_key, '') as key, reasons from quarantine.row")
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    return {(r.record_type, r.key): [f"{x['rule_id']}:{x['field']}" for x in r.reasons] for r in rows}


def test_two_nights_hold_exactly_the_planted_errors(
    province: Province, rules: RuleSet, engine: sa.Engine, tmp_path: pathlib.Path
) -> None:
    hub = Hub(engine, tmp_path, rules)
    for record_type in REGISTER_RECORD_TYPES:
        assert hub.load("regulator", record_type, province.registers[record_type], HISTORY).quarantined == 0
    for insurer_id in INSURERS:
        for record_type in INSURER_RECORD_TYPES:
            rows = faults.shown(province, insurer_id, record_type, None, HISTORY)
            assert rows == [] or hub.load(insurer_id, record_type, rows, HISTORY).quarantined == 0, held(engine)
    planted = []
    for insurer_id in INSURERS:
        for record_type in INSURER_RECORD_TYPES:
            rows = faults.shown(province, insurer_id, record_type, HISTORY, NIGHT)
            planted += faults.bad_rows(province, insurer_id, record_type, HISTORY, NIGHT)
            if rows:
                hub.load(insurer_id, record_type, rows, NIGHT)
    assert len(planted) >= 12
    found = held(engine)
    expected = {(b.record_type, "|".join(b.key)): b.field for b in planted}
    assert set(found) == set(expected)
    for place, field in expected.items():
        assert any(reason.endswith(f":{field}") for reason in found[place]), (place, found[place])
