"""A first look at a source: its columns as they arrive, personal content hidden, and which field each may be."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from connectors.model import RecordMapping
from schemas.contract import Contract, Field

ALIKE = 0.72
"""From here on two names are proposed as one: a first draft that a person reads before it is used, so no rule."""
EXAMPLE_LENGTH = 24
#: Endings that systems use for ours.
_SYNONYMS = {
    "no": ("number", "num", "code", "id", "sn"), "date": ("time", "day", "dt"), "at": ("time", "date"), "amount": ("amt", "fee", "money", "sum", "prem"),
    "count": ("num", "cnt", "qty"), "code": ("type", "kind", "flag"), "policy": ("ply", "pol"), "insured": ("insrnt", "insrd"),
    "holder": ("applicant", "appnt"), "premium": ("prem",), "endorsement": ("edr", "endor"), "claim": ("clm",),
    "start": ("begin", "bgn", "effective"), "end": ("expire", "expiry"), "updated": ("modified", "changed", "update", "modify"),
}  # fmt: skip
_MEANINGS = {spelling: word for word, spellings in _SYNONYMS.items() for spelling in spellings}
_PERSONAL = re.compile(r"(?<!\d)(\d{17}[\dXx]|\d{15}|1[3-9]\d{9})(?!\d)")
"""Identity and mobile numbers, which may stand in any column."""
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[\u4e00-\u9fff]+")


@dataclass(frozen=True)
class Column:
    """One source column: how often it has content, of which kinds, an example, and the field that it fills or may fill."""

    name: str
    filled: int
    kinds: tuple[str, ...]
    example: str
    field: str | None
    proposed: str | None


@dataclass(frozen=True)
class Look:
    """What a sample of one record type shows; ``missing`` are required fields without a column in it."""

    record_type: str
    rows: int
    columns: tuple[Column, ...]
    missing: tuple[str, ...]

    @property
    def proposal(self) -> tuple[str, ...]:
        """Lines for ``columns:``, in YAML."""
        return tuple(f"{column.proposed}: {column.name}" for column in self.columns if column.proposed)


def look(rows: Sequence[Mapping[str, str | None]], record: RecordMapping, contract: Contract) -> Look:
    """Columns of a sample beside the mapping; fields that no column fills are proposed for columns that fill none."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    owners = {column.source: field for field, column in record.columns.items() if column.source}
    vacant = [f for f in contract.fields if record.columns[f.name].constant is None and _source(record, f) not in names]
    free = [name for name in names if name not in owners and not _is_ignored(name, record)]
    proposed = _matched(free, vacant)
    columns = []
    for name in names:
        values = [value for row in rows if (value := row.get(name)) is not None]
        field = contract.by_name[owners[name]] if name in owners else None
        kinds = tuple(sorted({_kind(value) for value in values}))
        example = _example(values, is_shown=field is not None and not field.is_hidden)
        columns.append(Column(name, len(values), kinds, example, owners.get(name), proposed.get(name)))
    found = set(proposed.values())
    missing = tuple(f"{f.name} ({f.business_name})" for f in vacant if f.is_required and f.name not in found)
    return Look(contract.record_type, len(rows), tuple(columns), missing)


def _source(record: RecordMapping, field: Field) -> str | None:
    return record.columns[field.name].source


def _is_ignored(name: str, record: RecordMapping) -> bool:
    parts = name.split(".")
    return any(".".join(parts[:i]) in record.ignored for i in range(1, len(parts) + 1))


def _matched(names: Iterable[str], fields: Iterable[Field]) -> dict[str, str]:
    """Column -> field, best pairs first, each once."""
    pairs = sorted(((_likeness(name, field), name, field.name) for name in names for field in fields), reverse=True)
    found: dict[str, str] = {}
    for likeness, name, field in pairs:
        if likeness >= ALIKE and name not in found and field not in found.values():
            found[name] = field
    return found


def _likeness(name: str, field: Field) -> float:
    """How much a column's name is like a field's, canonical or Chinese; 1 = the same."""
    last = name.rsplit(".", 1)[-1]
    texts = ((_folded(last), _folded(field.name)), (_folded(name), _folded(field.name)), (last, field.business_name))
    return max(difflib.SequenceMatcher(None, *pair, autojunk=False).ratio() for pair in texts)


def _folded(name: str) -> str:
    """A name as its words in lower case, abbreviations written out."""
    words = (word.lower() for word in _WORD.findall(name))
    return "_".join(_MEANINGS.get(word, word) for word in words)


def _kind(value: str) -> str:
    if value in ("true", "false"):
        return "boolean"
    if re.fullmatch(r"-?\d+(\.\d+)?", value):
        return "number"
    return "date or time" if re.match(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}", value) else "text"


def _example(values: Sequence[str], *, is_shown: bool) -> str:
    """The first value, cut; only its shape where it may be personal or nobody knows what it is."""
    if not values:
        return ""
    text = values[0][:EXAMPLE_LENGTH] + ("…" if len(values[0]) > EXAMPLE_LENGTH else "")
    return text if is_shown and not _PERSONAL.search(text) else shape(text)


def shape(text: str) -> str:
    """A text without its content: 9 for digits, A for letters, 文 for every other letter."""
    classes = ((str.isdigit, "9"), (lambda c: c.isascii() and c.isalpha(), "A"), (str.isalpha, "文"))
    return "".join(next((mark for is_of, mark in classes if is_of(c)), c) for c in text)
