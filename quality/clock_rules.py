"""What a province configures of the clock, ``clock.yml`` of its folder: credit for the hub's outages, shorter deadlines.

    outage_credit:
    - {is_on: true, valid_from: 2026-01-01, counts_planned_stops: true, label: "默认口径,可配置", source: ...,
       longest_silence_minutes: {portal: 5, intake: 30, database: 30}}
    shorter_deadlines:
    - {insurer: lichun, record_type: policy, channel: api, working_days: 1, valid_from: 2027-01-01, source: ...}

Of several credits the last one that is valid counts; without any, the default. ``*`` stands for every insurer, type or
channel. A shorter deadline shortens rule R32 and starts no clock where R32 is not in force.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field

from schemas.province import Province, by_province
from schemas.yaml_files import Entry, Listed, Text, read_yaml

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


class ClockRules(Entry):
    """``clock.yml``."""

    outage_credit: Listed[OutageCredit] = ()
    shorter_deadlines: Listed[ShorterDeadline] = ()

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
    return read_yaml(FILE, path.read_bytes(), dict).part(ClockRules) if path.is_file() else ClockRules()
