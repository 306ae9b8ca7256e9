"""What the parts of a contract must keep beside each other, each right by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from schemas.code_lists import shipped_code_lists
from schemas.contract_model import Contract, Field
from schemas.mistakes import nearest
from schemas.yaml_text import At

Mistake = tuple[At, str, str]
"""(place in the file, problem, fix)."""
_TABLE: At = ("schema", 0)
NAME, A_NAME = r"[a-z][a-z0-9_]{1,40}", "2 to 41 lower-case letters, digits, _; a letter first"
#: What PostgreSQL lets nobody call a column or a table without quotes.
_RESERVED = {
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization", "between",
    "binary", "both", "case", "cast", "check", "collate", "collation", "column", "concurrently", "constraint",
    "create", "cross", "current_catalog", "current_date", "current_role", "current_schema", "current_time",
    "current_timestamp", "current_user", "default", "deferrable", "desc", "distinct", "do", "else", "end", "except",
    "false", "fetch", "for", "foreign", "freeze", "from", "full", "grant", "group", "having", "ilike", "in",
    "initially", "inner", "intersect", "into", "is", "isnull", "join", "lateral", "leading", "left", "like", "limit",
    "localtime", "localtimestamp", "natural", "not", "notnull", "null", "offset", "on", "only", "or", "order",
    "outer", "overlaps", "placing", "primary", "references", "returning", "right", "select", "session_user",
    "similar", "some", "symmetric", "system_user", "table", "tablesample", "then", "to", "trailing", "true", "union",
    "unique", "user", "using", "variadic", "verbose", "when", "where", "window", "with",
}  # fmt: skip
#: What the hub adds to every version; a field of that name would be a second one.
HUB_FIELDS = (
    "version_id", "insurer_id", "batch_id", "row_no", "content_hash", "origin_batch_id", "origin_row_no", "recorded_at",
    "superseded_at", "first_received_at", "deadline_on", "timeliness", "is_withdrawn",
)  # fmt: skip


def mistakes_of(contract: Contract) -> Iterator[Mistake]:
    """What does not go together in one contract."""
    if not contract.key:
        yield (*_TABLE, "properties"), "no field is part of the key", "set primaryKey and primaryKeyPosition"
    yield from _unusable(contract.record_type, (*_TABLE, "name"))
    seen: set[str] = set()
    for number, field in enumerate(contract.fields):
        at = (*_TABLE, "properties", number)
        yield from _unusable(field.name, (*at, "name"))
        yield from _repeated(field, at, seen)
        yield from _condition(contract, field, (*at, "customProperties", "requiredWhen"))
    for number, milestone in enumerate(contract.milestones):
        if milestone.field not in contract.by_name:
            fix = nearest(milestone.field, contract.by_name)
            yield ("slaProperties", number, "element"), f"{milestone.field!r} is no field", fix
    yield from _named(contract)


def _unusable(name: str, at: At) -> Iterator[Mistake]:
    """Why nothing in the database can be called so."""
    if not re.fullmatch(NAME, name):
        yield at, f"{name!r} is no name", A_NAME
    elif name in _RESERVED:
        yield at, f"{name} is a word of SQL", f"choose another name, like {name}_no"
    elif name in HUB_FIELDS:
        yield at, f"{name} is a column that the hub adds", f"choose another name, like sent_{name}"


def _named(contract: Contract) -> Iterator[Mistake]:
    at = (*_TABLE, "customProperties")
    for name in contract.declared_valid_time.fields if contract.declared_valid_time else ():
        field = contract.by_name.get(name)
        if field is None or field.kind not in ("date", "timestamp"):
            fix = "from: [fields], through: field, before: field"
            yield (*at, "validTime"), f"{name!r} is no date or timestamp field", fix
    for name in contract.subject:
        if name not in contract.by_name:
            yield (*at, "subject"), f"{name!r} is no field", nearest(name, contract.by_name)


def _repeated(field: Field, at: At, seen: set[str]) -> Iterator[Mistake]:
    for key, text in (("name", field.name), ("businessName", field.business_name)):
        if text in seen:
            yield (*at, key), f"{text!r} stands twice", "a header names one field only"
        seen.add(text)


def _condition(contract: Contract, field: Field, at: At) -> Iterator[Mistake]:
    for name, values in field.required_when.alternatives if field.required_when else ():
        asked = contract.by_name.get(name)
        if asked is None:
            yield at, f"{contract.record_type} has no field {name}", nearest(name, contract.by_name)
            continue
        known = (
            {e.code for e in shipped_code_lists()[asked.code_list].entries} if asked.code_list else {"true", "false"}
        )
        for value in filter(lambda value: value not in known, values):
            yield at, f"{value!r} is no value of {name}", f"one of {', '.join(sorted(known))}, quoted"
