"""Mapping: what the definition says is done exactly; everything else is a finding and never a silent null."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.convert import convert
from connectors.mapping import Mapped, apply, raw_json, source_names
from connectors.model import ColumnSource, RecordMapping
from connectors.parse.rows import column_letter
from connectors.template import named_after
from schemas.contract import Contract, Field, load_contract
from schemas.errors import SchemaDrift, UnreadableFile
from schemas.findings import Notes, SourceColumn
from tests.words import findings_of, notes_of, words

POLICY = load_contract("policy")
CLAIM = load_contract("claim")


def spec_of(
    contract: Contract = POLICY, ignored: Mapping[str, str] | None = None, **columns: ColumnSource
) -> RecordMapping:
    given = {f.name: columns.get(f.name, ColumnSource(f.name)) for f in contract.fields}
    return RecordMapping(contract.record_type, "", given, ignored or {})


def table_of(rows: int, kind: str = "csv", contract: Contract = POLICY, **values: list[str | None]) -> pa.Table:
    """A chunk as the parser gives it, every source column ``x`` where nothing else is said."""
    columns = {f.name: values.pop(f.name, ["x"] * rows) for f in contract.fields}
    columns = {name: v for name, v in (columns | values).items() if v is not None}
    table = pa.table({name: pa.array(v, pa.string()) for name, v in columns.items()})
    table = table.append_column("row_no", pa.array(range(2, rows + 2), pa.int64()))
    table = table.append_column("place", pa.array([f"line {i}" for i in range(2, rows + 2)]))
    return table.replace_schema_metadata({"kind": kind})


def column(mapped: Mapped, name: str) -> list[str | None]:
    return list(mapped.table[name].to_pylist())


def convert_one(text: str | None, field: str, **how: Any) -> str | None:
    made = convert(pa.array([text], pa.string()), ColumnSource("s", **how), POLICY.by_name[field])
    return made.values[0].as_py()


def test_the_result_has_numbers_place_raw_and_every_field_as_text() -> None:
    mapped = apply(table_of(2), spec_of(), POLICY)
    assert mapped.table.column_names == ["row_no", "place", "raw", *(f.name for f in POLICY.fields)]
    assert column(mapped, "row_no") == [2, 3]
    assert all(mapped.table[f.name].type == pa.string() for f in POLICY.fields)
    assert mapped.observed == ()


def test_an_unknown_column_is_one_finding_with_the_nearest_name() -> None:
    spec = spec_of(policy_no=ColumnSource("保单号码"), ignored={"备注": "经办人备注", "ext": "内部字段"})
    table = table_of(2, policy_no=None, 保单号吗=["1", "2"], 备注=["a", "b"], **{"ext.a.b": ["1", "2"]})  # type: ignore[arg-type]
    with pytest.raises(UnreadableFile) as refusal:
        apply(table, spec, POLICY)
    assert refusal.value.code == "FILE-004"
    assert "保单号(列名 保单号码,是不是“保单号吗”?)" in words(refusal.value)
    mapped = apply(table_of(2, 保单号吗=["1", "2"], 备注=["a", "b"]), spec_of(ignored={"备注": "不归集"}), POLICY)
    [finding] = findings_of(mapped)
    assert (finding.rule_id, finding.severity, finding.row_no, finding.field) == (
        "MAP-001",
        "warning",
        None,
        "保单号吗",
    )


def test_the_suggestion_is_a_column_that_was_agreed_and_did_not_come() -> None:
    spec = spec_of(product_name=ColumnSource("产品名称"))
    mapped = apply(table_of(1, product_name=None, 产品名=["甲"]), spec, POLICY)  # type: ignore[arg-type]
    unknown, absent = findings_of(mapped)
    assert (unknown.rule_id, unknown.expected) == ("MAP-001", "产品名称")
    assert (absent.rule_id, absent.field, absent.severity) == ("MAP-006", "product_name", "warning")


def test_a_last_line_without_line_end_is_a_warning_about_the_whole_file() -> None:
    table = table_of(2)
    unended = table.replace_schema_metadata({**table.schema.metadata, b"unended": b"1"})
    [finding] = findings_of(apply(unended, spec_of(), POLICY))
    assert (finding.rule_id, finding.severity, finding.row_no) == ("MAP-007", "warning", None)
    assert "可能被截断" in finding.message


def test_json_may_leave_out_optional_keys_but_not_required_ones() -> None:
    assert apply(table_of(1, "json", product_name=None), spec_of(), POLICY).observed == ()  # type: ignore[arg-type]
    with pytest.raises(SchemaDrift, match="policy_no"):
        apply(table_of(1, "json", policy_no=None), spec_of(), POLICY)  # type: ignore[arg-type]


def test_withdrawals_need_no_more_than_key_and_envelope() -> None:
    table = table_of(2, "json", operation_code=["D", "D"], holder_name=None)  # type: ignore[arg-type]
    assert column(apply(table, spec_of(), POLICY), "holder_name") == [None, None]
    with pytest.raises(SchemaDrift):
        apply(table_of(2, "json", operation_code=["D", "I"], holder_name=None), spec_of(), POLICY)  # type: ignore[arg-type]


def test_a_value_outside_its_lookup_is_an_error_on_that_row_and_null() -> None:
    spec = spec_of(policy_status_code=ColumnSource("policy_status_code", lookup={"A": "20", "S": "40"}))
    mapped = apply(table_of(4, policy_status_code=["A", " S ", "Z", None]), spec, POLICY)
    assert column(mapped, "policy_status_code") == ["20", "40", None, None]
    [finding] = findings_of(mapped)
    assert (finding.rule_id, finding.severity, finding.row_no, finding.value) == ("MAP-002", "error", 4, "Z")
    told = "“保单状态”(来源列 policy_status_code)的内容“Z”不在约定的取值中,应为:A、S;请改用约定的取值,或与平台补充约定"
    assert finding.message == told


@pytest.mark.parametrize(
    ("text", "unit", "yuan"),
    [
        ("1.2", "万元", "12000"),
        ("0.00005", "万元", "0.5"),
        ("12.345678", "万元", "123456.78"),
        ("0", "万元", "0"),
        ("-3", "万元", "-30000"),
        ("99999999999999", "万元", "999999999999990000"),
        ("12345", "分", "123.45"),
        ("1", "分", "0.01"),
        ("0.5", "分", "0.005"),
        ("21", "百分比", "0.21"),
        ("21.5%", "百分比", "0.215"),
        ("100", "百分比", "1"),
        ("1200.50", "元", "1200.50"),
        ("1,200", "万元", "12000000"),
        ("1,20", "万元", None),
        ("1e3", "万元", None),
        ("一百", "分", None),
    ],
)
def test_units_are_exact(text: str, unit: str, yuan: str | None) -> None:
    assert convert_one(text, "written_premium_amount", unit=unit) == yuan


@settings(deadline=None)
@given(st.lists(st.decimals(-(10**9), 10**9, places=4), min_size=1, max_size=20))
def test_ten_thousand_yuan_agree_with_decimal_arithmetic(amounts: list[Decimal]) -> None:
    texts = pa.array([f"{amount:f}" for amount in amounts], pa.string())
    made = convert(texts, ColumnSource("s", unit="万元"), POLICY.by_name["written_premium_amount"])
    assert [Decimal(text) for text in made.values.to_pylist()] == [amount * 10_000 for amount in amounts]
    assert all("E" not in text for text in made.values.to_pylist())


@pytest.mark.parametrize(
    ("text", "form", "date"),
    [
        ("20261120", "%Y%m%d", "2026-11-20"),
        ("2026/11/20", "%Y/%m/%d", "2026-11-20"),
        ("2026/1/5", "%Y/%m/%d", "2026-01-05"),
        ("2026年11月20日", "%Y年%m月%d日", "2026-11-20"),
        ("2026年1月5日", "%Y年%m月%d日", "2026-01-05"),
        ("2026-11-20 00:00:00", "%Y-%m-%d %H:%M:%S", "2026-11-20"),
        ("2026-11-20 08:00:00", "%Y-%m-%d %H:%M:%S", None),
        ("2026115", "%Y%m%d", None),
        ("20261320", "%Y%m%d", None),
        ("2026-11-20", "%Y%m%d", None),
        ("20261120x", "%Y%m%d", None),
    ],
)
def test_dates_by_their_form(text: str, form: str, date: str | None) -> None:
    assert convert_one(text, "issue_date", format=form) == date


@pytest.mark.parametrize(
    ("text", "form", "moment"),
    [
        ("20261120163001", "%Y%m%d%H%M%S", "2026-11-20T16:30:01+08:00"),
        ("2026/11/20 9:05", "%Y/%m/%d %H:%M", "2026-11-20T09:05:00+08:00"),
        ("2026-11-20T16:30:01.123+00:00", "%Y-%m-%dT%H:%M:%S.%f%z", "2026-11-20T16:30:01.123+00:00"),
        ("20261120", "%Y%m%d", "2026-11-20"),
        ("1795163401", "epoch_seconds", "2026-11-20T08:30:01Z"),
        ("1795163401250", "epoch_millis", "2026-11-20T08:30:01.250Z"),
        ("20261120253001", "%Y%m%d%H%M%S", None),
    ],
)
def test_moments_by_their_form(text: str, form: str, moment: str | None) -> None:
    assert convert_one(text, "source_updated_at", format=form) == moment


def test_a_form_that_does_not_fit_is_an_error_on_the_row_and_null() -> None:
    spec = spec_of(issue_date=ColumnSource("issue_date", format="%Y%m%d"))
    mapped = apply(table_of(3, issue_date=["20261120", "昨天", ""]), spec, POLICY)
    assert column(mapped, "issue_date") == ["2026-11-20", None, None]
    assert [(f.rule_id, f.row_no, f.value) for f in findings_of(mapped)] == [("MAP-003", 3, "昨天")]


def test_constants_fill_every_row() -> None:
    mapped = apply(table_of(2), spec_of(operation_code=ColumnSource(None, constant="I")), POLICY)
    assert column(mapped, "operation_code") == ["I", "I"]


@pytest.mark.parametrize(
    ("field", "text", "canonical"),
    [
        ("policy_no", "　Ｐ２０２６－００１ ", "P2026-001"),
        ("policy_no", "000123", "000123"),
        ("policy_no", "NA", "NA"),
        ("policy_no", "   ", None),
        ("insured_credit_code", " 91370100-ma3c ", "91370100-ma3c"),
        ("insured_name", "  济南（安信）公司　", "济南（安信）公司"),
        ("insured_name", "两行\n名称", "两行\n名称"),
        ("insured_name", "=1+1", "=1+1"),
    ],
)
def test_only_blanks_at_the_ends_and_the_width_of_numbers_change(field: str, text: str, canonical: str | None) -> None:
    assert convert_one(text, field) == canonical


def test_spreadsheet_errors_and_private_characters_are_findings() -> None:
    mapped = apply(table_of(3, insured_name=["#DIV/0!", "王\ue000", "#1 厂"]), spec_of(), POLICY)
    assert column(mapped, "insured_name") == [None, "王\ue000", "#1 厂"]
    assert [(f.rule_id, f.severity, f.row_no) for f in findings_of(mapped)] == [
        ("MAP-005", "error", 2),
        ("MAP-004", "warning", 3),
    ]


def test_findings_never_repeat_personal_values() -> None:
    secret = dataclasses.replace(CLAIM.by_name["reporter_phone"])
    assert secret.classification == "personal"
    spec = spec_of(CLAIM, reporter_phone=ColumnSource("reporter_phone", lookup={"无": ""}))
    mapped = apply(table_of(1, contract=CLAIM, reporter_phone=["13812345678"]), spec, CLAIM)
    [finding] = findings_of(mapped)
    assert finding.value is None
    assert "13812345678" not in str(finding)


_cells = st.one_of(st.none(), st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=9))


@settings(deadline=None)
@given(st.lists(st.tuples(_cells, _cells), max_size=6), st.sampled_from(["a", 'b"\\', "列\n"]))
def test_raw_is_the_source_row_as_json(rows: list[tuple[str | None, str | None]], name: str) -> None:
    sources = {name: pa.array([r[0] for r in rows], pa.string()), "other": pa.array([r[1] for r in rows], pa.string())}
    found = [json.loads(text) for text in raw_json(sources, len(rows)).to_pylist()]
    assert found == [
        {key: value for key, value in zip((name, "other"), row, strict=True) if value is not None} for row in rows
    ]


def test_raw_never_holds_an_escape_that_the_database_refuses() -> None:
    [text] = raw_json({"a": pa.array(["x\x00y"])}, 1).to_pylist()
    assert json.loads(text) == {"a": "x\\u0000y"}


def test_names_of_the_source_find_the_header() -> None:
    spec = spec_of(policy_no=ColumnSource("保单号"), operation_code=ColumnSource(None, constant="I"))
    assert "保单号" in source_names(spec)
    assert not {None, "policy_no", "operation_code"} & source_names(spec)


def test_every_kind_of_field_takes_an_empty_column() -> None:
    for field in POLICY.fields:
        assert _empty(field) == [None, None]


def _empty(field: Field) -> list[str | None]:
    made = convert(pa.array([None, " "], pa.string()), ColumnSource("s"), field)
    return list(made.values.to_pylist())


def test_what_was_read_otherwise_is_one_note_a_column_with_its_number_and_its_first_row() -> None:
    days = ["2026-11-16", "2026/11/17", None, "2026年1月5日"]
    mapped = apply(table_of(4, issue_date=days, contact_name=["甲", " 乙\u200b", "丙", "丁"]), spec_of(), POLICY)
    assert column(mapped, "issue_date") == ["2026-11-16", "2026-11-17", None, "2026-01-05"]
    [note] = notes_of([mapped])
    assert (note.rule_id, note.severity, note.row_no, note.field, note.count) == (
        "MAP-020",
        "warning",
        3,
        "issue_date",
        2,
    )
    assert (note.value, note.expected) == ("2026/11/17", "2026-11-17")
    told = note.finding()
    assert told.row_no is None
    assert "第3行" in told.message
    assert told.message.endswith("共 2 处")


def test_notes_of_chunks_add_up() -> None:
    notes = Notes()
    for days in (["2026/11/17"], ["2026-11-16"], ["2026.11.18"]):
        notes.add(notes_of([apply(table_of(1, issue_date=list(days)), spec_of(), POLICY)]))
    [told] = notes.findings()
    assert (told.value, told.message.endswith("共 2 处")) == ("2026/11/17", True)


def test_personal_values_are_in_no_finding_of_the_mapping() -> None:
    how = ColumnSource("contact_name", lookup={"a": "b"})
    number = "11010519491231002X"
    table = table_of(1, contact_name=["某某"], policy_status_code=[number], is_coinsured=[f"{number}"])
    spec = spec_of(contact_name=how, policy_status_code=ColumnSource("policy_status_code", lookup={"A": "20"}))
    mapped = apply(table, spec, POLICY)
    assert {f.rule_id for f in findings_of(mapped)} == {"MAP-002"}
    for finding in findings_of(mapped):
        assert finding.value is None
        assert "某某" not in finding.message
        assert number not in finding.message


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("联系电话", "联系人电话"),
        ("contact_phone", "联系人电话"),
        ("条款名称", "条款产品名称"),
        ("产品名称（全称）", "条款产品名称"),
        ("zzz", None),
    ],
)
def test_a_misnamed_optional_column_is_found_by_every_name_of_its_field(written: str, meant: str | None) -> None:
    given = {f.business_name: ["x"] for f in POLICY.fields if f.is_required} | {written: ["13800000000"]}
    table = pa.table({name: pa.array(values, pa.string()) for name, values in given.items()})
    table = table.append_column("row_no", pa.array([2], pa.int64())).append_column("place", pa.array(["line 2"]))
    [finding] = findings_of(apply(table, named_after(POLICY, canonical=False), POLICY))
    assert (finding.rule_id, finding.severity, finding.expected) == ("MAP-001", "warning", meant)
    assert ("是不是" in finding.message) == (meant is not None)
    assert "没有载入" in finding.message


def test_characters_that_nobody_sees_are_shown_in_messages() -> None:
    [note] = notes_of([apply(table_of(1, policy_no=["HC\u200b-1"]), spec_of(), POLICY)])
    assert (note.rule_id, note.value, note.expected) == ("MAP-021", "HC\u200b-1", "HC-1")
    assert "HC<U+200B>-1" in note.message


def test_every_field_says_which_column_it_came_from() -> None:
    spec = spec_of(policy_no=ColumnSource("保单号码"))
    table = table_of(1, policy_no=None, 保单号码=["1"], 备注=["a"])  # type: ignore[arg-type]
    shifted = json.dumps([*range(1, table.num_columns - 1)])
    letters = apply(table.replace_schema_metadata({"kind": "xlsx", "columns": shifted}), spec, POLICY).columns
    assert letters["insurer_code"] == SourceColumn("insurer_code", "B")
    assert letters["policy_no"].name == "保单号码"
    assert letters["备注"] == SourceColumn("备注", column_letter(table.num_columns - 2))
    pages = apply(table.replace_schema_metadata({"kind": "json"}), spec, POLICY).columns
    assert pages["policy_no"] == SourceColumn("保单号码", None)
