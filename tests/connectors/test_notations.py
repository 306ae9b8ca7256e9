"""``docs/notations.md`` is what happens: to every line of it by the loader, and by the oracle's own reading."""

from __future__ import annotations

import datetime as dt
import pathlib
import re
from decimal import Decimal
from typing import NamedTuple

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.mapping import apply
from connectors.model import ColumnSource, RecordMapping
from oracle.codes import CodeReader
from oracle.values import reader
from quality.cast import cast
from quality.catalogue import load_rules
from schemas.contract import Contract, load_contract
from schemas.time_zone import SHANGHAI
from tests.words import findings_of, notes_of

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "notations.md"
POLICY, CLAIM = load_contract("policy"), load_contract("claim")
#: Of each kind of the page, a field that stands for it.
FIELDS = {
    "date": (POLICY, "issue_date"), "timestamp": (CLAIM, "accident_at"), "amount": (load_contract("endorsement"), "premium_change_amount"),
    "count": (POLICY, "employee_count"), "ratio": (POLICY, "commission_ratio"), "boolean": (POLICY, "is_coinsured"),
    "identifier": (POLICY, "policy_no"), "optional": (POLICY, "project_no"), "code": (POLICY, "policy_status_code"),
    "region": (POLICY, "region_code"), "credit": (POLICY, "holder_credit_code"), "name": (POLICY, "holder_name"),
}  # fmt: skip
HELD, EMPTY = "隔离", "<空>"
_LINE = re.compile(
    r"\| (?P<kind>[a-z]+) \| (?:`` (?P<ticked>.+) ``|`(?P<written>[^`]+)`) \| (?P<result>.+?) \| (?P<rules>[A-Z0-9 -]*)\|"
)


class Line(NamedTuple):
    kind: str
    written: str
    result: str
    rules: frozenset[str]


def unescaped(text: str) -> str:
    return re.sub(r"<U\+([0-9A-F]{4,5})>", lambda found: chr(int(found[1], 16)), text)


def page() -> list[Line]:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ") and "`" in line]
    found = [_LINE.fullmatch(line) for line in lines]
    assert None not in found, "every line of a table can be read"
    return [
        Line(m["kind"], unescaped(m["ticked"] or m["written"]), unescaped(m["result"]), frozenset(m["rules"].split()))
        for m in found
        if m
    ]


def shown(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dt.datetime):
        fraction = f".{value:%f}".rstrip("0").rstrip(".")
        return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}{fraction}"
    return EMPTY if value is None else str(value)


def loaded(contract: Contract, name: str, text: str) -> tuple[object, bool, set[str]]:
    """(the typed value, whether its row is held, the rules that speak of the field)."""
    columns: dict[str, list[str | None]] = {f.name: [None] for f in contract.fields} | {name: [text]}
    columns |= {"operation_code": ["I"]}
    table = pa.table({n: pa.array(v, pa.string()) for n, v in columns.items()})
    table = table.append_column("row_no", pa.array([2], pa.int64())).append_column("place", pa.array(["line 2"]))
    spec = RecordMapping(contract.record_type, "", {f.name: ColumnSource(f.name) for f in contract.fields}, {})
    mapped = apply(table, spec, contract)
    rules = load_rules().by_id
    typed = cast(mapped.table, contract, load_rules().suspected_percent)
    told = {(f.rule_id, f.severity) for f in (*findings_of(mapped), *notes_of([mapped])) if f.field == name}
    told |= {(f.rule_id, rules[f.rule_id].severity) for f in typed.faults if f.field == name}
    return typed.table[name][0].as_py(), any(s == "error" for _, s in told), {rule_id for rule_id, _ in told}


def replayed(contract: Contract, name: str, text: str) -> object:
    """What the oracle reads. Raises Unreadable."""
    field = contract.by_name[name]
    value = reader(field, {})(text)
    if field.code_list is None:
        return value
    at = [f.name for f in contract.fields].index(name)
    return CodeReader(contract).resolved([value if i == at else None for i in range(len(contract.fields))])[at]


@pytest.mark.parametrize(
    "line", page(), ids=lambda line: f"{line.kind}-{line.written.encode('unicode_escape').decode()}"
)
def test_a_line_of_the_page_is_what_the_loader_does_and_the_oracle_reads(line: Line) -> None:
    contract, name = FIELDS[line.kind]
    value, is_held, rules = loaded(contract, name, line.written)
    assert (HELD if is_held else shown(value), rules) == (line.result, line.rules)
    if not is_held:
        assert replayed(contract, name, line.written) == value


SEPARATORS = st.sampled_from(["{0}-{1}-{2}", "{0}/{1}/{2}", "{0}.{1}.{2}", "{0}年{1}月{2}日"])


@given(st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)), SEPARATORS, st.booleans(), st.booleans())
def test_a_date_is_the_same_in_every_listed_form(day: dt.date, form: str, is_padded: bool, is_wide: bool) -> None:
    month, of_month = (f"{n:02}" if is_padded else str(n) for n in (day.month, day.day))
    written = form.format(day.year, month, of_month)
    written = wide(written) if is_wide else written
    assert loaded(POLICY, "issue_date", written)[:2] == (day, False)
    assert replayed(POLICY, "issue_date", written) == day


@given(
    st.decimals(Decimal(-(10**12)), Decimal(10**12), places=2),
    st.booleans(), st.sampled_from(["{}", "¥{}", "￥{}", "{}元", " {}", "{}\u3000"]), st.booleans(),
)  # fmt: skip
def test_an_amount_is_the_same_in_every_listed_form(
    amount: Decimal, is_grouped: bool, form: str, is_wide: bool
) -> None:
    contract, name = FIELDS["amount"]
    written = form.format(f"{amount:,.2f}" if is_grouped else f"{amount:.2f}")
    written = wide(written) if is_wide else written
    assert loaded(contract, name, written)[:2] == (amount, False)
    assert replayed(contract, name, written) == amount


@given(
    st.text("0123456789.,-/年月日 :¥元E+", min_size=1, max_size=14),
    st.sampled_from(["date", "timestamp", "amount", "count", "ratio"]),
)
def test_what_is_not_held_the_oracle_reads_alike(text: str, kind: str) -> None:
    contract, name = FIELDS[kind]
    value, is_held, _ = loaded(contract, name, text)
    if not is_held and text.strip():
        assert replayed(contract, name, text) == value


SEEN = st.text(
    st.sampled_from("AB12-②Ⅱ²ﬁ⼀一 é\u0301e\u200b\u00ad\ufeff\u00a0\u3000\u3164\u2800\n\tＡ１－豈"),
    min_size=1,
    max_size=6,
)


@given(SEEN, SEEN)
def test_two_numbers_are_one_where_a_person_sees_one(one: str, other: str) -> None:
    """``drawn`` leaves out what draws nothing and writes what is drawn alike in one way, by another road than the hub."""
    stored = [loaded(POLICY, "policy_no", text) for text in (one, other)]
    if not any(is_held for _, is_held, _ in stored):
        assert (stored[0][0] == stored[1][0]) == (drawn(one) == drawn(other))
        assert [replayed(POLICY, "policy_no", text) for text in (one, other)] == [value for value, _, _ in stored]
    for text, (value, is_held, rules) in zip((one, other), stored, strict=True):
        assert is_held or value == text or rules, "what is stored otherwise than it was sent is told"


def drawn(text: str) -> str:
    alike = {
        "Ａ": "A",
        "１": "1",
        "－": "-",
        "\u3000": " ",
        "\u00a0": " ",
        "\u3164": " ",
        "\u2800": " ",
        "\n": " ",
        "\t": " ",
    }
    kept = "".join(alike.get(c, c) for c in text if c not in "\u200b\u00ad\ufeff")
    return kept.replace("e\u0301", "é").strip()


def wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def test_every_kind_and_both_outcomes_stand_on_the_page() -> None:
    lines = page()
    assert {line.kind for line in lines} == set(FIELDS)
    assert {line.kind for line in lines if line.result == HELD} >= set(FIELDS) - {"optional", "region"}
