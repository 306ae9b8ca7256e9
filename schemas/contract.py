"""Data contracts: what one record of each type consists of.

A contract is an Open Data Contract Standard v3.1 document, ``schemas/<record_type>.odcs.yaml``.
Columns, field rules, templates and JSON Schema are derived from it and from nothing else.
"""

from __future__ import annotations

import functools
import pathlib
from collections.abc import Callable
from typing import Any, get_args

import yaml
from open_data_contract_standard.model import OpenDataContractStandard, SchemaObject, SchemaProperty
from pydantic import ValidationError

from schemas.contract_checks import faults
from schemas.contract_model import (
    ENVELOPE,
    SQL_TYPES,
    WITHDRAWAL,
    Condition,
    Contract,
    Family,
    Field,
    Kind,
    Milestone,
    ValidTime,
)
from schemas.errors import DefinitionError

__all__ = [
    "ENVELOPE",
    "FOLDER",
    "INSURER_RECORD_TYPES",
    "OCCASIONAL_RECORD_TYPES",
    "RECORD_TYPES",
    "REGISTER_RECORD_TYPES",
    "SENDABLE_RECORD_TYPES",
    "SQL_TYPES",
    "WITHDRAWAL",
    "Condition",
    "Contract",
    "Family",
    "Field",
    "Kind",
    "Milestone",
    "ValidTime",
    "load_contract",
    "load_contracts",
    "read_contract",
]

FOLDER = pathlib.Path(__file__).parent


@functools.cache
def load_contracts() -> dict[str, Contract]:
    """All contracts by record type, in the order of their ``loadOrder``."""
    found = sorted(map(read_contract, FOLDER.glob("*.odcs.yaml")), key=lambda c: (c.load_order, c.record_type))
    return {contract.record_type: contract for contract in found}


def load_contract(record_type: str) -> Contract:
    """The contract of one record type. Raises DefinitionError for a name that is no record type."""
    contracts = load_contracts()
    if record_type not in contracts:
        raise DefinitionError("schemas", record_type, f"no such record type; one of {', '.join(contracts)}")
    return contracts[record_type]


def read_contract(path: pathlib.Path) -> Contract:
    """The contract of one ODCS document. Raises DefinitionError naming file, line, key and the fix."""
    try:
        document = OpenDataContractStandard.model_validate(yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader))
    except ValidationError as error:
        first = error.errors()[0]
        raise DefinitionError(path.name, ".".join(map(str, first["loc"])), first["msg"], fix="see ODCS v3.1") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise DefinitionError(path.name, "document", str(error.problem), line, "write valid YAML") from error
    if not document.schema_ or len(document.schema_) != 1:
        raise DefinitionError(path.name, "schema", "a contract describes exactly one table", fix="split the document")
    if path.name != f"{document.schema_[0].name}.odcs.yaml":
        problem = f"names {document.schema_[0].name}"
        raise DefinitionError(path.name, "schema[0].name", problem, fix="file and table must agree")
    contract = _contract(path, document, document.schema_[0])
    for key, problem, fix in faults(contract):
        raise DefinitionError(path.name, key, problem, _line(path, key), fix)
    return contract


def _contract(path: pathlib.Path, document: OpenDataContractStandard, table: SchemaObject) -> Contract:
    custom: dict[str, Any] = {str(p.property): p.value for p in table.customProperties or []}
    record_type = str(table.name)
    return Contract(
        record_type=record_type,
        business_name=str(table.businessName),
        version=str(document.version),
        family=custom.get("family"),  # type: ignore[arg-type]  # checked by faults
        load_order=custom.get("loadOrder", 0),
        is_register=custom.get("fedBy") == "regulator",
        is_occasional=bool(custom.get("isOccasional")),
        grain=str(table.dataGranularityDescription),
        fields=tuple(_field(path, p) for p in table.properties or []),
        milestones=tuple(
            Milestone(
                name=str(sla.id).removeprefix(f"{record_type}_"),
                field=str(sla.element).removeprefix(f"{record_type}."),
                business_name=str(sla.description),
                working_days=int(sla.value or 0),
            )
            for sla in document.slaProperties or []
            if sla.property == "timeliness"
        ),
        declared_valid_time=_valid_time(custom.get("validTime")),
        subject=tuple(custom.get("subject", ())),
    )


def _valid_time(value: dict[str, Any] | None) -> ValidTime | None:
    if value is None:
        return None
    return ValidTime(tuple(value.get("from", ())), value.get("through"), value.get("before"))


def _line(path: pathlib.Path, key: str) -> int | None:
    """The line on which the field of ``key`` begins, if it is a field's."""
    begins = f"- name: {key.partition('.')[0]}"
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, start=1) if line.strip() == begins), None)


def _field(path: pathlib.Path, p: SchemaProperty) -> Field:
    custom: dict[str, Any] = {str(c.property): c.value for c in p.customProperties or []}
    options = p.logicalTypeOptions or {}
    kind: Any = custom.get("kind")
    if kind not in get_args(Kind):
        raise DefinitionError(path.name, f"{p.name}.kind", f"{kind!r} is no kind", _line(path, str(p.name)), _KINDS)
    if not p.businessName:
        fix = "give the Chinese name of the field"
        raise DefinitionError(path.name, f"{p.name}.businessName", "is missing", _line(path, str(p.name)), fix)
    if SQL_TYPES[kind] != p.physicalType:
        problem = f"{p.physicalType} does not follow from kind {kind}"
        raise DefinitionError(path.name, f"{p.name}.physicalType", problem, _line(path, str(p.name)), SQL_TYPES[kind])
    return Field(
        name=str(p.name),
        business_name=p.businessName,
        kind=kind,
        description=p.description or "",
        is_required=bool(p.required),
        required_when=_condition(custom.get("requiredWhen")),
        key_position=p.primaryKeyPosition,
        code_list=custom.get("codeList"),
        references=_reference(p),
        max_length=options.get("maxLength"),
        pattern=options.get("pattern"),
        minimum=options.get("minimum"),
        maximum=options.get("maximum"),
        is_signed=bool(custom.get("signed")),
        semantic_type=p.semanticType,  # type: ignore[arg-type]  # checked by faults
        classification=p.classification,  # type: ignore[arg-type]  # checked by faults
        condition_text=custom.get("conditionText"),
    )


_KINDS = " | ".join(get_args(Kind))


def _condition(value: dict[str, Any] | None) -> Condition | None:
    if value is None:
        return None
    parts = value.get("any", [value])
    return Condition(tuple((part["field"], tuple(part["in"])) for part in parts))


def _reference(p: SchemaProperty) -> tuple[str, str] | None:
    if not p.relationships:
        return None
    record_type, _, field = str(p.relationships[0].to).partition(".")
    return record_type, field


def _names(family: Callable[[Contract], bool]) -> tuple[str, ...]:
    return tuple(name for name, contract in load_contracts().items() if family(contract))


#: All record types in the order in which a night loads them: parents before children, registers last.
RECORD_TYPES = _names(lambda _: True)
#: What an insurer sends every night, so that a whole delivery loads without orphans.
INSURER_RECORD_TYPES = _names(lambda c: not c.is_register and not c.is_occasional)
REGISTER_RECORD_TYPES = _names(lambda c: c.is_register)
#: Sent by an insurer only when something happened; no night expects them, and no indicator reads them.
OCCASIONAL_RECORD_TYPES = _names(lambda c: c.is_occasional)
#: All that an insurer may send.
SENDABLE_RECORD_TYPES = _names(lambda c: not c.is_register)
