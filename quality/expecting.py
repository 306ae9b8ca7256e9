"""What is expected of insurers beyond what their definitions say, read from ``quality/expected/``.

``silence.yml``: working days that a feed may stay away, by channel. ``records.yml``: which record is expected after which
event. A province's own entries stand in ``expected/`` of its folder, under the same names: of the same channel or rule
they go before the shipped ones from their first day on. Days of validity include both ends.
"""

from __future__ import annotations

import datetime as dt
import pathlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal, TypeVar

from pydantic import Field

from quality.own_bounds import overlaid
from schemas.contract import INSURER_RECORD_TYPES, load_contract
from schemas.province import Province, by_province
from schemas.yaml_files import Entry, Listed, Text, Told, among, read_yaml

FOLDER = pathlib.Path(__file__).parent / "expected"
RecordType = Annotated[str, among(lambda: INSURER_RECORD_TYPES)]
E = TypeVar("E", bound=Entry)


class Allowance(Entry):
    """Working days without a delivery that are no silence yet, of a channel of delivery."""

    channel: Literal["api", "drop"]
    working_days: Annotated[int, Field(ge=1)]
    valid_from: dt.date
    source: Text
    valid_to: dt.date | None = None


class ExpectedRecord(Entry):
    """One rule: a record of ``after`` lets a record of ``expects`` with the same ``link`` be expected."""

    rule: Annotated[str, Field(pattern=r"E\d\d")]
    title: Text
    after: RecordType
    event: str
    expects: RecordType
    link: Listed[str]
    basis: Text
    confidence: Literal["confirmed", "secondary", "assumption"]
    valid_from: dt.date
    after_days: Annotated[int, Field(ge=0)] = 0
    field: str | None = None
    states: Listed[str] = ()
    above_zero: str | None = None
    valid_to: dt.date | None = None

    def mistakes(self) -> Iterator[Told]:
        """Every field that it names is one of its record type; the event is a day or a moment."""
        own, wanted = load_contract(self.after).by_name, load_contract(self.expects).by_name
        for key, name in (("event", self.event), ("field", self.field), ("above_zero", self.above_zero)):
            if name and name not in own:
                yield key, f"{name!r} is no field of {self.after}", f"a field of schemas/{self.after}.odcs.yaml"
        if self.event in own and own[self.event].kind not in ("date", "timestamp"):
            yield "event", f"{self.event} is no day", "name a date or a moment"
        for name in self.link:
            if name not in own or name not in wanted:
                yield "link", f"{name!r} is no field of both", f"a field of {self.after} and {self.expects}"
        if bool(self.field) != bool(self.states):
            yield "states", "field and states go together", "write both or none"
        if "policy_no" not in own:
            yield "after", f"{self.after} names no policy", "a record type with policy_no"


@dataclass(frozen=True)
class Expectations:
    """Everything that is expected: allowances by channel, and rules for records; both with validity."""

    allowances: tuple[Allowance, ...]
    records: tuple[ExpectedRecord, ...]


@by_province
def load_expectations(here: Province) -> Expectations:
    """The shipped entries, and the province's over them. Raises DefinitionError with every mistake of a file."""
    return Expectations(
        overlaid(*_both(here, "silence.yml", Allowance), lambda each: each.channel),
        overlaid(*_both(here, "records.yml", ExpectedRecord), lambda each: each.rule),
    )


def _both(here: Province, name: str, kind: type[E]) -> tuple[tuple[E, ...], tuple[E, ...]]:
    own = here.folder / "expected"
    return _read(FOLDER / name, name, kind), _read(own / name, f"{here.folder.name}/expected/{name}", kind)


def _read(path: pathlib.Path, file: str, kind: type[E]) -> tuple[E, ...]:
    if not path.exists():
        return ()
    return read_yaml(file, path.read_bytes(), list, names=("rule", "channel")).parts(kind)
