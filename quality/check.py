"""Judging rows: types, field rules, record rules. Findings are complete: all reasons of a row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from quality.cast import cast
from quality.catalogue import RuleSet
from quality.derived import Given, derive, is_derived
from quality.messages import expectation_text, finding, show
from quality.reading import FieldFault
from schemas.contract import WITHDRAWAL, Contract
from schemas.findings import Finding, Note, Observation, Rule

#: Rows that Great Expectations is asked for at once.
ASKED_ROWS = 50_000


@dataclass(frozen=True)
class Checked:
    """``table`` has all rows, typed; rows with an error finding are not to be accepted. Findings by row.

    ``notes`` are what rules say of many cells of a column at once.
    """

    table: pa.Table
    findings: list[Finding]
    notes: list[Note]


def check(table: pa.Table, contract: Contract, rules: RuleSet, received_at: dt.datetime) -> Checked:
    """Judge all rows of a batch at once: ``check_fields``, then ``RecordRules``."""
    checked = check_fields(table, contract, rules)
    record_rules = RecordRules(contract, rules, received_at)
    found = [*checked.findings, *record_rules.add(checked.table), *record_rules.rest()]
    return replace(checked, findings=sorted(found, key=lambda f: f.row_no or 0))


def check_fields(table: pa.Table, contract: Contract, rules: RuleSet) -> Checked:
    """Judge canonical text field by field: ``row_no`` int64, ``place``, ``raw`` and the contract's fields as text.

    Field rules apply to every row; a withdrawal needs only key and envelope.
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
    return Checked(result.table, sorted(found, key=lambda f: f.row_no or 0), notes)


class RecordRules:
    """The rules of single records over the rows of a batch: they apply to all but withdrawals.

    Great Expectations is asked for many rows at once, since asking costs more than answering: what ``add`` returns may be
    of rows that were added before. ``add`` and ``rest`` raise RuleNotRun when a rule could not be evaluated.
    """

    def __init__(self, contract: Contract, rules: RuleSet, received_at: dt.datetime) -> None:
        from quality.expectations import suite  # heavy: seconds, and only judging needs it

        self._contract, self._rules, self._received_at = contract, rules, received_at
        self._suite = suite(rules, contract.record_type)
        pointed = [rule.fields[0] for rule in rules.record_rules(contract.record_type)]
        self._columns = sorted({*self._suite.columns, *pointed, "business_date"})
        self._held: list[pa.Table] = []
        self._row_count = 0

    def add(self, table: pa.Table) -> list[Finding]:
        """Take typed rows, as ``check_fields`` gives them; findings, once enough rows came together."""
        judged = table.filter(pc.fill_null(pc.not_equal(table["operation_code"], WITHDRAWAL), True))
        if judged.num_rows:
            given = _given(judged, self._contract, self._received_at)
            columns = {name: _column(name, given) for name in self._columns}
            self._held.append(pa.table({"row_no": judged["row_no"], **columns}))
            self._row_count += judged.num_rows
        return self.rest() if self._row_count >= ASKED_ROWS else []

    def rest(self) -> list[Finding]:
        """Findings of the rows that no rule was asked for yet."""
        if not self._held:
            return []
        rows = pa.concat_tables(self._held).combine_chunks()
        self._held, self._row_count = [], 0
        return list(self._ask(rows))

    def _ask(self, rows: pa.Table) -> Iterator[Finding]:
        from quality.expectations import failures

        columns = {name: rows[name].chunk(0) for name in self._columns}
        row_no = rows["row_no"].to_pylist()
        for rule_id, failing in failures(self._suite, columns).items():
            rule = self._rules.by_id[rule_id]
            positions = failing[_in_force(rule, columns["business_date"], failing)]
            for position, found in zip(positions, _values(rule, columns, positions), strict=True):
                field = _place(rule, self._contract)
                yield finding(rule, self._contract, Observation(rule_id, row_no[position], field, *found))


def _field_findings(
    fault: FieldFault, contract: Contract, rules: RuleSet, row_no: npt.NDArray[np.int64]
) -> Iterator[Finding]:
    rule = rules.by_id[fault.rule_id]
    for position, value, expected in zip(fault.positions, fault.values, fault.expected, strict=True):
        yield finding(rule, contract, Observation(rule.rule_id, int(row_no[position]), fault.field, value, expected))


def _place(rule: Rule, contract: Contract) -> str:
    """The field that a finding points at; a rule of every type says business_date for the main milestone's field."""
    return contract.milestones[0].field if rule.fields[0] == "business_date" else rule.fields[0]


def _given(table: pa.Table, contract: Contract, received_at: dt.datetime) -> Given:
    columns = {field.name: pa.concat_arrays(table[field.name].chunks) for field in contract.fields}
    return Given(columns, contract, received_at, table.num_rows)


def _column(name: str, given: Given) -> pa.Array:
    return derive(name, given) if is_derived(name) else given.columns[name]


def _in_force(rule: Rule, business_dates: pa.Array, positions: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which failing rows have a business date in the rule's validity; without a business date it is in force."""
    in_force = np.ones(len(positions), dtype=bool)
    if rule.valid_from is None and rule.valid_to is None:
        return in_force
    days = business_dates.take(pa.array(positions))
    for limit, compare in ((rule.valid_from, pc.greater_equal), (rule.valid_to, pc.less_equal)):
        if limit is not None:
            in_force &= pc.fill_null(compare(days, pa.scalar(limit)), True).to_numpy(zero_copy_only=False)
    return in_force


def _values(
    rule: Rule, columns: Mapping[str, pa.Array], positions: npt.NDArray[np.int64]
) -> Iterator[tuple[str | None, str | None]]:
    """What each failing row holds in the rule's first field, and what was expected: a text or the other column."""
    where = pa.array(positions)
    found = map(show, columns[rule.fields[0]].take(where).to_pylist())
    text = expectation_text(rule)
    if text is not None or "column_B" not in rule.arguments:
        return zip(found, [text] * len(positions), strict=True)
    arguments = rule.arguments
    other = arguments["column_A"] if arguments["column_B"] == rule.fields[0] else arguments["column_B"]
    return zip(found, map(show, columns[other].take(where).to_pylist()), strict=True)
