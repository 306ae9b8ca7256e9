"""What a contract says once it is read: record types, their fields, keys, milestones and valid time."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "text", "identifier", "code", "date", "timestamp", "amount", "decimal",
    "ratio", "count", "boolean", "list", "hash",
]  # fmt: skip
Family = Literal["policy", "claim", "service", "register"]
Classification = Literal["public", "business", "personal", "sensitive"]
SemanticType = Literal["credit_code", "region_code"]

SQL_TYPES: dict[str, str] = {
    "text": "text",
    "identifier": "text",
    "code": "text",
    "list": "text",
    "hash": "text",
    "date": "date",
    "timestamp": "timestamptz",
    "amount": "numeric(18,2)",
    "decimal": "numeric(18,6)",
    "ratio": "numeric(9,6)",
    "count": "integer",
    "boolean": "boolean",
}

#: Fields that every insurer-fed record carries before its own (domain: public envelope).
ENVELOPE = (
    "insurer_code", "branch_code", "source_record_no", "operation_code", "source_updated_at", "correction_reason_text",
)  # fmt: skip

#: The operation code of a record that its sender takes back.
WITHDRAWAL = "D"


@dataclass(frozen=True)
class Condition:
    """True when any of ``alternatives`` holds; each is (field name, accepted canonical texts)."""

    alternatives: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Field:
    """One column of a record, with the checks that stand in the contract."""

    name: str
    business_name: str
    kind: Kind
    description: str
    is_required: bool
    required_when: Condition | None
    key_position: int | None
    code_list: str | None
    references: tuple[str, str] | None
    """(record type, field) that the value points at."""
    max_length: int | None
    pattern: str | None
    minimum: int | None
    maximum: int | None
    is_signed: bool
    semantic_type: SemanticType | None
    classification: Classification
    condition_text: str | None = None
    """Chinese: when the field is needed, where ``required_when`` cannot say it; nothing checks it."""

    @property
    def sql_type(self) -> str:
        return SQL_TYPES[self.kind]

    @property
    def is_hidden(self) -> bool:
        """Whether its values may not be shown: personal or sensitive."""
        return self.classification in ("personal", "sensitive")


@dataclass(frozen=True)
class Milestone:
    """A business event that starts the five-working-day clock (rule R32)."""

    name: str
    field: str
    business_name: str
    working_days: int


@dataclass(frozen=True)
class ValidTime:
    """The days for which a record speaks, by its own fields; ``starts`` empty = every day.

    From the earliest of ``starts`` through ``through`` and to the day before ``before``, whichever comes first; a field
    without value sets no end, and a record without any start speaks of no day. A moment counts by its Shanghai date.
    """

    starts: tuple[str, ...] = ()
    through: str | None = None
    before: str | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """All fields that it names."""
        return (*self.starts, *(name for name in (self.through, self.before) if name))


@dataclass(frozen=True)
class Contract:
    """One record type: fields in their order, natural key, milestones (the first is the main one)."""

    record_type: str
    business_name: str
    version: str
    family: Family
    load_order: int
    """Place in a night's order of loading: parents before children."""
    is_register: bool
    is_occasional: bool
    """Sent only when something happened: no night expects it."""
    grain: str
    fields: tuple[Field, ...]
    milestones: tuple[Milestone, ...]
    declared_valid_time: ValidTime | None = None
    subject: tuple[str, ...] = ()
    """Fields that say whom or what the record is about: one number with another subject is another record."""

    @property
    def valid_time(self) -> ValidTime:
        """The days for which a record speaks: as declared, else from its main event on, else every day."""
        if self.declared_valid_time is not None:
            return self.declared_valid_time
        return ValidTime(tuple(milestone.field for milestone in self.milestones[:1]))

    @functools.cached_property
    def by_name(self) -> dict[str, Field]:
        return {field.name: field for field in self.fields}

    @functools.cached_property
    def key(self) -> tuple[str, ...]:
        """Natural key within one sender: the primary key without ``insurer_code`` of an insurer-fed type."""
        keyed = sorted((f.key_position, f.name) for f in self.fields if f.key_position is not None)
        names = tuple(name for _, name in keyed)
        return names if self.is_register else tuple(n for n in names if n != "insurer_code")

    @functools.cached_property
    def content(self) -> tuple[str, ...]:
        """What a record says, apart from its number and from the sender's bookkeeping about the message."""
        bookkeeping = {*self.key, *ENVELOPE} - {"branch_code"}
        return tuple(field.name for field in self.fields if field.name not in bookkeeping)

    @functools.cached_property
    def withdrawal_fields(self) -> frozenset[str]:
        """Names of the fields that are asked of withdrawals too: key and envelope."""
        return frozenset((*self.key, *ENVELOPE))
