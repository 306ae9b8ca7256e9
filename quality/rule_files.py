"""One file of rules as entries with their lines; every mistake of a file is told, and no entry with one is used."""

from __future__ import annotations

import datetime as dt
import re
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

import yaml

from quality.messages import slots_of
from schemas.contract import RECORD_TYPES, load_contract
from schemas.errors import DefinitionError
from schemas.findings import Rule, Severity, Tier
from schemas.mistakes import Mistakes

_ID = re.compile(r"^[A-Z]{3,4}-(\d{3}|ALL)$")
NEEDED = {"id", "title", "severity", "tier", "fields", "message", "remedy", "basis", "confidence"}
ALLOWED = NEEDED | {"version", "valid_from", "valid_to", "expectation", "arguments", "select", "parent", "told"}
_CONFIDENCES = ("confirmed", "secondary", "assumption")
_CHOICES = {"severity": get_args(Severity), "tier": get_args(Tier), "confidence": _CONFIDENCES}
_TEXTS = ("basis", "expectation", "select", "parent")
_WORDS = ("title", "message", "remedy")
_Told = tuple[str, str, str | None]
"""(key, problem, fix)."""


@dataclass(frozen=True)
class Entry:
    """A rule, and the line on which it begins."""

    rule: Rule
    line: int


@dataclass(frozen=True)
class _Body:
    """One entry as written: its values, and the line of each key."""

    values: Mapping[str, Any]
    lines: Mapping[str, int]
    line: int


def read_entries(file: str, record_type: str, text: str, mistakes: Mistakes) -> Iterator[Entry]:
    """The rules of a file's text without mistakes; the mistakes are kept. ``record_type`` is * for rules of all types."""
    if record_type not in ("*", *RECORD_TYPES):
        problem = f"{record_type} is no record type"
        mistakes.add(DefinitionError(file, "file name", problem, fix=", ".join(RECORD_TYPES)))
        return
    for body in mistakes.attempt(_bodies, file, text) or ():
        rule_id = str(body.values.get("id"))
        found = list(_mistakes(rule_id, record_type, body.values))
        rule = None if found else _rule(rule_id, record_type, body.values)
        found += _strange_slots(rule) if rule else ()
        for key, problem, fix in found:
            mistakes.add(DefinitionError(file, f"{rule_id}.{key}", problem, body.lines.get(key, body.line), fix))
        if rule and not found:
            yield Entry(rule, body.line)


def _bodies(file: str, text: str) -> list[_Body]:
    """The entries of a file. Raises DefinitionError for what is no list of them."""
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
        values = yaml.load(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = str(getattr(error, "problem", None) or error)
        raise DefinitionError(file, "document", problem, mark.line + 1 if mark else None, "write valid YAML") from error
    if node is None:
        return []
    if not isinstance(node, yaml.SequenceNode) or not all(isinstance(each, yaml.MappingNode) for each in node.value):
        raise DefinitionError(file, "document", "is no list of rules", 1, "begin each rule with `- id:`")
    return [_body(each, body) for each, body in zip(node.value, values, strict=True)]


def _body(node: yaml.MappingNode, values: Mapping[str, Any]) -> _Body:
    lines = {str(key.value): key.start_mark.line + 1 for key, _ in node.value}
    return _Body(values, lines, node.start_mark.line + 1)


def _rule(rule_id: str, record_type: str, body: Mapping[str, Any]) -> Rule:
    return Rule(
        rule_id=rule_id,
        record_type=record_type,
        tier=body["tier"],
        severity=body["severity"],
        fields=tuple(body["fields"]),
        title_zh=body["title"]["zh"],
        title_en=body["title"]["en"],
        message_zh=body["message"]["zh"],
        message_en=body["message"]["en"],
        remedy_zh=body["remedy"]["zh"],
        remedy_en=body["remedy"]["en"],
        basis=body["basis"],
        confidence=body["confidence"],
        version=body.get("version", 1),
        valid_from=body.get("valid_from"),
        valid_to=body.get("valid_to"),
        expectation=body.get("expectation"),
        arguments=body.get("arguments", {}),
        select=body.get("select"),
        parent=body.get("parent"),
        told=body.get("told", "row"),
    )


def _mistakes(rule_id: str, record_type: str, body: Mapping[str, Any]) -> Iterator[_Told]:
    if not _ID.match(rule_id):
        yield "id", "is no rule id", "write it like POL-014"
    for key in sorted(NEEDED - set(body)):
        yield key, "is missing", f"add {key}"
    for key in sorted(map(str, set(body) - ALLOWED)):
        yield key, "unknown key", ", ".join(sorted(ALLOWED))
    for key, allowed in _CHOICES.items():
        if key in body and body[key] not in allowed:
            yield key, f"{body[key]!r} is not known", " | ".join(allowed)
    yield from _misshapen(body)
    yield from _misplaced(body)
    yield from _unknown_fields(record_type, body.get("fields"))


def _misshapen(body: Mapping[str, Any]) -> Iterator[_Told]:
    for key in _TEXTS:
        if key in body and not (isinstance(body[key], str) and body[key].strip()):
            yield key, f"{body[key]!r} is no text", "write it in quotes"
    for key in _WORDS:
        if key in body and not _are_words(body[key]):
            yield key, "is not in both languages", 'write {zh: "...", en: "..."}'
    for key in ("valid_from", "valid_to"):
        if key in body and type(body[key]) is not dt.date:
            yield key, f"{body[key]!r} is no date", "YYYY-MM-DD"
    if type(body.get("version", 1)) is not int:
        yield "version", f"{body['version']!r} is no number", "write a whole number"
    if not isinstance(body.get("arguments", {}), dict):
        yield "arguments", "is no mapping", "write {column: ...}"


def _strange_slots(rule: Rule) -> Iterator[_Told]:
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


def _are_words(value: object) -> bool:
    return isinstance(value, dict) and set(value) == {"zh", "en"} and all(isinstance(v, str) for v in value.values())


def _misplaced(body: Mapping[str, Any]) -> Iterator[_Told]:
    """What does not belong to the rule's tier."""
    tier = body.get("tier")
    if "expectation" in body and "select" in body:
        yield "select", "stands beside an expectation", "keep one of them"
    if tier is not None and (tier == "record") != ("expectation" in body):
        yield "expectation", "belongs to tier record, and only there", None
    if "told" in body and (tier, body.get("severity"), body["told"]) != ("field", "warning", "column"):
        yield "told", "is column for warnings of tier field, and nothing else", None
    if tier is not None and (tier == "orphan") != ("parent" in body):
        yield "parent", "belongs to tier orphan, and only there", None


def _unknown_fields(record_type: str, fields: object) -> Iterator[_Told]:
    if fields is None:
        return
    if not isinstance(fields, list) or not all(isinstance(name, str) for name in fields):
        yield "fields", f"{fields!r} is no list of fields", "write [a, b]"
    elif record_type != "*":
        known = {field.name for field in load_contract(record_type).fields}
        for name in sorted(set(fields) - known):
            yield "fields", f"{name} is no field of {record_type}", ", ".join(sorted(known))
