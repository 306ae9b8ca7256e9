"""What is expected of insurers: allowances of silence and rules for records, shipped and a province's own."""

from __future__ import annotations

import datetime as dt
import pathlib

import pytest

from quality.expecting import load_expectations
from schemas.errors import DefinitionError

OWN = "- {channel: drop, working_days: 8, valid_from: 2026-07-01, source: 鲁应急函}\n"


def test_every_channel_has_an_allowance_and_a_source() -> None:
    found = load_expectations()
    assert {each.channel for each in found.allowances} == {"api", "drop"}
    assert all(each.source for each in found.allowances)
    assert all(each.basis for each in found.records)


def test_a_province_s_own_allowance_goes_before_from_its_first_day_on(own_province: pathlib.Path) -> None:
    (own_province / "expected").mkdir()
    (own_province / "expected" / "silence.yml").write_text(OWN, encoding="utf-8")
    of_files = sorted(
        (a.valid_from, a.valid_to, a.working_days) for a in load_expectations().allowances if a.channel == "drop"
    )
    (first, last, _), (begins, ends, days) = of_files
    assert (last, begins, ends, days) == (dt.date(2026, 6, 30), dt.date(2026, 7, 1), None, 8)
    assert first < begins


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ("event: policy_status_code", "is no day"),
        ("event: nothing", "is no field of policy"),
        ("link: [receipt_no]", "is no field of both"),
        ("expects: polcy", "is not known"),
    ],
)
def test_a_rule_that_names_what_is_not_there_is_told(own_province: pathlib.Path, changed: str, told: str) -> None:
    rule = {
        "rule": "E01", "title": "应有保费", "after": "policy", "event": "cover_start_date", "expects": "premium_receipt",
        "link": "[policy_no]", "basis": "R04", "confidence": "assumption", "valid_from": "2026-01-01",
    }  # fmt: skip
    key, _, value = changed.partition(": ")
    said = "- {" + ", ".join(f"{name}: {value}" for name, value in {**rule, key: value}.items()) + "}\n"
    (own_province / "expected").mkdir()
    (own_province / "expected" / "records.yml").write_text(said, encoding="utf-8")
    with pytest.raises(DefinitionError, match=told):
        load_expectations()
