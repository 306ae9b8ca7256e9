"""What a province configures of the clock, ``clock.yml`` of its folder.

    outage_credit:
    - {is_on: true, valid_from: 2026-01-01, counts_planned_stops: true, label: "默认口径,可配置", source: ...,
       longest_silence_minutes: {portal: 5, intake: 30, database: 30}}
    shorter_deadlines:
    - {insurer: lichun, record_type: policy, channel: api, working_days: 1, valid_from: 2027-01-01, source: ...}
    events:
    - {record_type: policy, milestone: issue_date, field: cover_start_date, valid_from: 2027-01-01, source: ..., confidence: secondary}

Of several credits the last one that is valid counts; without any, the default. ``*`` stands for every insurer, type or
channel. A shorter deadline shortens rule R32 and starts no clock where R32 is not in force. A milestone's event is the contract's field (``slaProperties``) unless ``events``
names another for the record's day, which is that of the contract's field, and where it is empty that of the named one.
"""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo

from schemas.contract import SENDABLE_RECORD_TYPES, load_contract
from schemas.mistakes import Mistakes, nearest
from schemas.province import Province, by_province
from schemas.yaml_files import Entry, Listed, Text, among, mistake, read_yaml

FILE = "clock.yml"
Minutes = Annotated[int, Field(ge=1)]


class Silence(Entry):
    """For how long a service may give no sign before it counts as down, in minutes."""

    portal: Minutes = 5
    intake: Minutes = 30
    database: Minutes = 30


class OutageCredit(Entry):
    """Whether outages of the hub move deadlines, and what counts as one."""

    is_on: bool
    valid_from: dt.date
    valid_to: dt.date | None = None
    longest_silence_minutes: Silence = Silence()
    counts_planned_stops: bool = True
    label: Text
    source: Text

    def longest(self, service: str) -> dt.timedelta:
        """How long a service may be silent."""
        return dt.timedelta(minutes=getattr(self.longest_silence_minutes, service))

    @property
    def basis(self) -> str:
        return f"{self.label};{self.source}"


class ShorterDeadline(Entry):
    """Fewer working days than R32's, for what a feed first tells of events from a day on."""

    insurer: Text
    record_type: Text
    channel: Text
    working_days: Annotated[int, Field(ge=1)]
    valid_from: dt.date
    valid_to: dt.date | None = None
    source: Text


def _milestone(name: str, said: ValidationInfo) -> str:
    if "record_type" in said.data:
        known = [each.name for each in load_contract(said.data["record_type"]).milestones]
        if name not in known:
            raise mistake(f"{name!r} is no milestone of {said.data['record_type']}", nearest(name, known))
    return name


def _day(name: str, said: ValidationInfo) -> str:
    if "record_type" in said.data:
        known = [
            each.name for each in load_contract(said.data["record_type"]).fields if each.kind in ("date", "timestamp")
        ]
        if name not in known:
            raise mistake(f"{name!r} is no day of {said.data['record_type']}", nearest(name, known))
    return name


def _not_before(day: dt.date | None, said: ValidationInfo) -> dt.date | None:
    if day is not None and day < said.data.get("valid_from", day):
        raise mistake(f"{day} is before valid_from", "write the last day for which it is valid, or leave it out")
    return day


class EventField(Entry):
    """The field that holds a milestone's event in place of the contract's, for records of some days."""

    record_type: Annotated[
        Text, among(lambda: [name for name in SENDABLE_RECORD_TYPES if load_contract(name).milestones])
    ]
    milestone: Annotated[Text, AfterValidator(_milestone)]
    field: Annotated[Text, AfterValidator(_day)]
    valid_from: dt.date
    valid_to: Annotated[dt.date | None, AfterValidator(_not_before)] = None
    source: Text
    confidence: Literal["confirmed", "secondary", "assumption"]


class ClockRules(Entry):
    """``clock.yml``."""

    outage_credit: Listed[OutageCredit] = ()
    shorter_deadlines: Listed[ShorterDeadline] = ()
    events: Listed[EventField] = ()

    def credit_on(self, day: dt.date) -> OutageCredit:
        """The credit that is valid on a day."""
        fitting = [each for each in self.outage_credit if each.valid_from <= day <= (each.valid_to or dt.date.max)]
        return max(fitting, key=lambda each: each.valid_from, default=DEFAULT)


DEFAULT = OutageCredit(
    is_on=True, valid_from=dt.date(1970, 1, 1), label="默认口径,可配置",
    source="assumption: minutes of the hub's downtime inside the last day move the deadline",
)  # fmt: skip


@by_province
def clock_rules(here: Province) -> ClockRules:
    """What the present province says of the clock. Raises DefinitionError."""
    path = here.folder / FILE
    if not path.is_file():
        return ClockRules()
    file = read_yaml(FILE, path.read_bytes(), dict)
    said = file.part(ClockRules)
    with Mistakes() as mistakes:
        for (_, one), (number, other) in itertools.combinations(enumerate(said.events), 2):
            if _overlap(one, other):
                problem = f"two fields hold {other.milestone} of {other.record_type} on the same days: {one.field}, {other.field}"
                mistakes.add(file.error(("events", number, "valid_from"), problem, "end one before the other begins"))
    return said


def _overlap(one: EventField, other: EventField) -> bool:
    is_same = (one.record_type, one.milestone) == (other.record_type, other.milestone)
    last = min(one.valid_to or dt.date.max, other.valid_to or dt.date.max)
    return is_same and max(one.valid_from, other.valid_from) <= last
