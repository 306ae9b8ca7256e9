"""Source columns of one record type: named after the contract, with what the definition says differently."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Literal, get_args

from connectors.building import build, texts_by_key
from connectors.keys import RECORD_KEYS
from connectors.model import ColumnSource, RecordMapping
from connectors.yaml_tree import Leaf, Place, Section, as_text
from schemas.code_lists import load_code_list
from schemas.contract import Contract, Field, Kind, load_contracts
from schemas.mistakes import Mistakes, nearest


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
    "none": lambda _field: "",
}
"""How a source calls a field that ``columns`` does not name; none: it has no column."""


def read_rules(definition: Section, mistakes: Mistakes) -> ColumnRules:
    """The rules of a whole definition, as far as they can be read; an unknown naming, kind or lookup is a mistake."""
    attempt = mistakes.attempt
    lookups = attempt(definition.section, "lookups") or _NOTHING
    named = {name: attempt(_pairs, lookups, name) or {} for name in lookups}
    kinds = attempt(definition.section, "kinds") or _NOTHING
    attempt(kinds.refuse_unknown, get_args(Kind), "field kind")
    by_kind = {kind: attempt(_of_kind, kind, kinds, named) or ColumnSource(None) for kind in _known_kinds(kinds)}
    ignored = attempt(_pairs, definition, "ignored") or {}
    return ColumnRules(attempt(_naming, definition) or _unnamed, by_kind, named, ignored)


def read_mapping(contract: Contract, record: Section, rules: ColumnRules) -> RecordMapping:
    """The mapping of one record type. Raises DefinitionError for unknown fields and columns with two meanings."""
    with Mistakes() as mistakes:
        attempt = mistakes.attempt
        attempt(record.refuse_unknown, RECORD_KEYS)
        given = attempt(record.section, "columns") or _NOTHING
        attempt(given.refuse_unknown, contract.by_name, f"field of {contract.record_type}")
        columns = {field.name: attempt(_column, field, given, rules) or _MISTAKEN for field in contract.fields}
        ignored = rules.ignored | (attempt(_pairs, record, "ignored") or {})
        attempt(_refuse_double_use, contract, columns, ignored, record)
        params = attempt(_pairs, record, "params") or {}
        path, replaces = attempt(record.text, "path", ""), attempt(_replaces, record)
    return RecordMapping(contract.record_type, path or "", columns, ignored, params=params, replaces=replaces)


_NOTHING = Section(Place("", 0, ""))
_MISTAKEN = ColumnSource(None)


def _naming(definition: Section) -> Callable[[Field], str]:
    naming = definition.text("naming")
    if naming not in NAMING:
        raise definition.entries["naming"].place.error(f"{naming!r} is no naming", nearest(naming, NAMING))
    return NAMING[naming]


def _unnamed(field: Field) -> str:
    """Names of columns while the naming is not known: they meet no other's."""
    return f"\0{field.name}"


def _pairs(parent: Section, key: str) -> dict[str, str]:
    return texts_by_key(parent.section(key))


def _known_kinds(kinds: Section) -> list[str]:
    return [kind for kind in kinds if kind in get_args(Kind)]


def _replaces(record: Section) -> Literal["all"] | None:
    if "replaces" not in record:
        return None
    if record.text("replaces") != "all":
        problem = f"{record.text('replaces')!r} is not allowed: a definition knows full snapshots only"
        raise record.entries["replaces"].place.error(problem, "write replaces: all, or remove it")
    return "all"


def _of_kind(kind: str, kinds: Section, lookups: dict[str, dict[str, str]]) -> ColumnSource:
    entry = kinds.section(kind)
    column = _spoken(entry, "", lookups)
    sample = next(f for c in load_contracts().values() for f in c.fields if f.kind == kind)
    _refuse_misfit(sample, column, entry)
    return column


def _column(field: Field, given: Section, rules: ColumnRules) -> ColumnSource:
    derived = replace(rules.by_kind.get(field.kind, ColumnSource(None)), source=rules.name_of(field) or None)
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
    found = list(_misfits(field, column))
    if found:
        raise entry.place.error("; ".join(problem for problem, _ in found), "; ".join(fix for _, fix in found))


def _misfits(field: Field, column: ColumnSource) -> Iterator[tuple[str, str]]:
    if column.unit and field.kind not in ("amount", "ratio", "decimal"):
        yield f"a {field.kind} has no unit", "remove unit"
    if column.format and (field.kind not in _FORMS or not _FORMS[field.kind](column.format)):
        yield f"{column.format!r} is no form of a {field.kind}", 'write such as "%Y-%m-%d %H:%M:%S"'
    allowed = _lookup_values(field)
    for value in (column.lookup or {}).values():
        if allowed and value not in allowed:
            yield f"lookup leads to {value!r}", nearest(value, allowed)
    if column.constant is not None and field.kind in _CONSTANTS and not _is_of(field.kind, column.constant):
        yield f"{column.constant!r} is no {field.kind}", "write it as the contract does"
    if allowed and column.constant is not None and column.constant not in allowed:
        yield f"{column.constant!r} is no code of {field.name}", nearest(column.constant, allowed)


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
    with Mistakes() as mistakes:
        for name, column in columns.items():
            if column.source is None:
                continue
            place = given[name].place if name in given else record.place
            if column.source in used:
                problem = (
                    f"column {column.source!r} of {contract.record_type} would fill {used[column.source]} and {name}"
                )
                mistakes.add(place.error(problem, f"name another source for {name} below columns:"))
            elif column.source in ignored:
                problem = f"column {column.source!r} is mapped to {name} and ignored"
                mistakes.add(place.error(problem, "keep one of them"))
            used[column.source] = name
