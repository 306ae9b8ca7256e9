"""What judging says: rules, observations, findings and notes. Data faults are findings; they are rows, never exceptions.

Reading, mapping and loading observe: the code of a rule, and values. The catalogue of rules alone knows how grave that is
and what a person reads about it; ``Tell`` makes the one into the other.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, Self

Severity = Literal["error", "warning"]
Tier = Literal["file", "mapping", "field", "record", "orphan", "bound", "cross", "batch", "history"]


@dataclass(frozen=True)
class Rule:
    """One rule: either a Great Expectations ``expectation`` or a ``select`` of failing rows, never both.

    ``select`` reads the temporary table ``staged`` (all rows of the batch, typed) and ``core.*`` and
    returns (row_no, value, expected); row_no null speaks of the whole batch. Tier history reads the profiles of the
    delivery and of those before it, and returns the field as a fourth column.
    """

    rule_id: str
    record_type: str
    """A record type, or ``*`` for every insurer-fed type."""
    tier: Tier
    severity: Severity
    fields: tuple[str, ...]
    title_zh: str
    title_en: str
    message_zh: str
    message_en: str
    remedy_zh: str
    remedy_en: str
    basis: str
    confidence: Literal["confirmed", "secondary", "assumption"]
    version: int = 1
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    expectation: str | None = None
    arguments: dict[str, Any] = dataclasses.field(default_factory=dict)
    select: str | None = None
    parent: str | None = None
    """Tier orphan: the record type whose arrival closes the finding."""
    told: Literal["row", "column"] = "row"
    """A finding for each row, or one a column with the number of cells: warnings of tier field only."""

    @property
    def is_judged(self) -> bool:
        """Whether a type, an expectation or a select decides it; the others are observed by reading and loading."""
        return self.tier == "field" or self.expectation is not None or self.select is not None


@dataclass(frozen=True)
class SourceColumn:
    """Where a field stood in a delivery: the column's name there (API: its path), and its letter in a sheet or file."""

    name: str
    letter: str | None = None


_PLACE = re.compile(
    r"(?:file (?P<file>\d+) )?(?:line (?P<line>\d+)|page (?P<page>\d+) item (?P<item>\d+)|(?P<sheet>.+)!(?P<row>\d+))"
)


@dataclass(frozen=True)
class PlaceParts:
    """A row's place taken apart: ``row`` as the sheet numbers it, ``line`` of a text file; both None for an API page."""

    file_no: int = 1
    """Position of the file in its batch, from 1."""
    sheet: str | None = None
    row: int | None = None
    line: int | None = None


@functools.lru_cache(maxsize=1024)
def place_parts(place: str | None) -> PlaceParts | None:
    """The parts of a place such as ``file 2 台账!5`` or ``line 5``; None for what is no place of a row."""
    found = _PLACE.fullmatch(place or "")
    if found is None:
        return None
    numbers = {name: None if found[name] is None else int(found[name]) for name in ("row", "line")}
    return PlaceParts(int(found["file"] or 1), found["sheet"], **numbers)


def place_chinese(place: str | None, column: SourceColumn | None = None, business_name: str | None = None) -> str:
    """A row's place and a column of it in Chinese: ``第5行 C列(保单号)``; of an API page ``第1页第3项 policyNo(保单号)``."""
    where = [_row_chinese(place or "")]
    if column is not None:
        name = business_name or column.name
        where.append(f"{column.letter}列({name})" if column.letter else _path_chinese(column.name, name))
    return " ".join(part for part in where if part)


def _path_chinese(path: str, name: str) -> str:
    return path if path == name else f"{path}({name})"


def _row_chinese(place: str) -> str:
    found = _PLACE.fullmatch(place)
    if found is None:
        return place
    file = f"第{found['file']}个文件" if found["file"] else ""
    if found["page"]:
        return f"{file}第{found['page']}页第{found['item']}项"
    sheet = f"工作表“{found['sheet']}”" if found["sheet"] else ""
    return f"{file}{sheet}第{found['line'] or found['row']}行"


#: Values that a message may name besides value and expected, by the code of the rule that is observed.
NAMED: Mapping[str, frozenset[str]] = {
    code: frozenset(names.split())
    for code, names in {
        "FILE-034": "found",
        "FILE-037": "found",
        "MAP-002": "column",
        "MAP-003": "column",
        "MAP-004": "column",
        "MAP-005": "column",
        "MAP-011": "column found",
        "MAP-012": "column",
        "MAP-013": "column found",
        "MAP-014": "column found",
        "MAP-015": "column found",
        "MAP-020": "column read",
        "MAP-021": "column read",
        "BAT-020": "replaced missing live share bound keys decision",
        "BAT-021": "by reason",
        "BAT-024": "decided missing",
        "REN-002": "record",
        "REN-007": "record",
        "ROW-ALL": "rules",
    }.items()
}


@dataclass(frozen=True)
class Observation:
    """What was seen at one place: the code of a rule, and values. ``row_no`` None speaks of the whole batch.

    ``named`` has the values that ``NAMED`` lists for the code. What is observed outside of typed columns holds nothing
    personal: whoever observes leaves it out.
    """

    rule_id: str
    row_no: int | None = None
    field: str | None = None
    value: str | None = None
    expected: str | None = None
    named: Mapping[str, str] = dataclasses.field(default_factory=dict)
    parent_record_type: str | None = None
    parent_key: str | None = None

    def __post_init__(self) -> None:
        if (self.named or self.rule_id in NAMED) and self.named.keys() != NAMED.get(self.rule_id, frozenset()):
            raise ValueError(f"{self.rule_id} is observed with {sorted(self.named)}, see NAMED")


@dataclass(frozen=True)
class Finding:
    """One fault at one place. ``row_no`` None speaks of the whole batch; ``value`` is None for personal data."""

    rule_id: str
    severity: Severity
    row_no: int | None
    field: str | None
    value: str | None
    expected: str | None
    message: str
    """Chinese, complete: what was found, what was expected, what to do."""
    parent_record_type: str | None = None
    parent_key: str | None = None


Tell = Callable[[Observation], Finding]
"""The seam: an observation with the severity and the words of its rule."""


@dataclass(frozen=True)
class Note:
    """What one rule says of many cells of a column, told once a batch; value and expected are those of the first row."""

    rule_id: str
    severity: Severity
    row_no: int
    field: str
    value: str | None
    expected: str | None
    message: str
    """Chinese, of the first row."""
    count: int

    @classmethod
    def of(cls, first: Finding, count: int) -> Self:
        """The note of ``count`` cells, of which a finding tells the first."""
        row_no, field = first.row_no or 0, first.field or ""
        return cls(first.rule_id, first.severity, row_no, field, first.value, first.expected, first.message, count)

    def finding(self) -> Finding:
        """The note as a finding of the whole batch."""
        message = f"第{self.row_no}行:{self.message.removesuffix('。')};该列此类内容共 {self.count} 处"
        return Finding(self.rule_id, self.severity, None, self.field, self.value, self.expected, message)


class Notes:
    """The notes of a batch, added up over its chunks."""

    def __init__(self) -> None:
        self._notes: dict[tuple[str, str], Note] = {}

    def add(self, notes: Iterable[Note]) -> None:
        """Count notes of a chunk; chunks come in the order of their rows."""
        for note in notes:
            key = note.rule_id, note.field
            first = self._notes.get(key)
            self._notes[key] = note if first is None else replace(first, count=first.count + note.count)

    def findings(self) -> list[Finding]:
        """All notes as findings, in the order in which they came up."""
        return [note.finding() for note in self._notes.values()]
