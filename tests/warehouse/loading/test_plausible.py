"""Amounts beyond belief and numbers copied down: every contract's quantities have a bound, and every bound bites."""

from __future__ import annotations

import datetime as dt
import pathlib
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from quality.amounts import AmountBound, amounts_of, numeric_fields
from quality.catalogue import RuleSet, load_rules, rules_of
from quality.deliveries import FILE as DELIVERIES
from schemas.contract import RECORD_TYPES, load_contract
from schemas.delivery import Replacement
from schemas.errors import DefinitionError
from tests.warehouse.building import at, load_rows, policy, rows_of, table, telling_by
from warehouse.loading import rules, staging

BOUNDS = load_rules().amount_bounds
HELD = [b for b in BOUNDS if b.hold_above is not None]
#: The policy that children of these tests belong to, as its one endorsement left it.
PREMIUM, LIMIT = Decimal(1000) + 500, Decimal(2_000_000)
FIRST, SECOND = "91370102100000112Y", "913701023000001175"


@pytest.fixture(scope="module")
def world(shared_engine: sa.Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Connection]:
    """A policy whose endorsement raised premium and limit, and its claim; a transaction to stage rows in."""
    folder = tmp_path_factory.mktemp("landing")
    written = {"written_premium_amount": Decimal(1000), "aggregate_limit_amount": Decimal(1_000_000)}
    load_rows(shared_engine, folder, "policy", [policy("P1", at(16), high_risk_domain_code="20", **written)], at(17))
    raised = {"premium_change_amount": Decimal(500), "aggregate_limit_amount": LIMIT}
    load_rows(shared_engine, folder, "endorsement", [_row("endorsement", endorsement_no="E1", **raised)], at(17))
    load_rows(shared_engine, folder, "claim", [_row("claim", report_no="C1")], at(17))
    with shared_engine.connect() as connection:
        yield connection


def _row(record_type: str, **values: Any) -> dict[str, Any]:
    """A row of a type with number, operation and links to the one policy and claim."""
    contract = load_contract(record_type)
    links = {"policy_no": "P1", "report_no": "C1", "operation_code": "I", "source_updated_at": at(16)}
    keyed = dict.fromkeys(contract.key, "N1") | {name: v for name, v in links.items() if name in contract.by_name}
    return keyed | values


def _found(connection: sa.Connection, record_type: str, row: dict[str, Any], among: RuleSet) -> set[tuple[str, str]]:
    """(rule, field) of what the rules of tier bound say of one row."""
    contract = load_contract(record_type)
    parameters = dict.fromkeys(rules.PARAMETERS) | {"insurer_id": "lichun", "batch_id": 9, "received_at": at(20)}
    with connection.begin_nested() as attempt:
        staging.create(connection, contract, "lichun")
        staging.stage_rows(connection, contract, table(contract, [row]))
        chosen = [rule for rule in among.sql_rules(record_type) if rule.tier == "bound"]
        rules.run(connection, chosen, parameters, telling_by(chosen, record_type))
        found = {(r.rule_id, r.field) for r in connection.execute(sa.text("select rule_id, field from staged_finding"))}
        attempt.rollback()
    return found


def _measure(bound: AmountBound) -> tuple[Decimal, dict[str, Any]]:
    """What an entry's number is a multiple of here, and the fields of the row that make it so."""
    sector = {} if bound.domain == "*" else {"high_risk_domain_code": bound.domain}
    if bound.of is None:
        return Decimal(1), sector
    if bound.is_of_policy:
        return {"written_premium_amount": PREMIUM, "aggregate_limit_amount": LIMIT}[bound.measure], sector
    kind = load_contract(bound.record_type).by_name[bound.measure].kind
    return Decimal(2000), sector | {bound.measure: 2000 if kind == "count" else Decimal(2000)}


@pytest.mark.parametrize("record_type", RECORD_TYPES)
def test_every_quantity_of_every_contract_has_a_bound_or_says_why_not(record_type: str) -> None:
    bounded = {b.field for b in BOUNDS if b.record_type == record_type and b.of is None and b.domain == "*"}
    assert [f.name for f in numeric_fields(load_contract(record_type)) if f.name not in bounded] == []


def test_every_bound_is_labelled_as_configuration() -> None:
    assert [b for b in BOUNDS if not b.source.startswith("默认口径,可配置")] == []


@pytest.mark.parametrize("bound", HELD, ids=lambda b: f"{b.record_type}.{b.field}/{b.of}/{b.domain}")
def test_a_value_above_a_bound_is_held_and_one_at_it_is_not(world: sa.Connection, bound: AmountBound) -> None:
    only = _only(bound)
    measure, fields = _measure(bound)
    contract = load_contract(bound.record_type)
    field, most = contract.by_name[bound.field], measure * (bound.hold_above or 0)
    step, whole = (1, int) if field.kind == "count" else (Decimal("0.01"), Decimal)
    signs = (1, -1) if field.is_signed else (1,)
    for sign in signs:
        above, just = (_row(bound.record_type, **fields, **{bound.field: sign * whole(v)}) for v in (most + step, most))
        assert ("ENV-010", bound.field) in _found(world, bound.record_type, above, only)
        assert ("ENV-010", bound.field) not in _found(world, bound.record_type, just, only)
        if bound.warn_above is not None:
            assert ("ENV-011", bound.field) in _found(world, bound.record_type, just, only)


def _only(bound: AmountBound) -> RuleSet:
    """The catalogue with no bound but one."""
    limits = "".join(f", {n}: {v}" for n in ("hold_above", "warn_above") if (v := getattr(bound, n)) is not None)
    of = f", of: {bound.of}" if bound.of else ""
    domain = "" if bound.domain == "*" else f', domain: "{bound.domain}"'
    text = f"- {{record_type: {bound.record_type}, field: {bound.field}{of}{domain}{limits}, source: x}}\n"
    return rules_of({**load_rules().texts, "bounds/amounts.yml": text})


def test_a_sector_and_a_day_have_bounds_of_their_own(world: sa.Connection) -> None:
    text = (
        "- {record_type: policy, field: written_premium_amount, hold_above: 100, valid_to: 2026-06-30, source: x}\n"
        '- {record_type: policy, field: written_premium_amount, domain: "10", hold_above: 900, valid_from: 2026-02-01, source: x}\n'
        '- {record_type: premium_receipt, field: received_amount, domain: "20", hold_above: 100, source: x}\n'
        '- {record_type: claim_payment, field: paid_amount, domain: "30", hold_above: 100, source: x}\n'
    )
    among = rules_of({**load_rules().texts, "bounds/amounts.yml": text})

    def held(domain: str, issued: dt.date) -> bool:
        values = {"high_risk_domain_code": domain, "issue_date": issued, "written_premium_amount": Decimal(500)}
        return bool(_found(world, "policy", _row("policy", **values), among))

    assert held("20", dt.date(2026, 3, 1))
    assert not held("20", dt.date(2026, 7, 1)), "after its last day"
    assert not held("11", dt.date(2026, 3, 1)), "coal mines are mines"
    assert held("11", dt.date(2026, 1, 31)), "before the sector's own is in force"
    assert _found(world, "premium_receipt", _row("premium_receipt", received_amount=Decimal(500)), among)
    assert not _found(world, "claim_payment", _row("claim_payment", paid_amount=Decimal(500)), among)


def test_a_withdrawal_is_not_asked_for_plausible_amounts(world: sa.Connection) -> None:
    row = _row("policy", operation_code="D", written_premium_amount=Decimal(10) ** 14)
    assert _found(world, "policy", row, load_rules()) == set()


def test_all_mistakes_of_the_bounds_file_are_told_at_once() -> None:
    text = (
        "- {record_type: polcy, field: x, hold_above: 1, source: y}\n"
        "- {record_type: claim, field: paid, hold_above: 0, source: y}\n"
        "- {record_type: claim, field: death_count, warn_above: 9, hold_above: 3, source: y}\n"
        "- {record_type: enterprise, field: employee_count, of: policy.employee_count, hold_above: 3, source: y}\n"
        "- {record_type: claim, field: death_count, source: y}\n"
    )
    with pytest.raises(DefinitionError) as told:
        amounts_of(text)
    assert [word in str(told.value) for word in ("polcy.x", "claim.paid", "below", "employee_count", "unbounded")] == [
        True
    ] * 5
    assert [each.line for each in told.value.all] == [1, 2, 3, 4, 5]


def test_an_absurd_premium_is_held_and_changes_no_sum(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    """A premium of 100,000,000,000,000 against a limit of 10,000,000 once made the province's loss ratio 0.00 %."""
    absurd = {"written_premium_amount": Decimal(10) ** 14, "aggregate_limit_amount": Decimal(10_000_000)}
    report = _load(engine, tmp_path, [policy("P1", at(16)), policy("P2", at(16), **absurd)], 18)
    assert (report.accepted, report.quarantined) == (1, 1)
    assert rows_of(engine, "select policy_no from core.policy_current") == [("P1",)]


def _load(engine: sa.Engine, folder: pathlib.Path, rows: list[dict[str, Any]], day: int, **how: Any) -> Any:
    among = how.pop("among", load_rules()).sql_rules("policy")
    chosen = [r for r in among if r.rule_id.startswith("ENV-01")]
    return load_rows(engine, folder, "policy", rows, at(day), rules=chosen, **how)


def _firm(code: str, updated: dt.datetime, **changes: Any) -> dict[str, Any]:
    return policy("P1", updated, insured_credit_code=code, **changes)


def _told(report: Any) -> set[str]:
    return {rule_id for rule_id, _, _ in report.findings}


def test_a_number_that_was_copied_down_replaces_nobodys_policy(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    _load(engine, tmp_path, [_firm(FIRST, at(16))], 18)
    copied = _load(engine, tmp_path, [_firm(SECOND, at(17))], 19)
    assert (copied.quarantined, _told(copied)) == (1, {"ENV-012"})
    assert rows_of(engine, "select insured_credit_code from core.policy_current") == [(FIRST,)]
    changed = _load(engine, tmp_path, [_firm(SECOND, at(17), operation_code="U")], 20)
    assert (changed.accepted, _told(changed)) == (1, set())


def test_other_content_said_to_be_new_is_told_and_taken(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    _load(engine, tmp_path, [_firm(FIRST, at(16))], 18)
    other = _load(engine, tmp_path, [_firm(FIRST, at(17), employee_count=9)], 19)
    assert (other.accepted, _told(other)) == (1, {"ENV-013"})


@pytest.mark.parametrize(
    ("second", "how"),
    [
        (_firm(FIRST, at(17)), {}),
        (_firm(FIRST, at(17), source_record_no="again"), {}),
        (_firm(SECOND, at(15)), {}),
        (_firm(SECOND, at(17)), {"replaces": Replacement()}),
    ],
    ids=["the same content", "another message number", "older than what is known", "a delivery that says everything"],
)
def test_what_is_no_new_statement_is_not_told(
    engine: sa.Engine, tmp_path: pathlib.Path, second: dict[str, Any], how: dict[str, Any]
) -> None:
    _load(engine, tmp_path, [_firm(FIRST, at(16))], 18)
    report = _load(engine, tmp_path, [second], 19, **how)
    assert (report.quarantined, _told(report)) == (0, set())


def test_a_number_is_free_again_once_its_record_was_withdrawn(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    _load(engine, tmp_path, [_firm(FIRST, at(15))], 17)
    _load(engine, tmp_path, [_firm(FIRST, at(16), operation_code="D")], 18)
    assert _told(_load(engine, tmp_path, [_firm(SECOND, at(17))], 19)) == set()


def test_an_interface_that_says_one_number_of_two_firms_in_one_answer(
    engine: sa.Engine, tmp_path: pathlib.Path
) -> None:
    report = _load(engine, tmp_path, [_firm(FIRST, at(16)), _firm(SECOND, at(17))], 18, channel="api")
    assert (report.accepted, report.quarantined, _told(report)) == (1, 1, {"ENV-012"})


def test_a_feed_that_cannot_say_change_is_told_of_other_firms_only(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    switch = "- {name: insert_may_change, insurer: lichun, value: 1, valid_from: 2025-01-01, source: x}\n"
    texts = {**load_rules().texts, DELIVERIES: load_rules().texts[DELIVERIES] + switch}
    among = rules_of(texts)
    _load(engine, tmp_path, [_firm(FIRST, at(15))], 17, among=among)
    assert _told(_load(engine, tmp_path, [_firm(FIRST, at(16), employee_count=9)], 18, among=among)) == set()
    assert _told(_load(engine, tmp_path, [_firm(SECOND, at(17))], 19, among=among)) == {"ENV-012"}
