"""An enterprise's strip of time: a lane a record type, covers as spans."""

from __future__ import annotations

import datetime as dt

from markupsafe import Markup

from portal.console.enterprises import Enterprise, PolicyLine, Timeline
from portal.console.in_words import InWords
from portal.console.paging import Row
from portal.look.charts.lanes import Happening, Lane, Lanes, draw_lanes, lanes_table
from portal.look.charts.tabular import ChartTable
from portal.look.texts import texts
from portal.submissions.words import record_name

#: Statuses of a hazard that is not put right.
_OPEN_HAZARD = ("10", "40")
_MARGIN = dt.timedelta(30)


def drawn(found: Enterprise, events: Timeline, as_of: dt.date, words: InWords) -> tuple[Markup, ChartTable] | None:
    """The strip and its table; None where nothing has a day."""
    lanes = tuple(lane for lane in (_covers(found, words), *_marks(events, words)) if lane.happenings)
    days = [day for lane in lanes for each in lane.happenings for day in (each.begins, each.ends) if day]
    if not days:
        return None
    t = texts(words.language)
    chart = Lanes(
        "enterprise", t("一企一档时间线", "What happened, by day"), lanes, min(days) - _MARGIN,
        max(*days, as_of) + _MARGIN, as_of,
    )  # fmt: skip
    return draw_lanes(chart, language=words.language), lanes_table(chart, language=words.language)


def _covers(found: Enterprise, words: InWords) -> Lane:
    return Lane(record_name("policy", words.language), tuple(_cover(p) for p in found.policies if p.cover_start_date))


def _cover(policy: PolicyLine) -> Happening:
    begins, ends = policy.cover_start_date, policy.cover_end_date
    assert begins is not None
    if policy.termination_date and ends:
        ends = max(begins, min(ends, policy.termination_date - dt.timedelta(1)))
    return Happening(
        policy.policy_no, begins, ends, f"/console/records/policy/{policy.version_id}",
        "warn" if policy.termination_date else "plain",
    )  # fmt: skip


def _marks(events: Timeline, words: InWords) -> list[Lane]:
    by_type: dict[str, list[Row]] = {}
    for row in events.page.rows:
        if row.record_type != "policy" and row.values["event_date"]:
            by_type.setdefault(str(row.record_type), []).append(row)
    return [
        Lane(record_name(kind, words.language), tuple(_mark(row, words) for row in rows))
        for kind, rows in by_type.items()
    ]


def _mark(row: Row, words: InWords) -> Happening:
    """A record on its main day; what is open stands out."""
    code, code_list = row.values["code"], row.values["code_list"]
    tone = "bad" if row.record_type == "hazard" and code in _OPEN_HAZARD else "plain"
    return Happening(
        str(row.record_key), row.values["event_date"], None, f"/console/records/{row.record_type}/{row.version_id}", tone,
        words.code(code_list, code) if code else "",
    )  # fmt: skip
