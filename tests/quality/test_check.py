"""Judging: every reason of a row at once, in Chinese, without personal values; a rule that did not run never passes."""

from __future__ import annotations

import csv
import datetime as dt
import pathlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.parse.reasons import REASONS, refuse
from quality import check as judging
from quality.cast import cast
from quality.catalogue import RuleSet, load_rules, markdown
from quality.check import Checked, RecordRules, check, check_fields
from quality.messages import refusals, telling
from schemas.code_lists import load_code_list
from schemas.contract import RECORD_TYPES, Contract, load_contract
from schemas.errors import DefinitionError
from schemas.findings import NAMED, Observation

RULES_FOLDER = pathlib.Path(__file__).parents[1] / "rules"
RECEIVED_AT = dt.datetime.fromisoformat("2026-11-21T09:00:00+08:00")
POLICY = load_contract("policy")


def good(record_type: str = "policy") -> dict[str, str | None]:
    """A row that breaks nothing by itself."""
    with (RULES_FOLDER / "base" / f"{record_type}.csv").open(encoding="utf-8", newline="") as stream:
        return {name: value or None for name, value in next(csv.DictReader(stream)).items()}


def judge(contract: Contract, *rows: dict[str, str | None], rules: RuleSet | None = None) -> Checked:
    columns: dict[str, pa.Array] = {"row_no": pa.array(range(2, 2 + len(rows)), pa.int64())}
    columns |= {f.name: pa.array([row.get(f.name) for row in rows], pa.string()) for f in contract.fields}
    return check(pa.table(columns), contract, rules or load_rules(), RECEIVED_AT)


def test_all_reasons_of_a_row_at_once_and_all_rows_kept() -> None:
    bad = good() | {
        "cover_end_date": "2026-01-01",
        "temporary_person_count": "999",
        "holder_name": None,
        "region_code": "379999",
    }
    result = judge(POLICY, good(), bad)
    assert {f.rule_id for f in result.findings} == {"POL-001", "POL-017", "FLD-001", "FLD-013"}
    assert {f.row_no for f in result.findings} == {3}
    assert result.table.num_rows == 2
    assert result.table["region_code"].to_pylist() == ["370102", None]


def test_rules_asked_for_many_chunks_at_once_say_the_same_of_each_row(monkeypatch: pytest.MonkeyPatch) -> None:
    late, early = {"cover_end_date": "2026-01-01"}, {"issue_date": "2026-12-01", "cover_end_date": "2026-01-01"}
    rows = [good(), good() | late, good() | early, good() | late | {"operation_code": "D"}, good() | early, good()]
    at_once = judge(POLICY, *rows).findings
    monkeypatch.setattr(judging, "ASKED_ROWS", 3)
    record_rules, told = RecordRules(POLICY, load_rules(), RECEIVED_AT), []
    for number, row in enumerate(rows, start=2):
        table = pa.table(
            {"row_no": [number]} | {f.name: pa.array([row.get(f.name)], pa.string()) for f in POLICY.fields}
        )
        checked = check_fields(table, POLICY, load_rules())
        told += [*checked.findings, *record_rules.add(checked.table)]
    told += record_rules.rest()
    assert sorted(told, key=lambda found: found.row_no or 0) == at_once
    assert {found.row_no for found in at_once if found.rule_id == "POL-001"} == {3, 4, 6}


def test_threads_that_judge_at_once_are_each_told_of_their_own_rows() -> None:
    """The portal loads one file while people try others."""
    bad = good() | {"cover_end_date": "2026-01-01", "insured_person_count": "1"}
    counts = [1, 40, 7, 23] * 6
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda count: judge(POLICY, good(), *[bad] * count), counts))
    for checked, count in zip(found, counts, strict=True):
        assert [f.row_no for f in checked.findings if f.rule_id == "POL-001"] == list(range(3, 3 + count))


def test_message_names_field_value_expectation_and_remedy() -> None:
    finding = judge(POLICY, good() | {"cover_end_date": "2026-01-01"}).findings[0]
    assert (finding.field, finding.value, finding.expected) == ("cover_end_date", "2026-01-01", "2026-03-10")
    for part in ("保险止期", "2026-01-01", "2026-03-10", "请核对"):
        assert part in finding.message


def test_personal_values_are_in_no_finding() -> None:
    fee = load_contract("fee_expense")
    row = dict.fromkeys(f.name for f in fee.fields) | {
        "payee_name": "某某区应急管理局" + "长" * 200,
        "operation_code": "I",
    }
    findings = [f for f in judge(fee, row).findings if f.field == "payee_name"]
    assert {f.rule_id for f in findings} == {"FLD-018", "FEE-007"}
    assert all(f.value is None and "某某区" not in f.message for f in findings)


def test_an_identity_number_is_refused_and_repeated_nowhere() -> None:
    """A made-up number with a right check character, in the place of a unit's code."""
    finding = next(f for f in judge(POLICY, good() | {"holder_credit_code": "11010519491231002X"}).findings)
    assert (finding.rule_id, finding.value) == ("FLD-036", None)
    assert "居民身份证号" in finding.message
    assert "11010519491231002X" not in finding.message


def test_every_failing_row_is_named_however_many() -> None:
    rows = [good() | {"cover_end_date": "2026-01-01", "policy_no": f"P{n}"} for n in range(1500)]
    assert [f.row_no for f in judge(POLICY, *rows).findings if f.rule_id == "POL-001"] == list(range(2, 1502))


def test_rule_in_force_by_business_date() -> None:
    old = good() | {"issue_date": "2024-03-01", "cover_start_date": "2024-03-10", "cover_end_date": "2025-03-09"}
    few = {"insured_person_count": "1"}
    assert "POL-009" not in {f.rule_id for f in judge(POLICY, old | few).findings}
    assert "POL-009" in {f.rule_id for f in judge(POLICY, good() | few).findings}


def test_a_message_is_for_people() -> None:
    bad = good() | {"region_code": "37010", "high_risk_domain_code": "99", "is_coinsured": "是"}
    told = {(f.rule_id, f.field): f.message for f in judge(POLICY, bad).findings}
    assert "6位数字" in told["FLD-019", "region_code"]
    assert "90 其他(自愿投保)" in told["FLD-011", "high_risk_domain_code"], "the list is told whole"
    assert "共保标志为是时必填" in told["FLD-002", "own_share_ratio"]
    claim = load_contract("claim")
    later = good("claim") | {"accident_type_edition_code": "2025", "accident_type_code": "28"}
    told |= {(f.rule_id, f.field): f.message for f in judge(claim, later).findings}
    assert "可用:01 " in told["FLD-011", "accident_type_code"], "an edition's own list, whatever the day"
    ended = judge(POLICY, good() | {"policy_status_code": "40", "termination_date": "2026-05-01"}).findings
    assert "保单状态为 40 已退保、" in next(f.message for f in ended if f.field == "termination_reason_code")
    seen = Observation("POL-007", 2, "commission_ratio", "0.060000", "0.050000")
    assert "应不大于0.05。" in telling(load_rules().by_id, POLICY)(seen).message


def test_withdrawals_are_not_judged_by_record_rules() -> None:
    row = good() | {"operation_code": "D", "correction_reason_text": "误报", "cover_end_date": "2026-01-01"}
    assert judge(POLICY, row).findings == []


@pytest.mark.parametrize("record_type", RECORD_TYPES)
def test_empty_chunk_of_any_type(record_type: str) -> None:
    assert judge(load_contract(record_type)).findings == []


def test_a_rule_that_does_not_run_never_passes() -> None:
    from quality.expectations import RuleNotRun

    broken = {"column": "payee_name", "regex": "("}
    rules = [replace(r, arguments=broken) if r.rule_id == "FEE-007" else r for r in load_rules().rules]
    with pytest.raises(RuleNotRun, match="FEE-007"):
        judge(
            load_contract("fee_expense"), {"payee_name": "甲", "operation_code": "I"}, rules=RuleSet(tuple(rules), "x")
        )


def test_a_mistaken_argument_names_file_rule_and_key() -> None:
    from quality.expectations import expectation

    rule = replace(load_rules().by_id["PAY-002"], arguments={"colum": "paid_amount"})
    with pytest.raises(DefinitionError, match=r"claim_payment.yml: PAY-002.arguments"):
        expectation(rule)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            {"expectation": "ExpectColumnValueToBeInSet"},
            r"PAY-002.expectation: .*did you mean 'ExpectColumnValuesToBeInSet'",
        ),
        ({"arguments": {"column": "paid_amont"}}, r"PAY-002.arguments: paid_amont is no column .*mean 'paid_amount'"),
    ],
)
def test_what_a_rule_names_and_nobody_knows_is_told_with_the_nearest(change: dict[str, Any], told: str) -> None:
    rules = [replace(r, **change) if r.rule_id == "PAY-002" else r for r in load_rules().rules]
    with pytest.raises(DefinitionError, match=rf"claim_payment.yml: {told}"):
        judge(load_contract("claim_payment"), {"operation_code": "I"}, rules=RuleSet(tuple(rules), "x"))


def test_every_expectation_can_be_built() -> None:
    from quality.expectations import expectation

    assert all(expectation(rule) for rule in load_rules().rules if rule.expectation)


def test_every_refusal_says_what_is_wrong_what_was_found_and_what_to_do() -> None:
    for code in REASONS:
        cause = refuse(code, "第5行", "找到的内容")
        [told] = refusals(load_rules().by_id, cause)
        problem, _, remedy = told.message.partition(";")
        assert (told.severity, told.value) == ("error", "第5行")
        assert problem.startswith("第5行: ")
        assert "找到的内容" in problem
        assert remedy.startswith("请")


def test_every_observation_is_told_with_all_that_it_names() -> None:
    rules = load_rules().by_id
    for code, names in NAMED.items():
        text = rules[code].message_zh + rules[code].remedy_zh
        assert all(f"{{{name}}}" in text for name in names), code
        seen = Observation(code, 2, "policy_no", "v", "e", dict.fromkeys(names, "找到"))
        assert "{" not in telling(rules, POLICY)(seen).message


def test_an_observation_without_what_its_rule_names_is_no_observation() -> None:
    with pytest.raises(ValueError, match="MAP-002"):
        Observation("MAP-002", 2, "policy_no", "v")


def test_every_rule_speaks_both_languages_without_variable_names() -> None:
    for rule in load_rules().rules:
        texts = (rule.title_zh, rule.title_en, rule.message_zh, rule.message_en, rule.remedy_zh, rule.remedy_en)
        assert all(texts), rule.rule_id
        if rule.rule_id not in {"FILE-061", "FILE-062"}:  # names that a sender writes
            assert "_" not in rule.message_zh + rule.remedy_zh, rule.rule_id


def test_sql_of_every_type_is_complete() -> None:
    for record_type in RECORD_TYPES:
        assert not [r.rule_id for r in load_rules().sql_rules(record_type) if "{" in str(r.select)]


def test_markdown_lists_every_rule() -> None:
    page = markdown()
    assert all(f"| {rule.rule_id} |" in page for rule in load_rules().rules)


STATUS = [e.code for e in load_code_list("CL-POLICY-STATUS").entries]
NUMBERS = st.one_of(st.none(), st.integers(-5, 5).map(str))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from([None, *STATUS, "99", "xx"]), NUMBERS), min_size=1, max_size=30))
def test_a_suite_generated_from_the_contract_agrees_row_by_row(cells: list[tuple[str | None, str | None]]) -> None:
    """Required, code list and range of the contract, judged by Great Expectations and by the field rules."""
    texts = {"policy_status_code": [c for c, _ in cells], "insured_person_count": [n for _, n in cells]}
    table = pa.table(
        {"row_no": pa.array(range(len(cells)), pa.int64())} | {k: pa.array(v, pa.string()) for k, v in texts.items()}
    )
    ours = {
        (fault.rule_id, fault.field, int(p))
        for fault in cast(table, POLICY).faults
        for p in fault.positions
        if fault.field in texts
    }
    assert ours == set(_generated_suite_findings(table))


def _generated_suite_findings(table: pa.Table) -> list[tuple[str, str, int]]:
    import great_expectations as gx
    import great_expectations.expectations as gxe

    built = []
    for name in ("policy_status_code", "insured_person_count"):
        field = POLICY.by_name[name]
        built.append(gxe.ExpectColumnValuesToNotBeNull(column=name, meta={"rule": "FLD-001"}))
        if field.code_list:
            codes = [e.code for e in load_code_list(field.code_list).entries]
            built.append(gxe.ExpectColumnValuesToBeInSet(column=name, value_set=codes, meta={"rule": "FLD-011"}))
        if field.minimum is not None:
            built.append(
                gxe.ExpectColumnValuesToBeBetween(column=name, min_value=field.minimum, meta={"rule": "FLD-020"})
            )
    context = gx.get_context(mode="ephemeral")
    batch = (
        context.data_sources.add_pandas("rows").add_dataframe_asset("rows").add_batch_definition_whole_dataframe("all")
    )
    frame = table.to_pandas()
    frame["insured_person_count"] = frame["insured_person_count"].astype(float)
    suite = gx.ExpectationSuite("contract", expectations=built)
    outcome = batch.get_batch({"dataframe": frame}).validate(suite, result_format="COMPLETE")
    return [
        (str(r.expectation_config.meta["rule"]), str(r.expectation_config.kwargs["column"]), int(position))
        for r in outcome.results
        for position in r.result.get("unexpected_index_list") or []
    ]
