"""Data contracts: what one record of each type consists of.

A contract is an Open Data Contract Standard v3.1 document, ``schemas/<record_type>.odcs.yaml``.
Columns, field rules, templates and JSON Schema are derived from it and from nothing else.
"""

from __future__ import annotations

import functools
import pathlib
from collections.abc import Callable

from schemas.contract_checks import mistakes_of
from schemas.contract_file import ContractFile, FieldEntry, RequiredWhen
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
from schemas.mistakes import Mistakes
from schemas.yaml_files import read_yaml

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
    """The contract of one ODCS document. Raises DefinitionError with every mistake: file, line, key and fix."""
    document = read_yaml(path.name, path.read_bytes(), dict, names=("name", "id"), pair=("property", "value"))
    contract = _contract(document.part(ContractFile))
    if path.name != f"{contract.record_type}.odcs.yaml":
        at = ("schema", 0, "name")
        raise document.error(at, f"names {contract.record_type}", "file and table must agree")
    with Mistakes() as mistakes:
        for told in mistakes_of(contract):
            mistakes.add(document.error(*told))
    return contract


def _contract(said: ContractFile) -> Contract:
    table, extras = said.tables[0], said.tables[0].extras
    days = extras.valid_time
    return Contract(
        record_type=table.name,
        business_name=table.business_name,
        version=said.version,
        family=extras.family,
        load_order=extras.load_order,
        is_register=extras.fed_by == "regulator",
        is_occasional=extras.is_occasional,
        grain=table.data_granularity_description,
        fields=tuple(map(_field, table.properties)),
        milestones=tuple(
            Milestone(
                name=deadline.id.removeprefix(f"{table.name}_"),
                field=deadline.element.removeprefix(f"{table.name}."),
                business_name=deadline.description,
                working_days=deadline.value,
            )
            for deadline in said.sla_properties
        ),
        declared_valid_time=ValidTime(days.starts, days.through, days.before) if days else None,
        subject=extras.subject,
    )


def _field(said: FieldEntry) -> Field:
    extras, limits = said.extras, said.logical_type_options
    return Field(
        name=said.name,
        business_name=said.business_name,
        kind=extras.kind,
        description=said.description,
        is_required=said.required,
        required_when=_condition(extras.required_when) if extras.required_when else None,
        key_position=said.primary_key_position if said.primary_key else None,
        code_list=extras.code_list,
        references=_reference(said),
        max_length=limits.max_length,
        pattern=limits.pattern,
        minimum=limits.minimum,
        maximum=limits.maximum,
        is_signed=extras.signed,
        semantic_type=said.semantic_type,
        classification=said.classification,
        condition_text=extras.condition_text,
    )


def _condition(said: RequiredWhen) -> Condition:
    if said.field:
        return Condition(((said.field, said.values),))
    return Condition(tuple((each.field, each.values) for each in said.any))


def _reference(said: FieldEntry) -> tuple[str, str] | None:
    if not said.relationships:
        return None
    record_type, _, field = said.relationships[0].to.partition(".")
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
