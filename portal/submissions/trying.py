"""What is asked of a trial, and what it answers; plain values that cross from process to process."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.steps import Checked
from portal.submissions.reading import Finding, RuleCount
from schemas import findings
from schemas.delivery import Control


@dataclass(frozen=True)
class Trying:
    """A file to be judged as if an insurer handed it in; nothing of it stays."""

    insurer_id: str
    record_type: str
    path: str
    name: str
    control: Control | None = None
    replaces: str | None = None


@dataclass(frozen=True)
class Tried:
    """What would become of the file: state, counts that add up, problems by rule, and the first of them.

    ``state`` as that of a batch: loaded, partly_loaded, rejected, awaiting.
    """

    state: str
    received_count: int
    accepted_count: int
    quarantined_count: int
    duplicate_count: int
    superseded_count: int
    rules: tuple[RuleCount, ...]
    findings: tuple[Finding, ...]
    finding_count: int


def tried_of(checked: Checked[tuple[list[RuleCount], list[Finding]]], trying: Trying, now: dt.datetime) -> Tried:
    """The answer, of a verdict or of a refusal before any row was looked at."""
    report = checked.report
    if report is None or checked.found is None:
        return _of_refusal(checked.refused, trying, now)
    by_rule, shown = checked.found
    return Tried(
        report.state, report.received, report.accepted, report.quarantined, report.duplicate, report.superseded,
        tuple(by_rule), tuple(shown), sum(rule.finding_count for rule in by_rule),
    )  # fmt: skip


def _of_refusal(told: Sequence[findings.Finding], trying: Trying, now: dt.datetime) -> Tried:
    counts = Counter(each.rule_id for each in told)
    by_rule = [
        RuleCount(each.rule_id, each.severity, None, counts[each.rule_id], counts[each.rule_id], 0, each.message)
        for each in {each.rule_id: each for each in told}.values()
    ]
    shown = [_finding(number, each, trying, now) for number, each in enumerate(told)]
    return Tried("rejected", 0, 0, 0, 0, 0, tuple(by_rule), tuple(shown), len(shown))


def _finding(number: int, told: findings.Finding, trying: Trying, now: dt.datetime) -> Finding:
    return Finding(
        number, told.row_no, None, trying.record_type, None, told.rule_id, None, told.severity, told.field, None,
        None, None, told.value, told.expected, told.message, True, now, None, None,
    )  # fmt: skip
