"""One file of rules as entries with their lines; every mistake of a file is told, and no entry with one is used."""

from __future__ import annotations

import datetime as dt
import string
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field

from quality.messages import slots_of
from schemas.contract import RECORD_TYPES, load_contract
from schemas.errors import DefinitionError
from schemas.findings import Rule, Severity, Tier
from schemas.mistakes import Mistakes, nearest
from schemas.yaml_files import Entry, Listed, Text, Told, Words, read_yaml


class RuleEntry(Entry):
    """A rule as it is written in its file."""

    id: Annotated[str, Field(pattern=r"^[A-Z]{3,4}-(\d{3}|ALL)$")]
    title: Words
    severity: Severity
    tier: Tier
    fields: Listed[str]
    message: Words
    remedy: Words
    basis: Text
    confidence: Literal["confirmed", "secondary", "assumption"]
    version: int = 1
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    expectation: Text | None = None
    arguments: dict[str, Any] = Field(default_factory=dict)
    select: Text | None = None
    parent: Text | None = None
    told: Literal["row", "column"] = "row"

    def mistakes(self) -> Iterator[Told]:
        """What does not belong to the rule's tier."""
        if self.expectation and self.select:
            yield "select", "stands beside an expectation", "keep one of them"
        if (self.tier == "record") != bool(self.expectation):
            yield "expectation", "belongs to tier record, and only there", "add or remove it, or change the tier"
        if self.told == "column" and (self.tier, self.severity) != ("field", "warning"):
            yield "told", "is column for warnings of tier field, and nothing else", "remove it"
        if (self.tier == "orphan") != bool(self.parent):
            yield "parent", "belongs to tier orphan, and only there", "add or remove it, or change the tier"

    def rule(self, record_type: str) -> Rule:
        """The rule, of a record type or of all."""
        words = {
            f"{key}_{language}": getattr(getattr(self, key), language)
            for key in ("title", "message", "remedy")
            for language in ("zh", "en")
        }
        same = {key: getattr(self, key) for key in RuleEntry.model_fields.keys() - {"id", "title", "message", "remedy"}}
        return Rule(rule_id=self.id, record_type=record_type, **words, **same)


def read_entries(file: str, record_type: str, text: str, mistakes: Mistakes) -> Iterator[tuple[Rule, DefinitionError]]:
    """The rules of a file without mistakes, each with what is to be told if its id stands twice; the mistakes are kept.

    ``record_type`` is * for rules of all types.
    """
    if record_type not in ("*", *RECORD_TYPES):
        problem = f"{record_type} is no record type"
        mistakes.add(DefinitionError(file, "file name", problem, fix=nearest(record_type, RECORD_TYPES)))
        return
    document = mistakes.attempt(read_yaml, file, text, list, names=("id",))
    for number in document.numbers if document else ():
        assert document
        entry = mistakes.attempt(document.part, RuleEntry, number)
        rule = entry.rule(record_type) if entry else None
        found = [*_unknown_fields(rule), *_strange_slots(rule)] if rule else []
        for key, problem, fix in found:
            mistakes.add(document.error((number, key), problem, fix))
        if rule and not found:
            yield rule, document.error((number,), "stands twice", "ids are never reused: take the next number")


def _strange_slots(rule: Rule) -> Iterator[Told]:
    """Slots of message and remedy that nobody fills."""
    known = slots_of(rule)
    for key, text in (
        ("message", rule.message_zh), ("message", rule.message_en), ("remedy", rule.remedy_zh), ("remedy", rule.remedy_en),
    ):  # fmt: skip
        try:
            slots = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
        except ValueError as error:
            yield key, f"cannot be filled in: {error}", "write a brace twice to show it"
            continue
        for name in sorted(slots - known):
            yield key, f"{{{name}}} is no value of this rule", ", ".join(f"{{{each}}}" for each in sorted(known))


def _unknown_fields(rule: Rule) -> Iterator[Told]:
    if rule.record_type != "*":
        known = load_contract(rule.record_type).by_name
        for name in sorted(set(rule.fields) - set(known)):
            yield "fields", f"{name} is no field of {rule.record_type}", nearest(name, known)
