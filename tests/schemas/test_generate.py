"""What is derived from the contracts: the same bytes every time, and true to the contract and the database."""

import json
import pathlib

import jsonschema
import pytest
import sqlalchemy as sa

from schemas.contract import Contract, load_contract, load_contracts
from schemas.generate import dictionary_markdown, json_schema, requirement_chinese, table, write

CONTRACTS = list(load_contracts().values())

EXPENSE = {
    "insurer_code": "LICHUN", "branch_code": "3701", "source_record_no": "1", "operation_code": "I",
    "source_updated_at": "2026-11-20T10:00:00+08:00", "expense_no": "E1", "is_pooled": False, "policy_no": "P1",
    "fee_category_code": "10", "expense_status_code": "20", "expense_amount": 100.5, "budget_year_no": "2026",
    "paid_date": "2026-11-20", "payee_name": "某机构", "invoice_no": "F1",
}  # fmt: skip


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda c: c.record_type)
def test_json_schema_is_a_schema_with_chinese_titles(contract: Contract) -> None:
    schema = json_schema(contract)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert [p["title"] for p in schema["properties"].values()] == [f.business_name for f in contract.fields]
    json.dumps(schema)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({}, None),
        ({"expense_amount": -100.5}, None),  # a reversal
        ({"policy_no": None}, "policy_no"),
        ({"is_pooled": True, "policy_no": None}, "pool_region_code"),
        ({"is_pooled": True, "policy_no": None, "pool_region_code": "370100"}, None),
        ({"expense_status_code": "10", "paid_date": None, "invoice_no": None}, None),
        ({"paid_date": None}, "paid_date"),
        ({"payee_name": None}, "payee_name"),
        ({"fee_category_code": "80"}, "fee_category_code"),
        ({"budget_year_no": "1926"}, "budget_year_no"),
        ({"operation_code": "U"}, "correction_reason_text"),
        ({"operation_code": "U", "correction_reason_text": "金额有误"}, None),
        ({"expense_amount": "100.5"}, "expense_amount"),
    ],
)
def test_json_schema_accepts_and_refuses_as_the_contract_does(change: dict[str, object], fault: str | None) -> None:
    validator = jsonschema.Draft202012Validator(json_schema(load_contract("fee_expense")))
    record = {name: value for name, value in {**EXPENSE, **change}.items() if value is not None}
    faults = list(validator.iter_errors(record))
    assert bool(faults) == (fault is not None)
    assert all(fault in (error.message + str(list(error.path))) for error in faults if fault)


def test_a_withdrawal_needs_key_and_envelope_only() -> None:
    validator = jsonschema.Draft202012Validator(json_schema(load_contract("fee_expense")))
    envelope = {
        name: EXPENSE[name] for name in ("insurer_code", "branch_code", "source_record_no", "source_updated_at")
    }
    withdrawal = {
        **envelope,
        "operation_code": "D",
        "correction_reason_text": "误录",
        "expense_no": "E1",
        "payee_name": None,
    }
    assert validator.is_valid(withdrawal)
    assert not validator.is_valid({**withdrawal, "expense_no": None})
    assert not validator.is_valid({**withdrawal, "correction_reason_text": None})


def test_writing_twice_gives_the_same_bytes_and_removes_stale_pages(tmp_path: pathlib.Path) -> None:
    first = {path: path.read_bytes() for path in write(tmp_path)}
    stale = tmp_path / "contracts" / "gone.md"
    stale.write_text("old", encoding="utf-8")
    assert {path: path.read_bytes() for path in write(tmp_path)} == first
    assert not stale.exists()
    assert len(first) == 2 * len(CONTRACTS) + 1


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda c: c.record_type)
def test_the_dictionary_has_a_line_a_field(contract: Contract) -> None:
    text = dictionary_markdown(contract)
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    assert len(lines) == len(contract.fields)
    for field, line in zip(contract.fields, lines, strict=True):
        assert f"| `{field.name}` | {field.business_name}" in line
        assert len(line.replace("\\|", "").split(" | ")) == 8


def test_requirements_are_told_in_chinese() -> None:
    hazard = load_contract("hazard")
    wanted = requirement_chinese(hazard, hazard.by_name["notified_at"])
    assert wanted == "隐患等级为 20 重大事故隐患 时或隐患状态为 20 已整改待验证、30 已验证闭环 时"
    expense = load_contract("fee_expense")
    assert requirement_chinese(expense, expense.by_name["policy_no"]) == "统筹支出标志为否时"
    receipt = load_contract("premium_receipt")
    assert requirement_chinese(receipt, receipt.by_name["endorsement_no"]) == "收付针对批单时"
    assert table(["a"], [["x|y\nz"]]) == ["| a |", "| --- |", "| x\\|y z |"]


COLUMNS = sa.text(
    """
    select column_name, data_type, numeric_precision, numeric_scale
    from information_schema.columns
    where table_schema = 'core' and table_name = :table_name
    """
)


def test_the_database_has_the_columns_of_the_contracts(engine: sa.Engine) -> None:
    names = {"timestamp with time zone": "timestamptz"}
    for contract in CONTRACTS:
        with engine.connect() as connection:
            rows = connection.execute(COLUMNS, {"table_name": contract.record_type}).all()
        found = {
            name: f"numeric({precision},{scale})" if kind == "numeric" else names.get(kind, kind)
            for name, kind, precision, scale in rows
        }
        wanted = {field.name: field.sql_type for field in contract.fields}
        assert {name: found.get(name) for name in wanted} == wanted, contract.record_type
