"""The look of the clock: what is found now, compared with what stands, as steps of issues. One transaction.

A kind that cannot be looked for (its definition is wrong, its numbers are not known, a function is not there) leaves its
issues as they are, and the run says why.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy import exc

from schemas.contract import INSURER_RECORD_TYPES, load_contract
from schemas.errors import DefinitionError
from warehouse.alerts import thresholds
from warehouse.alerts.catalogue import COLUMNS, Contributions, Definition, Found, find_definitions
from warehouse.database import locks
from warehouse.database.copying import copy_rows
from warehouse.database.statements import statement
from warehouse.indicators.catalogue import find_definitions as find_indicators
from warehouse.indicators.rollup import Period, contribute, period, snapshot


@dataclass(frozen=True)
class Look:
    """At what the clock looks: a Shanghai day as known at a moment, by one edition of the calendar.

    ``next_working_day`` is the one after ``as_of``; None where the calendar is not published so far.
    """

    as_of: dt.date
    known_at: dt.datetime
    calendar_version: str
    next_working_day: dt.date | None


@dataclass(frozen=True)
class Step:
    """A step of the ladder: an issue of a level that nobody acknowledged for so many working days is told to a role."""

    level: str
    working_days: int
    to_role: str


@dataclass(frozen=True)
class Policy:
    """What a province decides: from how many insurers on a kind is one issue, and the ladder."""

    rollup_share: Decimal = Decimal("0.5")
    rollup_least: int = 10
    ladder: Sequence[Step] = ()


@dataclass(frozen=True)
class Run:
    """What a run found. ``is_new`` is false when the moment, or a later one, was looked at before: nothing was changed."""

    run_no: int
    as_of: dt.date
    known_at: dt.datetime
    finding_count: int
    is_new: bool
    problems: Mapping[str, str] = field(default_factory=dict)
    """Kinds that could not be looked for, and why."""


def look(
    connection: sa.Connection, at: Look, policy: Policy, insurer_count: int, definitions: Found | None = None
) -> Run:
    """Find what is wrong, and open, update, close and reopen issues by it, in the caller's transaction.

    ``insurer_count`` is how many insurers deliver. Issues of kinds and insurers that could not be looked at stay.
    """
    locks.clock(connection)
    last = connection.execute(statement("alerts/issues/last_run"), {"known_at": at.known_at}).one_or_none()
    if last is not None:
        return Run(last.run_no, last.as_of, last.known_at, last.finding_count, is_new=False)
    connection.execute(sa.text("set local work_mem = '64MB'"))
    known = definitions or find_definitions()
    problems = {kind: str(error) for kind, error in known.broken.items()}
    find(connection, known.usable, at, problems)
    checked = [kind for kind in known.usable if kind not in problems]
    run_no = int(connection.execute(statement("alerts/issues/keep_run"), _moment(at)).scalar_one())
    for kind in sorted({*known.usable, *problems}):
        row = {"run_no": run_no, "kind": kind, "problem": problems.get(kind)}
        connection.execute(statement("alerts/issues/keep_checked"), row)
    _settle(connection, known.usable, at, policy, insurer_count, checked)
    found = connection.execute(sa.text("select count(*) from finding")).scalar_one()
    return Run(run_no, at.as_of, at.known_at, found, is_new=True, problems=problems)


def find(connection: sa.Connection, definitions: Mapping[str, Definition], at: Look, problems: dict[str, str]) -> None:
    """Fill the temporary table ``finding`` with what every definition finds; ``problems`` takes why one could not."""
    snapshot(connection, at.known_at)
    connection.execute(statement("alerts/findings/prepare"))
    titles = [(name, load_contract(name).business_name) for name in INSURER_RECORD_TYPES]
    copy_rows(connection, "record_title", ("record_type", "title"), titles)
    rule_nos = [t.rule_no for d in definitions.values() for t in d.thresholds]
    register = thresholds.register(connection, rule_nos, at.as_of, at.known_at)
    contributed: Contributions | None = None
    for definition in sorted(definitions.values(), key=_by_contributions):
        numbers = thresholds.values(definition, register, at.as_of)
        _keep_kind(connection, definition, numbers)
        if problem := _unready(connection, definition, numbers, at):
            problems[definition.id] = problem
            continue
        try:
            with connection.begin_nested():
                if definition.contributions and definition.contributions != contributed:
                    _contribute(connection, definition.contributions, at)
                    contributed = definition.contributions
                _find(connection, definition, numbers, at)
        except (exc.ProgrammingError, exc.DataError, DefinitionError) as error:
            contributed = None
            problems[definition.id] = str(_refused(definition, error))
    connection.execute(sa.text("analyze finding"))


def _by_contributions(definition: Definition) -> tuple[str, str, str]:
    """Kinds that read the same contributions stand together: they are computed once."""
    read = definition.contributions
    return (read.indicator, read.period, definition.id) if read else ("", "", definition.id)


def _unready(
    connection: sa.Connection, definition: Definition, numbers: Mapping[str, Decimal | None], at: Look
) -> str | None:
    """Why a definition cannot be looked for now; None when it can."""
    if (
        definition.needs
        and not connection.execute(statement("alerts/findings/has_function"), {"name": definition.needs}).scalar_one()
    ):
        return f"{definition.needs} is not there"
    unknown = [name for name, number in numbers.items() if number is None]
    if unknown:
        return f"no number is known for {', '.join(unknown)}: an entry of the register of thresholds says it"
    if ":next_working_day" in definition.findings_sql and at.next_working_day is None:
        return "the calendar of the next working day is not published"
    return None


def _find(connection: sa.Connection, definition: Definition, numbers: Mapping[str, Decimal | None], at: Look) -> None:
    if definition.rules:
        connection.execute(sa.text("truncate rule_finding"))
        wanted = {"rules": list(definition.rules), "known_at": at.known_at}
        connection.execute(statement("alerts/findings/rule_findings"), wanted)
    query = statement("alerts/findings/find", findings=definition.findings_sql)
    connection.execute(query, {**_moment(at), **numbers, "kind": definition.id})
    wanted = {"kind": definition.id, "known_at": at.known_at, "feeds": list(definition.feeds)}
    connection.execute(statement("alerts/findings/unchecked"), wanted)


def _contribute(connection: sa.Connection, read: Contributions, at: Look) -> None:
    span = _closing_year(at.as_of) if read.period == "closing_year" else period(read.period, at.as_of)
    contribute(connection, find_indicators().usable[read.indicator], span, at.known_at)


def _closing_year(as_of: dt.date) -> Period:
    """The calendar year so far, or until the end of March the one that has ended."""
    year = as_of.year if as_of.month > 3 else as_of.year - 1
    return Period("ytd", dt.date(year, 1, 1), min(as_of, dt.date(year, 12, 31)))


def _settle(
    connection: sa.Connection, definitions: Mapping[str, Definition], at: Look, policy: Policy, insurer_count: int,
    checked: Sequence[str],
) -> None:  # fmt: skip
    """Compare what was found with what stands, and write down every step."""
    shared = {
        **_moment(at),
        "kinds": list(checked),
        "rolling": [d.id for d in definitions.values() if d.rolls_up and d.owner == "insurer"],
        "least": max(policy.rollup_least, math.ceil(policy.rollup_share * insurer_count)),
        "levels": [step.level for step in policy.ladder],
        "working_days": [step.working_days for step in policy.ladder],
        "to_roles": [step.to_role for step in policy.ladder],
    }
    for name in ("assign", "open", "name", "leave", "enter", "rename", "tell", "wake", "remind", "escalate"):
        connection.execute(statement(f"alerts/issues/{name}"), shared)


def _moment(at: Look) -> dict[str, object]:
    return {
        "as_of": at.as_of,
        "known_at": at.known_at,
        "calendar_version": at.calendar_version,
        "next_working_day": at.next_working_day,
    }


def _keep_kind(connection: sa.Connection, definition: Definition, numbers: Mapping[str, Decimal | None]) -> None:
    told = {t.name: thresholds.shown(t, n) for t in definition.thresholds if (n := numbers[t.name]) is not None}
    row = {
        "kind": definition.id, "title_zh": definition.title.zh, "title_en": definition.title.en,
        "level": definition.level, "level_zh": definition.level_zh, "message_zh": definition.message,
        "record_zh": definition.record, "remedy_zh": definition.remedy, "basis": definition.basis,
        "label": definition.label, "owner_kind": definition.owner, "link": definition.link,
        "thresholds": json.dumps(told, ensure_ascii=False),
    }  # fmt: skip
    connection.execute(statement("alerts/findings/keep_kind"), row)


def _refused(definition: Definition, error: exc.DBAPIError | DefinitionError) -> DefinitionError:
    """What the database said of a definition's SQL, as its mistake."""
    if isinstance(error, DefinitionError):
        return error
    message = str(getattr(error.orig, "diag", None) and error.orig.diag.message_primary)  # type: ignore[union-attr]
    return DefinitionError(
        f"{definition.id}.sql", "select", message, fix=f"return {', '.join(COLUMNS)} and what is named"
    )
