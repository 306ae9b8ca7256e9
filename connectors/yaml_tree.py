"""YAML as a tree whose every entry knows its file and line, so that a mistake can be pointed at."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from schemas.errors import DefinitionError
from schemas.mistakes import Mistakes, nearest
from schemas.yaml_files import YamlFile, read_yaml
from schemas.yaml_text import At

_SECRET_WORDS = (
    "password",
    "passwd",
    "secret",
    "apikey",
    "api_key",
    "access_key",
    "private_key",
    "credential",
    "token",
)
_NOT_SECRET = frozenset({"token_path", "token_at", "token_place", "token_prefix", "secret_param", "secret_form"})
"""Settings that name where a secret stands, and hold none."""
_HIDDEN = "looks like a secret; definitions hold none"
_HIDDEN_FIX = "remove it and keep it in the insurer's Airflow connection"
#: Sections whose keys are column names or source values, not settings.
_FREE_KEYS = frozenset({"columns", "ignored", "lookup", "lookups"})


@dataclass(frozen=True)
class Place:
    """Where an entry stands: file, 1-based line, and dotted key."""

    file: str
    line: int
    key: str

    def error(self, problem: str, fix: str | None = None) -> DefinitionError:
        return DefinitionError(self.file, self.key, problem, self.line, fix)


@dataclass(frozen=True)
class Leaf:
    """A scalar or a list of scalars, with its place."""

    value: Any
    place: Place


@dataclass(frozen=True)
class Section:
    """A mapping, with its place; entries keep the place that they were written at."""

    place: Place
    entries: dict[str, Leaf | Section] = field(default_factory=dict)

    def __contains__(self, key: object) -> bool:
        return key in self.entries

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def section(self, key: str) -> Section:
        """The mapping at ``key``; empty when absent. Raises DefinitionError when it is not a mapping."""
        entry = self.entries.get(key)
        if entry is None:
            return Section(Place(self.place.file, self.place.line, _join(self.place.key, key)))
        if isinstance(entry, Leaf):
            raise entry.place.error(f"a mapping is wanted, found {entry.value!r}", "write key: value pairs below it")
        return entry

    def text(self, key: str, default: str | None = None) -> str:
        """The text at ``key``. Raises DefinitionError when it is missing without a default, or not text."""
        entry = self.entries.get(key)
        if entry is None:
            if default is None:
                raise self.missing(key)
            return default
        return as_text(entry)

    def missing(self, key: str) -> DefinitionError:
        place = Place(self.place.file, self.place.line, _join(self.place.key, key))
        return place.error("is missing", f"add {key}: ...")

    def refuse_unknown(self, known: Collection[str], what: str = "key") -> None:
        """Raise DefinitionError for every entry that is not in ``known``, with the nearest known one."""
        with Mistakes() as mistakes:
            for key, entry in self.entries.items():
                if key not in known:
                    mistakes.add(entry.place.error(f"unknown {what} {key!r}", nearest(key, known)))


def as_text(entry: Leaf | Section) -> str:
    """The entry's text. Raises DefinitionError for a mapping, a number, a boolean or nothing."""
    if isinstance(entry, Leaf) and isinstance(entry.value, str) and entry.value:
        return entry.value
    found = entry.value if isinstance(entry, Leaf) else "a mapping"
    raise entry.place.error(f"text is wanted, found {found!r}", f'write it in quotes: "{found}"')


def read_section(text: str, file: str, mistakes: Mistakes) -> Section:
    """The text of a file as a Section. Raises DefinitionError for what is no YAML mapping.

    Kept in ``mistakes``: a duplicate key, a key that looks like a secret, a value that cannot be read.
    """
    document = read_yaml(file, text, dict, mistakes=mistakes)
    return _Reading(document, mistakes).section(document.values, (), free=False)


def overlay(base: Section, top: Section) -> Section:
    """``top`` laid over ``base``: mappings are merged key by key, everything else is replaced."""
    merged = dict(base.entries)
    for key, entry in top.entries.items():
        below = merged.get(key)
        both = isinstance(below, Section) and isinstance(entry, Section)
        merged[key] = overlay(below, entry) if both else entry  # type: ignore[arg-type]  # both are sections
    return Section(top.place, merged)


@dataclass(frozen=True)
class _Reading:
    """Turns values into sections; what is wrong with one entry does not hide the next."""

    document: YamlFile
    mistakes: Mistakes

    def section(self, values: Mapping[str, Any], at: At, free: bool) -> Section:
        entries: dict[str, Leaf | Section] = {}
        for key, value in values.items():
            here, place = (*at, key), self._place((*at, key))
            if not free and _looks_secret(key):
                self.mistakes.add(place.error(_HIDDEN, _HIDDEN_FIX))
            if isinstance(value, dict):
                entries[key] = self.section(value, here, free or key in _FREE_KEYS)
            else:
                self.mistakes.attempt(_refuse_odd, value, place)
                entries[key] = Leaf(value, place)
        return Section(self._place(at), entries)

    def _place(self, at: At) -> Place:
        return Place(self.document.file, self.document.lines[at], ".".join(map(str, at)))


def _refuse_odd(value: Any, place: Place) -> None:
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, list | dict):
            raise place.error("holds nested lists", "write plain values")
        if isinstance(each, str) and "${" in each and place.key != "base_url":
            raise place.error("refers to the environment", "only base_url may hold ${NAME}")


def _looks_secret(key: str) -> bool:
    folded = key.lower().replace("-", "_")
    return key not in _NOT_SECRET and any(word in folded for word in _SECRET_WORDS)


def _join(*parts: str) -> str:
    return ".".join(part for part in parts if part)
