"""Totals that a clerk declares, on the command line or on the template's control sheet; and a feed that another has."""

from __future__ import annotations

import pathlib

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from connectors.control_sheet import read_control_sheet
from pipeline.judging import judge
from sandbox.truth import Province, Record, build
from schemas.contract import load_contract
from schemas.errors import UnreadableFile
from schemas.template import CONTROL_SHEET
from tests.pipeline.collecting.test_submit import filled_in, policies, written
from tests.pipeline.conftest import Anze
from tests.pipeline.telling import rows_of
from tests.words import words
from warehouse.loading import lease

POLICY = load_contract("policy")


@pytest.fixture(scope="module")
def province() -> Province:
    return build(5, 0.01)


@pytest.fixture
def two(installed: pathlib.Path, province: Province) -> tuple[pathlib.Path, list[Record]]:
    rows = policies(province, "lichun")[:2]
    return written(installed, rows), rows


def declared_of(engine: sa.Engine, batch_id: int) -> tuple[object, ...]:
    query = "select declared_row_count, declared_amount_field, declared_amount from landing.batch where batch_id = :b"
    return tuple(rows_of(engine, query, b=batch_id)[0])


def test_totals_that_fit_are_told_and_kept(
    engine: sa.Engine, anze: Anze, two: tuple[pathlib.Path, list[Record]]
) -> None:
    file, rows = two
    total = sum(row["written_premium_amount"] for row in rows)
    answer = anze("submit", "lichun", "policy", file, "--rows", "2", "--amount", f"{total:,.2f}")
    assert answer.code == 0, answer
    assert f"申报 declared: 行 rows 2, 签单保费 {total:,.2f} 元" in answer.out
    assert declared_of(engine, 1) == (2, "written_premium_amount", total)


@pytest.mark.parametrize(
    ("options", "rule_id"),
    [
        (("--rows", "3"), "BAT-001"),
        (("--amount", "1.00"), "BAT-003"),
        (("--amount", "5", "--amount-field", "累计责任限额"), "BAT-003"),
        (("--amount", "5", "--amount-field", "aggregate_limit_amount"), "BAT-003"),
    ],
)
def test_totals_that_do_not_fit_hold_everything(
    anze: Anze, two: tuple[pathlib.Path, list[Record]], options: tuple[str, ...], rule_id: str
) -> None:
    answer = anze("submit", "lichun", "policy", two[0], *options, "--json")
    assert (answer.code, answer.json["accepted_count"]) == (1, 0)
    assert rule_id in {each["rule_id"] for each in answer.json["findings"]}


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (("--rows", "-1"), 1, "不是非负整数"),
        (("--rows", "2.5"), 1, "不是非负整数"),
        (("--amount", "12万"), 1, "不是数"),
        (("--amount", "1,2,3"), 1, "不是数"),
        (("--amount", "1", "--amount-field", "保单号"), 2, "签单保费"),
        (("--amount-field", "签单保费"), 2, "--amount"),
    ],
)
def test_totals_that_are_none_are_told_before_anything_lands(
    engine: sa.Engine,
    anze: Anze,
    two: tuple[pathlib.Path, list[Record]],
    options: tuple[str, ...],
    code: int,
    told: str,
) -> None:
    answer = anze("submit", "lichun", "policy", two[0], *options)
    assert (answer.code, answer.out) == (code, "")
    assert told in answer.err
    assert rows_of(engine, "select 1 from landing.batch") == []


def with_totals(template: pathlib.Path, rows: object, amount: object) -> pathlib.Path:
    book = load_workbook(template)
    book[CONTROL_SHEET]["B2"], book[CONTROL_SHEET]["B3"] = rows, amount
    path = template.with_name("declared.xlsx")
    book.save(path)
    return path


@pytest.fixture
def clerks(installed: pathlib.Path, anze: Anze, province: Province) -> tuple[pathlib.Path, Record]:
    """A template with one policy typed in."""
    assert anze("template", "policy", installed / "policy.xlsx").code == 0
    row = policies(province, "lichun")[0]
    return filled_in(installed / "policy.xlsx", "policy", row), row


def test_the_control_sheet_declares_what_is_filled_in(
    engine: sa.Engine, anze: Anze, clerks: tuple[pathlib.Path, Record]
) -> None:
    file, row = clerks
    amount = row["written_premium_amount"]
    right = anze("submit", "lichun", "policy", with_totals(file, 1, amount), "--json")
    assert (right.code, right.json["state"]) == (0, "loaded"), right
    assert declared_of(engine, right.json["batch_id"]) == (1, "written_premium_amount", amount)
    short = anze("submit", "lichun", "policy", with_totals(file, 2, None), "--json")
    assert short.code == 1
    assert "BAT-001" in {each["rule_id"] for each in short.json["findings"]}
    assert declared_of(engine, short.json["batch_id"])[0] == 2


def test_a_control_sheet_that_says_nothing_declares_nothing(clerks: tuple[pathlib.Path, Record]) -> None:
    file, _ = clerks
    assert read_control_sheet(file, POLICY) is None
    assert read_control_sheet(with_totals(file, None, None), POLICY) is None


@pytest.mark.parametrize(("rows", "amount"), [("两行", None), (None, "很多"), (1.5, None)])
def test_a_control_sheet_that_cannot_be_understood_refuses_the_file(
    engine: sa.Engine, anze: Anze, clerks: tuple[pathlib.Path, Record], rows: object, amount: object
) -> None:
    file = with_totals(clerks[0], rows, amount)
    with pytest.raises(UnreadableFile) as refusal:
        read_control_sheet(file, POLICY)
    assert "控制总数" in words(refusal.value)
    answer = anze("submit", "lichun", "policy", file)
    assert answer.code == 1
    assert "FILE-091" in answer.out
    assert rows_of(engine, "select 1 from core.policy_current") == []


def test_a_declaration_that_contradicts_the_sheet_is_refused(anze: Anze, clerks: tuple[pathlib.Path, Record]) -> None:
    answer = anze("submit", "lichun", "policy", with_totals(clerks[0], 1, None), "--rows", "2")
    assert (answer.code, "FILE-091" in answer.out) == (1, True)


def test_a_dropped_workbook_is_held_to_its_control_sheet(
    installed: pathlib.Path, engine: sa.Engine, anze: Anze, clerks: tuple[pathlib.Path, Record]
) -> None:
    folder = installed / "drop" / "yaoguang"
    folder.mkdir(parents=True)
    with_totals(clerks[0], 7, None).rename(folder / "policy_20261120.xlsx")
    anze("intake")
    assert declared_of(engine, 1)[0] == 7


def test_a_feed_that_another_loader_has_is_waited_for_and_told_in_chinese(
    engine: sa.Engine, anze: Anze, monkeypatch: pytest.MonkeyPatch, two: tuple[pathlib.Path, list[Record]]
) -> None:
    monkeypatch.setattr(judge, "PATIENCE_SECONDS", 1.0)
    with engine.connect() as other:
        held = lease.acquire(engine, "lichun/policy", "another", lease.session_of(other), 60.0)
        answer = anze("submit", "lichun", "policy", two[0])
        lease.release(engine, held)
    assert (answer.code, answer.out) == (3, "")
    assert "另一个任务正在处理" in answer.err
    assert "anze load 1" in answer.err
    assert anze("load", "1").code == 0
