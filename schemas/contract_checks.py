"""What a contract must keep beyond the standard's own schema; the first breach stops it from loading."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.code_lists import load_code_lists
from schemas.contract_model import Contract, Field

FAMILIES = ("policy", "claim", "service", "register")
CLASSIFICATIONS = ("public", "business", "personal", "sensitive")
SEMANTIC_TYPES = (None, "credit_code", "region_code")

#: (key, problem, fix)
Fault = tuple[str, str, str]


def faults(contract: Contract) -> Iterator[Fault]:
    """Breaches of one contract, field by field in its order."""
    if contract.family not in FAMILIES:
        yield "family", f"{contract.family!r} is no family", " | ".join(FAMILIES)
    if not isinstance(contract.load_order, int) or contract.load_order < 1:
        yield (
            "loadOrder",
            f"{contract.load_order!r} is no place in the order",
            "a whole number, parents before children",
        )
    if not contract.key:
        yield "primaryKey", "no field is part of the key", "set primaryKey and primaryKeyPosition"
    yield from _repeated(contract)
    for field in contract.fields:
        yield from _field_faults(contract, field)
    for milestone in contract.milestones:
        if milestone.field not in contract.by_name or milestone.working_days < 1:
            yield f"slaProperties.{milestone.name}", "names no field, or no working days", "give element and value"
    yield from _valid_time_faults(contract)
    for name in contract.subject:
        if name not in contract.by_name:
            yield "subject", f"{name!r} is no field", "name fields of this record"


def _valid_time_faults(contract: Contract) -> Iterator[Fault]:
    for name in contract.valid_time.fields:
        field = contract.by_name.get(name)
        if field is None or field.kind not in ("date", "timestamp"):
            yield (
                "validTime",
                f"{name!r} is no date or timestamp field",
                "from: [fields], through: field, before: field",
            )


def _repeated(contract: Contract) -> Iterator[Fault]:
    seen: set[str] = set()
    for field in contract.fields:
        for text in (field.name, field.business_name):
            if text in seen:
                yield f"{field.name}.businessName", f"{text!r} stands twice", "a header names one field only"
            seen.add(text)


def _field_faults(contract: Contract, field: Field) -> Iterator[Fault]:
    name = field.name
    if field.classification not in CLASSIFICATIONS:
        yield f"{name}.classification", f"{field.classification!r} is unknown", " | ".join(CLASSIFICATIONS)
    if field.semantic_type not in SEMANTIC_TYPES:
        yield (
            f"{name}.semanticType",
            f"{field.semantic_type!r} is unknown",
            "credit_code | region_code, or leave it out",
        )
    if (field.kind == "code") != (field.code_list is not None):
        yield f"{name}.codeList", "kind code and a code list go together", "give both or neither"
    if field.code_list and field.code_list not in load_code_lists():
        yield f"{name}.codeList", f"no code list {field.code_list}", "add it to schemas/code_lists, or correct the name"
    for asked, values in field.required_when.alternatives if field.required_when else ():
        yield from _condition_faults(contract, name, asked, values)


def _condition_faults(contract: Contract, name: str, asked: str, values: tuple[str, ...]) -> Iterator[Fault]:
    key = f"{name}.requiredWhen"
    if asked not in contract.by_name:
        yield key, f"{contract.record_type} has no field {asked}", "name a field of the same record"
        return
    code_list = contract.by_name[asked].code_list
    if code_list is None:
        known = {"true", "false"}
    elif code_list in load_code_lists():
        known = {entry.code for entry in load_code_lists()[code_list].entries}
    else:
        return  # reported at that field
    if unknown := [value for value in values if value not in known]:
        yield key, f"{unknown[0]!r} is no value of {asked}", f"one of {', '.join(sorted(known))}, quoted"
