"""Judging one chunk of rows: types, field rules, record rules. Findings are complete: all reasons of a row at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from quality.cast import business_date, cast
from quality.catalogue import RuleSet
from quality.derived import Given, derive, is_derived
from quality.messages import expectation_text, finding, show
from quality.reading import FieldFault
from schemas.contract import WITHDRAWAL, Contract
from schemas.findings import Finding, Note, Observation, Rule


@dataclass(frozen=True)
class Checked:
    """``table`` has all rows, typed; rows with an error finding are not to be accepted. Findings by row.

    ``notes`` are what rules say of many cells of a column at once.
    """

    table: pa.Table
    findings: list[Finding]
    notes: list[Note]


def check(table: pa.Table, contract: Contract, rules: RuleSet, received_at: dt.datetime) -> Checked:
    """Judge canonical text: ``row_no`` int64, ``place``, ``raw`` and the contract's fields as text.

    Field rules apply to every row (a withdrawal needs only key and envelope), record rules to all but withdrawals.
    Raises RuleNotRun when a rule could not be evaluated.
    """
    result = cast(table, contract, rules.suspected_percent)
    row_no = result.table["row_no"].combine_chunks().to_numpy(zero_copy_only=False)
    found: list[Finding] = []
    notes: list[Note] = []
    for fault in result.faults:
        told = _field_findings(fault, contract, rules, row_no)
        if rules.by_id[fault.rule_id].told == "column":
            notes.append(Note.of(next(told), len(fault.positions)))
        else:
            found += told
    found += _record_findings(result.table, contract, rules, received_at)
    return Checked(result.table, sorted(found, key=lambda f: f.row_no or 0), notes)


def _field_findings(
    fault: FieldFault, contract: Contract, rules: RuleSet, row_no: npt.NDArray[np.int64]
) -> Iterator[Finding]:
    rule = rules.by_id[fault.rule_id]
    for position, value, expected in zip(fault.positions, fault.values, fault.expected, strict=True):
        yield finding(rule, contract, Observation(rule.rule_id, int(row_no[position]), fault.field, value, expected))


def _record_findings(
    table: pa.Table, contract: Contract, rules: RuleSet, received_at: dt.datetime
) -> Iterator[Finding]:
    from quality.expectations import failures, suite  # heavy: seconds, and only judging needs it

    asked = suite(rules, contract.record_type)
    judged = table.filter(pc.fill_null(pc.not_equal(table["operation_code"], WITHDRAWAL), True))
    given = _given(judged, contract, received_at)
    columns = {name: _column(name, given) for name in asked.columns}
    row_no = judged["row_no"].to_pylist()
    for rule_id, failing in failures(asked, columns).items():
        rule = rules.by_id[rule_id]
        positions = failing[_in_force(rule, given, failing)]
        for position, found in zip(positions, _values(rule, given, positions), strict=True):
            yield finding(rule, contract, Observation(rule_id, row_no[position], _place(rule, contract), *found))


def _place(rule: Rule, contract: Contract) -> str:
    """The field that a finding points at; a rule of every type says business_date for the main milestone's field."""
    return contract.milestones[0].field if rule.fields[0] == "business_date" else rule.fields[0]


def _given(table: pa.Table, contract: Contract, received_at: dt.datetime) -> Given:
    columns = {field.name: pa.concat_arrays(table[field.name].chunks) for field in contract.fields if table.num_rows}
    return Given(columns, contract, received_at, table.num_rows)


def _column(name: str, given: Given) -> pa.Array:
    if not given.length:
        return pa.nulls(0)
    return derive(name, given) if is_derived(name) else given.columns[name]


def _in_force(rule: Rule, given: Given, positions: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which failing rows have a business date in the rule's validity; without a business date it is in force."""
    in_force = np.ones(len(positions), dtype=bool)
    if rule.valid_from is None and rule.valid_to is None:
        return in_force
    days = business_date(dict(given.columns), given.contract, given.length).take(pa.array(positions))
    for limit, compare in ((rule.valid_from, pc.greater_equal), (rule.valid_to, pc.less_equal)):
        if limit is not None:
            in_force &= pc.fill_null(compare(days, pa.scalar(limit)), True).to_numpy(zero_copy_only=False)
    return in_force


def _values(rule: Rule, given: Given, positions: npt.NDArray[np.int64]) -> Iterator[tuple[str | None, str | None]]:
    """What each failing row holds in the rule's first field, and what was expected: a text or the other column."""
    where = pa.array(positions)
    found = map(show, _column(rule.fields[0], given).take(where).to_pylist())
    text = expectation_text(rule)
    if text is not None or "column_B" not in rule.arguments:
        return zip(found, [text] * len(positions), strict=True)
    arguments = rule.arguments
    other = arguments["column_A"] if arguments["column_B"] == rule.fields[0] else arguments["column_B"]
    return zip(found, map(show, _column(other, given).take(where).to_pylist()), strict=True)
