"""A contract as its file says it: what the hub reads of the Open Data Contract Standard v3.1.

A key of the standard that nothing here reads is refused, so that nobody relies on what is not kept. Of
``customProperties`` each {property, value} is read as ``property: value``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator
from pydantic.alias_generators import to_camel

from schemas.code_lists import shipped_code_lists
from schemas.contract_model import SQL_TYPES, Classification, Family, Kind, SemanticType
from schemas.yaml_files import Entry, Listed, Text, Told, among, mistake


def _spelt_out(said: object) -> object:
    if isinstance(said, list):
        raise mistake(f"{said!r} is no mapping of properties", "write each as `- {property: NAME, value: ...}`")
    return said


_Extras = BeforeValidator(_spelt_out)


class _Part(Entry):
    """A part of the document; its keys are written like ``businessName``."""

    model_config = ConfigDict(alias_generator=to_camel)


class OneField(Entry):
    """A field and the canonical texts that it has when a condition holds."""

    field: Text
    values: Annotated[Listed[str], Field(validation_alias="in", min_length=1)]


class RequiredWhen(Entry):
    """When a field is needed: one field's values, or any of several."""

    field: Text | None = None
    values: Annotated[Listed[str], Field(validation_alias="in")] = ()
    any: Listed[OneField] = ()


def _complete(said: RequiredWhen) -> RequiredWhen:
    if bool(said.any) == bool(said.field) or bool(said.field) != bool(said.values):
        raise mistake("is no condition", "{field: ..., in: [...]} or {any: [{field: ..., in: [...]}, ...]}")
    return said


class FieldExtras(_Part):
    """What the hub says of a field besides the standard."""

    kind: Kind
    code_list: Annotated[Annotated[str, among(shipped_code_lists)] | None, Field(validate_default=True)] = None
    required_when: Annotated[RequiredWhen, AfterValidator(_complete)] | None = None
    signed: bool = False
    condition_text: Text | None = None

    @field_validator("code_list")
    @classmethod
    def _goes_with_kind(cls, name: str | None, said: ValidationInfo) -> str | None:
        if "kind" in said.data and (said.data["kind"] == "code") != (name is not None):
            raise mistake("kind code and a code list go together", "give both or neither")
        return name


class TextLimits(_Part):
    """Which values a field's type leaves."""

    max_length: int | None = None
    pattern: str | None = None
    minimum: int | None = None
    maximum: int | None = None


class Relationship(_Part):
    """The field of another record that a value points at, ``policy.policy_no``."""

    type: Literal["foreignKey"]
    to: Annotated[str, Field(pattern=r"^\w+\.\w+$")]


class FieldEntry(_Part):
    """One field of the record."""

    name: Text
    extras: Annotated[FieldExtras, _Extras, Field(validation_alias="customProperties")]
    business_name: Text
    logical_type: Text
    physical_type: Text
    logical_type_options: TextLimits = TextLimits()
    required: bool = False
    primary_key: bool = False
    primary_key_position: int | None = None
    semantic_type: SemanticType | None = None
    classification: Classification
    description: str = ""
    relationships: Listed[Relationship] = ()

    @field_validator("physical_type")
    @classmethod
    def _follows_from_kind(cls, name: str, said: ValidationInfo) -> str:
        extras = said.data.get("extras")
        if extras and name != SQL_TYPES[extras.kind]:
            raise mistake(f"{name} does not follow from kind {extras.kind}", SQL_TYPES[extras.kind])
        return name


class Days(Entry):
    """Fields that say for which days a record speaks."""

    starts: Annotated[Listed[str], Field(validation_alias="from")] = ()
    through: Text | None = None
    before: Text | None = None


class TableExtras(_Part):
    """What the hub says of a record type besides the standard."""

    family: Family
    fed_by: Literal["insurer", "regulator"]
    load_order: Annotated[int, Field(ge=1)]
    is_occasional: bool = False
    subject: Listed[str] = ()
    valid_time: Days | None = None


class TableEntry(_Part):
    """The record type."""

    name: Text
    physical_name: Text
    physical_type: Literal["table"]
    logical_type: Literal["object"]
    business_name: Text
    data_granularity_description: Text
    extras: Annotated[TableExtras, _Extras, Field(validation_alias="customProperties")]
    properties: Listed[FieldEntry]


class Deadline(_Part):
    """A milestone, and the working days from it to its receipt."""

    id: Text
    property: Literal["timeliness"]
    value: Annotated[int, Field(ge=1)]
    unit: Literal["working_day"]
    element: Text
    description: Text


class ContractFile(_Part):
    """The document."""

    api_version: Annotated[str, Field(pattern=r"^v3\.1\.")]
    kind: Literal["DataContract"]
    id: Text
    name: Text
    version: Text
    status: Text
    domain: Text
    data_product: Text
    description: dict[str, str]
    tables: Annotated[Listed[TableEntry], Field(validation_alias="schema")]
    sla_properties: Listed[Deadline] = ()

    def mistakes(self) -> Iterator[Told]:
        """It describes one table."""
        if len(self.tables) != 1:
            yield "schema", f"describes {len(self.tables)} tables", "split the document: one table each"
