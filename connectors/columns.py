"""Source columns of one record type: named after the contract, with what the definition says differently."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Literal, get_args

from connectors.building import build, texts_by_key
from connectors.model import ColumnSource, RecordMapping
from connectors.yaml_tree import Leaf, Section, as_text, nearest
from schemas.code_lists import load_code_list
from schemas.contract import Contract, Field, Kind, load_contracts


@dataclass(frozen=True)
class ColumnRules:
    """What holds for every record type of a definition: ``naming``, defaults by field kind, lookups, ignored columns."""

    name_of: Callable[[Field], str]
    by_kind: dict[str, ColumnSource]
    lookups: dict[str, dict[str, str]]
    ignored: dict[str, str]


def _camel(field: Field) -> str:
    first, *rest = field.name.split("_")
    return first + "".join(word.capitalize() for word in rest)


NAMING: dict[str, Callable[[Field], str]] = {
    "snake": lambda field: field.name,
    "camel": _camel,
    "business_name": lambda field: field.business_name,
}


def read_rules(definition: Section) -> ColumnRules:
    """The rules of a whole definition. Raises DefinitionError for an unknown naming, kind or lookup."""
    naming = definition.text("naming")
    if naming not in NAMING:
        raise definition.entries["naming"].place.error(f"{naming!r} is no naming", nearest(naming, NAMING))
    lookups = definition.section("lookups")
    named = {name: texts_by_key(lookups.section(name)) for name in lookups}
    kinds = definition.section("kinds")
    kinds.refuse_unknown(get_args(Kind), "field kind")
    by_kind = {kind: _of_kind(kind, kinds.section(kind), named) for kind in kinds}
    return ColumnRules(NAMING[naming], by_kind, named, texts_by_key(definition.section("ignored")))


def read_mapping(contract: Contract, record: Section, rules: ColumnRules) -> RecordMapping:
    """The mapping of one record type. Raises DefinitionError for an unknown field or a column with two meanings."""
    record.refuse_unknown({"path", "columns", "ignored", "replaces"})
    given = record.section("columns")
    given.refuse_unknown(contract.by_name, f"field of {contract.record_type}")
    columns = {field.name: _column(field, given, rules) for field in contract.fields}
    ignored = rules.ignored | texts_by_key(record.section("ignored"))
    _refuse_double_use(contract, columns, ignored, record)
    path = record.text("path", "")
    return RecordMapping(contract.record_type, path, columns, ignored, replaces=_replaces(record))


def _replaces(record: Section) -> Literal["all"] | None:
    if "replaces" not in record:
        return None
    if record.text("replaces") != "all":
        problem = f"{record.text('replaces')!r} is not allowed: a definition knows full snapshots only"
        raise record.entries["replaces"].place.error(problem, "write replaces: all, or remove it")
    return "all"


def _of_kind(kind: str, entry: Section, lookups: dict[str, dict[str, str]]) -> ColumnSource:
    column = _spoken(entry, "", lookups)
    sample = next(f for c in load_contracts().values() for f in c.fields if f.kind == kind)
    _refuse_misfit(sample, column, entry)
    return column


def _column(field: Field, given: Section, rules: ColumnRules) -> ColumnSource:
    derived = replace(rules.by_kind.get(field.kind, ColumnSource(None)), source=rules.name_of(field))
    if field.name not in given:
        return derived
    entry = given.entries[field.name]
    if isinstance(entry, Leaf):
        return replace(derived, source=as_text(entry))
    spoken = _spoken(entry, rules.name_of(field), rules.lookups)
    _refuse_misfit(field, spoken, entry)
    return spoken if spoken.constant is not None else _laid_over(derived, spoken)


def _refuse_misfit(field: Field, column: ColumnSource, entry: Section) -> None:
    """Raise DefinitionError for a unit, form or lookup that the field's kind cannot have."""
    if column.unit and field.kind not in ("amount", "ratio", "decimal"):
        raise entry.place.error(f"a {field.kind} has no unit", "remove unit")
    if column.format and (field.kind not in _FORMS or not _FORMS[field.kind](column.format)):
        raise entry.place.error(f"{column.format!r} is no form of a {field.kind}", 'write such as "%Y-%m-%d %H:%M:%S"')
    allowed = _lookup_values(field)
    for value in (column.lookup or {}).values():
        if allowed and value not in allowed:
            raise entry.place.error(f"lookup leads to {value!r}", nearest(value, allowed))
    if column.constant is not None and field.kind in _CONSTANTS and not _is_of(field.kind, column.constant):
        raise entry.place.error(f"{column.constant!r} is no {field.kind}", "write it as the contract does")
    if allowed and column.constant is not None and column.constant not in allowed:
        raise entry.place.error(f"{column.constant!r} is no code of {field.name}", nearest(column.constant, allowed))


def _is_of(kind: str, text: str) -> bool:
    try:
        _CONSTANTS[kind](text)
    except (ValueError, InvalidOperation):
        return False
    return True


def _lookup_values(field: Field) -> frozenset[str]:
    if field.kind == "boolean":
        return frozenset({"true", "false"})
    return frozenset(e.code for e in load_code_list(field.code_list).entries) if field.code_list else frozenset()


_CONSTANTS: dict[str, Callable[[str], object]] = {
    "date": dt.date.fromisoformat,
    "timestamp": dt.datetime.fromisoformat,
    "count": int,
    **dict.fromkeys(("amount", "ratio", "decimal"), Decimal),
}


def _holds(wanted: str) -> Callable[[str], bool]:
    """Whether a strptime form has the ``wanted`` parts and no unknown ones."""
    return lambda form: form in _EPOCHS or set(wanted) <= set(_DIRECTIVE.findall(form)) <= set("YmdHMSfz")


_DIRECTIVE = re.compile(r"%(.)")
_EPOCHS = frozenset({"epoch_seconds", "epoch_millis"})
_FORMS: dict[str, Callable[[str], bool]] = {"date": _holds("Ymd"), "timestamp": _holds("YmdH")}


def _laid_over(below: ColumnSource, above: ColumnSource) -> ColumnSource:
    return ColumnSource(
        source=above.source or below.source,
        unit=above.unit or below.unit,
        format=above.format or below.format,
        lookup=above.lookup or below.lookup,
    )


def _spoken(entry: Leaf | Section, source: str, lookups: dict[str, dict[str, str]]) -> ColumnSource:
    """A column entry as written; ``lookup`` may name one of ``lookups`` or hold its own pairs."""
    if isinstance(entry, Leaf):
        raise entry.place.error("a mapping is wanted", 'write {format: "%Y%m%d"} or {unit: 分}')
    if "constant" in entry.entries and len(entry.entries) > 1:
        raise entry.place.error("a constant has nothing beside it", "keep constant, or source and what converts it")
    body = Section(entry.place, {"source": Leaf(source or "-", entry.place), **entry.entries})
    lookup = entry.entries.get("lookup")
    if isinstance(lookup, Leaf):
        del body.entries["lookup"]
        return replace(_built(body), lookup=_named(lookup, lookups))
    return _built(body)


def _built(body: Section) -> ColumnSource:
    column = build(ColumnSource, body)
    return replace(column, source=None) if column.constant is not None else column


def _named(entry: Leaf, lookups: dict[str, dict[str, str]]) -> dict[str, str]:
    name = as_text(entry)
    if name not in lookups:
        raise entry.place.error(f"no lookup is called {name!r}", nearest(name, lookups) if lookups else "add lookups:")
    return lookups[name]


def _refuse_double_use(
    contract: Contract, columns: dict[str, ColumnSource], ignored: dict[str, str], record: Section
) -> None:
    used: dict[str, str] = {}
    given = record.section("columns").entries
    for name, column in columns.items():
        if column.source is None:
            continue
        place = given[name].place if name in given else record.place
        if column.source in used:
            problem = f"column {column.source!r} of {contract.record_type} would fill {used[column.source]} and {name}"
            raise place.error(problem, f"name another source for {name} below columns:")
        if column.source in ignored:
            raise place.error(f"column {column.source!r} is mapped to {name} and ignored", "keep one of them")
        used[column.source] = name
