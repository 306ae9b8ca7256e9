"""Rules of obligations: which services an insurer owes by policy, region and sector, as data with validity and source.

    for rule in load_obligations():
        for duty in rule.duties: ...

Shipped rules stand in ``schemas/obligations``; a province's own, ``obligations.yml`` of its folder, stand instead of the
shipped ones of the same number. What they mean is said in ``docs/obligations.md``.
"""

from __future__ import annotations

import datetime as dt
import pathlib
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from schemas.code_lists import load_code_list
from schemas.mistakes import Mistakes
from schemas.province import Province, by_province
from schemas.yaml_files import Entry, Listed, Text, Told, Words, YamlFile, read_yaml

FOLDER = pathlib.Path(__file__).parent / "obligations"
FILE = "obligations.yml"
ANY = "*"

Code = Annotated[str, Field(pattern=r"^(\*|\d+)$")]
Codes = Annotated[Listed[Code], Field(min_length=1)]
Month = Annotated[int, Field(ge=0, le=12)]
Window = Annotated[Listed[Month], Field(min_length=2, max_length=2)]


class Duty(Entry):
    """Services of some kind, asked in windows of the policy year."""

    duty: Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")]
    title: Words
    items: Codes
    """Codes of CL-SERVICE-ITEM that fulfil it, of any edition."""
    windows: Annotated[Listed[Window], Field(min_length=1)]
    """Months after inception: ``[3, 6]`` is the second quarter of a policy year."""
    count: Annotated[int, Field(ge=1)]
    """Services in each window."""


class Rule(Entry):
    """What one rule asks of the policies to which it applies; the version in force as a policy year begins rules it."""

    rule_no: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$")]
    title: Words
    stands: Literal["instead_of_plan", "without_plan"]
    """In place of the agreed plan, or only where a policy year has none."""
    regions: Codes = (ANY,)
    """As in the register of thresholds: codes of GB/T 2260, or their first 2 or 4 digits."""
    domains: Codes = (ANY,)
    objects: Codes = (ANY,)
    sizes: Codes = (ANY,)
    valid_from: dt.date
    valid_to: dt.date | None = None
    rounding: Literal["down", "half_up", "up"]
    """How the part of a window that the cover leaves is rounded to whole services."""
    confidence: Literal["confirmed", "secondary", "assumption"]
    label: Text
    source: Text
    duties: Annotated[Listed[Duty], Field(min_length=1)]

    def mistakes(self) -> Iterator[Told]:
        """It ends no earlier than it begins, its windows have a length, its duties a name each, its codes exist."""
        if self.valid_to and self.valid_to < self.valid_from:
            yield "valid_to", f"{self.valid_to} is before valid_from", "write the last day"
        if len({duty.duty for duty in self.duties}) < len(self.duties):
            yield "duties", "one name stands for two duties", "give each a name of its own"
        if any(start >= end for duty in self.duties for start, end in duty.windows):
            yield "duties", "a window ends before it begins", "write the months as [first, last], like [0, 3]"
        known = {entry.code for entry in load_code_list("CL-SERVICE-ITEM").entries} | {ANY}
        for code in sorted({item for duty in self.duties for item in duty.items} - known):
            yield "duties", f"{code} is no service item", "write codes of CL-SERVICE-ITEM, or *"


@by_province
def load_obligations(own: Province) -> tuple[Rule, ...]:
    """The rules that hold in the present province, by number and first day. Raises DefinitionError with every mistake."""
    path = own.folder / FILE
    with Mistakes() as mistakes:
        shipped = [_rules(path.name, path, mistakes) for path in sorted(FOLDER.glob("*.yml"))]
        ours = _rules(f"{own.folder.name}/{FILE}", path, mistakes) if path.exists() else ()
    taken = {rule.rule_no for rule in ours}
    kept = [rule for rules in shipped for rule in rules if rule.rule_no not in taken]
    return tuple(sorted((*kept, *ours), key=lambda rule: (rule.rule_no, rule.valid_from)))


def _rules(file: str, path: pathlib.Path, mistakes: Mistakes) -> tuple[Rule, ...]:
    document = read_yaml(file, path.read_bytes(), list, names=("rule_no",))
    found = mistakes.attempt(document.parts, Rule) or ()
    _refuse_overlaps(document, found, mistakes)
    return found


def _refuse_overlaps(document: YamlFile, found: tuple[Rule, ...], mistakes: Mistakes) -> None:
    """Two versions of one rule are never in force on one day."""
    for number, rule in enumerate(found):
        for other in found[:number]:
            days = (
                max(rule.valid_from, other.valid_from),
                min(rule.valid_to or dt.date.max, other.valid_to or dt.date.max),
            )
            if rule.rule_no == other.rule_no and days[0] <= days[1]:
                problem = f"{rule.rule_no} has another version in force on {days[0]}"
                mistakes.add(document.error((number, "valid_from"), problem, "end one before the other begins"))
