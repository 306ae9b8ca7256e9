"""Frozen dataclasses out of YAML sections: the dataclass is the schema of its section."""

from __future__ import annotations

import datetime as dt
import re
import types
import typing
from dataclasses import MISSING, fields
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

from connectors.yaml_tree import Leaf, Section, as_text
from schemas.mistakes import Mistakes, nearest

T = TypeVar("T")
_SPAN = re.compile(r"(\d+)([dhm])")
_SPAN_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


def build(kind: type[T], section: Section) -> T:
    """An instance of the dataclass ``kind`` from ``section``; raises DefinitionError for unknown, missing or mistyped keys."""
    hints = typing.get_type_hints(kind)
    known = {f.name: f for f in fields(kind)}  # type: ignore[arg-type]  # kind is a dataclass
    given: dict[str, Any] = {}
    with Mistakes() as mistakes:
        mistakes.attempt(section.refuse_unknown, known)
        for name, f in known.items():
            if name in section:
                given[name] = mistakes.attempt(_value, hints[name], section.entries[name])
            elif f.default is MISSING and f.default_factory is MISSING:
                mistakes.add(section.missing(name))
    return kind(**given)


def _value(hint: Any, entry: Leaf | Section) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(a for a in get_args(hint) if a is not type(None))
    if hasattr(hint, "__dataclass_fields__"):
        return build(hint, _as_section(entry))
    if get_origin(hint) is Literal:
        return _choice(get_args(hint), entry)
    if get_origin(hint) is tuple:
        return _texts(entry)
    if isinstance(get_origin(hint), type):
        return texts_by_key(_as_section(entry))
    return _PLAIN[hint](entry)


def texts_by_key(section: Section) -> dict[str, str]:
    """Every entry's text by its key. Raises DefinitionError for an entry that is not text."""
    with Mistakes() as mistakes:
        return {key: mistakes.attempt(as_text, entry) or "" for key, entry in section.entries.items()}


def span(entry: Leaf | Section) -> dt.timedelta:
    """A length of time written ``3d``, ``12h`` or ``30m``. Raises DefinitionError for anything else."""
    text = as_text(entry)
    match = _SPAN.fullmatch(text)
    if not match:
        raise entry.place.error(f"{text!r} is no length of time", "write 3d, 12h or 30m")
    return dt.timedelta(**{_SPAN_UNITS[match[2]]: int(match[1])})


def _as_section(entry: Leaf | Section) -> Section:
    if isinstance(entry, Section):
        return entry
    raise entry.place.error(f"a mapping is wanted, found {entry.value!r}", "write key: value pairs below it")


def _choice(choices: tuple[str, ...], entry: Leaf | Section) -> str:
    text = as_text(entry)
    if text not in choices:
        raise entry.place.error(f"{text!r} is not allowed", nearest(text, choices))
    return text


def _texts(entry: Leaf | Section) -> tuple[str, ...]:
    if isinstance(entry, Leaf) and isinstance(entry.value, list) and all(isinstance(v, str) for v in entry.value):
        return tuple(entry.value)
    raise entry.place.error("a list of texts is wanted", 'write ["a", "b"], numbers in quotes')


def _whole(entry: Leaf | Section) -> int:
    value = entry.value if isinstance(entry, Leaf) else None
    least = 0 if entry.place.key.endswith("paging.first") else 1
    if isinstance(value, int) and not isinstance(value, bool) and value >= least:
        return value
    raise entry.place.error(
        f"a whole number is wanted, {least} or more, found {value!r}", "write digits without quotes"
    )


def _number(entry: Leaf | Section) -> float:
    value = entry.value if isinstance(entry, Leaf) else None
    if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
        return float(value)
    raise entry.place.error(f"a number above 0 is wanted, found {value!r}", "write digits without quotes")


def _day(entry: Leaf | Section) -> dt.date:
    value = entry.value if isinstance(entry, Leaf) else None
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    raise entry.place.error(f"a day is wanted, found {value!r}", "write YYYY-MM-DD without quotes")


_PLAIN: dict[Any, Any] = {str: as_text, int: _whole, float: _number, dt.timedelta: span, dt.date: _day}
