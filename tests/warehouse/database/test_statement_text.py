"""What is kept of a statement: what it reads and how it asks, no value that tells of somebody."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.database.statement_text import Statements, is_control

READER = Statements(frozenset({"policy", "claim", "code", "explain_cell"}), frozenset({"policy_no", "region_code"}))
SECRET = "91370200MA3C0T5X9K"


@pytest.mark.parametrize(
    ("text", "kept", "values"),
    [
        ("select * from policy where policy_no = 'P-2026-0001'", "select * from policy where policy_no = ':v1'", ["P-2026-0001"]),
        ("select 1 from claim where a = 'P-1234567' or b = 'P-1234567'", "select 1 from claim where a = ':v1' or b = ':v1'", ["P-1234567"]),
        ("select '370200', 'I1', '2026-10-31', 250, 'policy_no'", "select '370200', 'I1', '2026-10-31', 250, 'policy_no'", []),
        ("select 13800001111", "select :v1", ["13800001111"]),
        ("select * from policy where n like '%370102199001011234%'", "select * from policy where n like '%:v1%'", ["370102199001011234"]),
        ("select '张三' -- 13800001111", "select ':v1'", ["张三"]),
        ("select /* 13800001111 */ 1", "select   1", []),
        ("select e'P\\'1234567', $q$P1234567$q$", "select ':v1', $q$:v2$q$", ["P\\'1234567", "P1234567"]),
        ('select 1 as "p13800001111", 2 as p13800001111', "select 1 as :v1, 2 as :v1", ["p13800001111"]),
        ("select 'P1234567", "select ':v1'", ["P1234567"]),
        ("do $$ begin perform 'P1234567'; end $$", "do $$ begin perform ':v1'; end $$", ["P1234567"]),
    ],
)  # fmt: skip
def test_values_are_taken_out_and_what_is_asked_stays(text: str, kept: str, values: list[str]) -> None:
    told = READER.told(text)
    assert told.text == kept
    assert list(told.values.values()) == values


@given(
    st.text("'\"$\\-/*;(), \nabEU&1%"),
    st.text("'\"$\\-/*;(), \nabEU&1%"),
    st.sampled_from(["'", '"', "$$", "e'", "%'", ""]),
)
def test_a_long_number_never_stays_whatever_stands_around_it(before: str, after: str, quote: str) -> None:
    told = READER.told(f"{before}{quote}{SECRET}{quote[-1:]}{after}")
    assert SECRET not in told.text
    assert not re.search(r"\d{7}", told.text)


@pytest.mark.parametrize(
    ("text", "relations"),
    [
        ("select code from policy", {"policy"}),
        ('select * from "report"."claim" as c, policy as p', {"claim", "policy"}),
        ("select * from claim c join policy p on c.policy_no = p.policy_no, code", {"claim", "policy", "code"}),
        ("select * from explain_cell('I1', '370200')", {"explain_cell"}),
        ("select code from (select region as code from policy) as x order by policy, claim", {"policy"}),
        ("table policy", {"policy"}),
        ("copy (select policy_no from policy) to stdout", {"policy"}),
        ("select a from x where b in (select c from report . claim)", {"claim"}),
        ("select query_to_xml('table report.claim', true, true, '')", {"claim"}),
        ("do $$ begin execute 'select * from report.policy where x = ''a'''; end $$", {"policy"}),
        ("declare c cursor with hold for select * from claim", {"claim"}),
        ("select relname from pg_class where relname = 'policy'", set()),
    ],
)  # fmt: skip
def test_what_is_read_is_named(text: str, relations: set[str]) -> None:
    assert READER.told(text).relations == relations


def test_quotes_within_quotes_without_end_are_one_value() -> None:
    """A statement that is made to be hard to read stops nothing, and tells nothing."""
    inner = "select * from policy where policy_no = 'P1234567'"
    for depth in range(3000):
        inner = f"$q{depth}$ {inner} $q{depth}$"
    told = READER.told(f"do {inner}")
    assert "P1234567" not in told.text


def test_a_list_of_many_numbers_has_a_mark_for_each() -> None:
    numbers = [f"P-2026-{n:06}" for n in range(20_000)]
    told = READER.told("select * from policy where policy_no in ('" + "', '".join(numbers) + "')")
    assert list(told.values.values()) == numbers
    assert "P-2026" not in told.text


@pytest.mark.parametrize("text", ["begin", "SET x = 1; commit", "/* a */ show all", "fetch 100 from c", "", ";"])
def test_statements_that_read_nothing_are_known(text: str) -> None:
    assert is_control(text)


@pytest.mark.parametrize(
    "text", ["set x = 1; select 1", "execute p", "begin; table policy; commit", "copy x to stdout"]
)
def test_a_read_beside_them_is_a_read(text: str) -> None:
    assert not is_control(text)
