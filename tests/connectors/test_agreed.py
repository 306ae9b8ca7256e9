"""What a definition says was agreed of deliveries, and its mistakes told with their place."""

from __future__ import annotations

import datetime as dt
import pathlib

import pytest

from connectors.definition import load_definition
from connectors.files import Files, stems
from connectors.model import Expected, InsurerDefinition
from schemas.errors import DefinitionError


def with_expected(own_province: pathlib.Path, said: str) -> InsurerDefinition:
    insurer_id = stems(Files(), "insurers")[0]
    file = own_province / "insurers" / f"{insurer_id}.yml"
    file.write_text(f"{file.read_text(encoding='utf-8')}\nexpected:\n{said}", encoding="utf-8")
    return load_definition(insurer_id)


def test_what_is_agreed_of_one_record_type_goes_before_what_is_of_all(own_province: pathlib.Path) -> None:
    said = "  since: 2026-01-01\n  source: 接入协议\n  claim: {since: 2026-03-01, until: 2026-12-31, working_days: 2}\n"
    found = with_expected(own_province, said)
    assert found.expected_of("policy") == Expected(dt.date(2026, 1, 1), None, "接入协议")
    assert found.expected_of("claim") == Expected(dt.date(2026, 3, 1), dt.date(2026, 12, 31), None, 2)


def test_nothing_agreed_means_since_it_is_known(own_province: pathlib.Path) -> None:
    insurer_id = stems(Files(), "insurers")[0]
    assert load_definition(insurer_id).expected_of("policy") == Expected()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("  since: soon\n", "a day is wanted"),
        ("  since: 2026-02-01\n  until: 2026-01-01\n", "is before since"),
        ("  from: 2026-02-01\n", "unknown key"),
        ("  claim: {working_days: 0}\n", "a whole number is wanted"),
        ("  claim: weekly\n", "a mapping is wanted"),
    ],
)
def test_a_mistake_is_told(own_province: pathlib.Path, said: str, told: str) -> None:
    with pytest.raises(DefinitionError, match=told):
        with_expected(own_province, said)
