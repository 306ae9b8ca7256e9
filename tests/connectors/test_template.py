"""Files that a person hands in: the hub's template with as many columns as there is something to say."""

from __future__ import annotations

import csv
import datetime as dt
import pathlib

import pytest

from connectors.chunks import read_chunks
from connectors.definition import load_definition, load_definitions
from connectors.mapping import apply
from connectors.model import InsurerDefinition
from connectors.template import reading
from quality.catalogue import load_rules
from quality.check import check
from schemas.contract import OCCASIONAL_RECORD_TYPES, SENDABLE_RECORD_TYPES, load_contract
from schemas.errors import UnreadableFile
from schemas.findings import Observation
from schemas.template_words import example

DEFINITIONS = load_definitions(environ={})
API, OWN_IS_TEMPLATE = DEFINITIONS["lichun"], DEFINITIONS["kaiyang"]
POLICY = load_contract("policy")


def observed_of(definition: InsurerDefinition, path: pathlib.Path, record_type: str = "policy") -> list[Observation]:
    contract = load_contract(record_type)
    chunks = read_chunks(definition, contract, "submit", [path])
    return [f for chunk in chunks for f in apply(chunk.rows, chunk.layout, contract).observed]


def written(path: pathlib.Path, names: list[str], rows: int = 1) -> pathlib.Path:
    lines = [",".join(names), *(",".join(["x"] * len(names)) for _ in range(rows))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("definition", [API, OWN_IS_TEMPLATE], ids=["api", "drop"])
@pytest.mark.parametrize("is_chinese", [False, True])
@pytest.mark.parametrize("record_type", SENDABLE_RECORD_TYPES)
def test_optional_columns_of_the_template_may_be_absent(
    tmp_path: pathlib.Path, definition: InsurerDefinition, is_chinese: bool, record_type: str
) -> None:
    if record_type not in (*definition.records, *OCCASIONAL_RECORD_TYPES):
        pytest.skip("not in this insurer's definition")
    required = [f for f in load_contract(record_type).fields if f.is_required]
    path = written(tmp_path / "t.csv", [f.business_name if is_chinese else f.name for f in required])
    assert observed_of(definition, path, record_type) == []


def test_a_misspelt_optional_column_is_told_with_the_right_name(tmp_path: pathlib.Path) -> None:
    names = [f.name for f in POLICY.fields if f.is_required]
    (found,) = observed_of(API, written(tmp_path / "t.csv", [*names, "legal_limit_amnt"]))
    assert (found.rule_id, found.field, found.expected) == ("MAP-001", "legal_limit_amnt", "legal_limit_amount")


def test_a_missing_mandatory_column_refuses_the_file(tmp_path: pathlib.Path) -> None:
    names = [f.name for f in POLICY.fields if f.is_required and f.name != "written_premium_amount"]
    with pytest.raises(UnreadableFile, match="签单保费") as refusal:
        observed_of(API, written(tmp_path / "t.csv", names))
    assert refusal.value.code == "FILE-004"


def test_nobody_sends_what_the_definition_does_not_name(tmp_path: pathlib.Path) -> None:
    path = written(tmp_path / "t.csv", ["credit_code"])
    regulator = load_definition("regulator", environ={})
    for definition, record_type in ((API, "enterprise"), (regulator, "policy"), (regulator, "renumbering")):
        with pytest.raises(UnreadableFile) as refusal:
            observed_of(definition, path, record_type)
        assert refusal.value.code == "FILE-060"


@pytest.mark.parametrize("record_type", SENDABLE_RECORD_TYPES)
def test_the_examples_of_the_template_are_right(tmp_path: pathlib.Path, record_type: str) -> None:
    """What the notes offer as an example passes every rule about a single field."""
    contract = load_contract(record_type)
    path = tmp_path / "t.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([[f.business_name for f in contract.fields], [example(f) for f in contract.fields]])
    (chunk,) = read_chunks(OWN_IS_TEMPLATE, contract, "submit", [path])
    mapped = apply(chunk.rows, chunk.layout, contract)
    checked = check(mapped.table, contract, load_rules(), dt.datetime(2026, 11, 21, tzinfo=dt.UTC))
    assert mapped.observed == ()
    assert [f.message for f in checked.findings if f.rule_id.startswith("FLD")] == []


def test_one_cell_of_another_encoding_does_not_change_what_the_file_is_taken_for(tmp_path: pathlib.Path) -> None:
    header = ",".join(f.business_name for f in POLICY.fields)
    path = tmp_path / "policy.csv"
    path.write_bytes(header.encode() + "\n甲,".encode() + "测试".encode("gb18030") + b"\n")
    assert reading(API, POLICY, "submit", [path]).source.encoding == "utf-8"
    path.write_bytes(header.encode("gb18030") + b"\n")
    assert reading(API, POLICY, "submit", [path]).source.encoding == "gb18030"
