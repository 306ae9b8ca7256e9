"""Code lists: which values a ``*_code`` field may hold, with labels, editions and validity.

The lists stand in ``schemas/code_lists/*.yml``, one file a group. A file from an insurer may carry the code or
the exact Chinese label; both resolve here, and nothing else does.
"""

from __future__ import annotations

import datetime as dt
import functools
import pathlib
from dataclasses import dataclass
from typing import Any, Literal, get_args

import yaml

from schemas.errors import DefinitionError
from schemas.folding import as_seen
from schemas.province import Province, by_province

FOLDER = pathlib.Path(__file__).parent / "code_lists"
#: Lists that a province may write for itself, in ``code_lists/`` of its folder.
OF_PROVINCES = frozenset({"CL-INSURER"})

Confidence = Literal["confirmed", "secondary", "assumption"]


@dataclass(frozen=True)
class CodeEntry:
    """One code. ``also`` are other written forms; ``becomes`` are the codes of the next edition that may replace it."""

    code: str
    zh: str
    en: str
    edition: str | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    parent: str | None = None
    also: tuple[str, ...] = ()
    becomes: tuple[str, ...] = ()

    def is_valid(self, on: dt.date | None) -> bool:
        """Whether the code may be used on a business date; ``None`` asks no date."""
        if on is None:
            return True
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)

    @functools.cached_property
    def written_forms(self) -> frozenset[str]:
        return frozenset(map(fold, (self.code, self.zh, *self.also)))


@dataclass(frozen=True)
class CodeList:
    """A code list; its codes are unique, within their edition where ``is_keyed_by_edition``.

    ``outside_validity`` says what the hub does with a code of another time: refuse it, or accept it and warn.
    """

    list_code: str
    name: str
    source: str
    confidence: Confidence
    entries: tuple[CodeEntry, ...]
    is_keyed_by_edition: bool = False
    outside_validity: Literal["refuse", "warning"] = "refuse"

    @functools.cached_property
    def _by_text(self) -> dict[str, tuple[CodeEntry, ...]]:
        found: dict[str, tuple[CodeEntry, ...]] = {}
        for entry in self.entries:
            for text in entry.written_forms:
                found[text] = (*found.get(text, ()), entry)
        return found

    def resolve(self, text: str, on: dt.date | None, edition: str | None = None) -> CodeEntry | None:
        """The entry meant by a code or an exact Chinese label on a business date, else None.

        A label of several codes (two editions, no ``edition`` given) is None too: the hub does not choose.
        Where ``outside_validity`` is ``warning``, a code of another time resolves when none of the time fits.
        """
        same = [e for e in self._by_text.get(fold(text), ()) if edition is None or e.edition == edition]
        valid = [e for e in same if e.is_valid(on)]
        candidates = same if not valid and self.outside_validity == "warning" else valid
        return candidates[0] if len({e.code for e in candidates}) == 1 else None

    def valid_entries(self, on: dt.date | None = None, edition: str | None = None) -> tuple[CodeEntry, ...]:
        """Entries that may be used on a date, in the list's order: what a message offers instead of an unknown code."""
        return tuple(e for e in self.entries if e.is_valid(on) and (edition is None or e.edition == edition))

    def offer(self, on: dt.date | None = None, edition: str | None = None) -> str:
        """The valid codes with their labels as one Chinese line, such as ``10 企业、20 工程项目``."""
        return "、".join(f"{e.code} {e.zh}" for e in self.valid_entries(on, edition))


def fold(text: str) -> str:
    """Text as it is compared: full width to half width, without what nobody sees and blanks at the ends."""
    return as_seen(text)


@by_province
def load_code_lists(here: Province) -> dict[str, CodeList]:
    """All code lists by list code, those that a province may say with its own. Raises DefinitionError naming file, line and key."""
    own = read_code_lists(here.folder / "code_lists")
    for list_code in sorted(set(own) - OF_PROVINCES):
        fix = f"a province says {', '.join(sorted(OF_PROVINCES))}"
        raise DefinitionError("code_lists", list_code, "is the same in every province", fix=fix)
    return dict(sorted((read_code_lists(FOLDER) | own).items()))


def load_code_list(list_code: str) -> CodeList:
    """One code list. Raises DefinitionError for a name that is no list."""
    lists = load_code_lists()
    if list_code not in lists:
        raise DefinitionError("schemas/code_lists", list_code, f"no such code list; one of {', '.join(lists)}")
    return lists[list_code]


def read_code_lists(folder: pathlib.Path) -> dict[str, CodeList]:
    """The code lists of a folder of YAML files, sorted by list code. Raises DefinitionError."""
    found: dict[str, CodeList] = {}
    for path in sorted(folder.glob("*.yml")):
        for list_code, body in _document(path).items():
            if list_code == _LINE:
                continue
            if list_code in found:
                raise DefinitionError(path.name, list_code, "stands in two files", fix="keep one of them")
            found[list_code] = _code_list(path.name, list_code, body)
    return dict(sorted(found.items()))


_LINE = "__line__"
_ENTRY_KEYS = {"code", "zh", "en", "edition", "valid_from", "valid_to", "parent", "also", "becomes"}
_LIST_KEYS = {"name", "source", "confidence", "entries", "key_by", "outside_validity"}


class _LinedLoader(yaml.CSafeLoader):
    """YAML with the line of every mapping under ``__line__``, refusing a key that stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: ARG002
        mapping = super().construct_mapping(node, deep=True)
        if len(mapping) != len(node.value):
            raise yaml.constructor.ConstructorError(None, None, "a key stands twice", node.start_mark)
        return {**mapping, _LINE: node.start_mark.line + 1}


def _document(path: pathlib.Path) -> dict[str, Any]:
    try:
        document = yaml.load(path.read_bytes(), _LinedLoader)  # noqa: S506  # a CSafeLoader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise DefinitionError(path.name, "document", str(error.problem), line, "write valid YAML") from error
    if not isinstance(document, dict):
        raise DefinitionError(path.name, "document", "is no mapping of list codes", 1, "start with a list code")
    return document


def _code_list(file: str, list_code: str, body: Any) -> CodeList:
    if not isinstance(body, dict):
        raise DefinitionError(file, list_code, "is no mapping", fix="give name, source, confidence, entries")
    _refuse_keys(file, list_code, body, _LIST_KEYS, {"name", "source", "confidence", "entries"})
    if body["confidence"] not in get_args(Confidence):
        problem = f"{body['confidence']!r} is no confidence"
        raise DefinitionError(file, f"{list_code}.confidence", problem, body[_LINE], " | ".join(get_args(Confidence)))
    code_list = CodeList(
        list_code=list_code,
        name=body["name"],
        source=body["source"],
        confidence=body["confidence"],
        entries=tuple(_entry(file, list_code, row) for row in body["entries"]),
        is_keyed_by_edition=body.get("key_by") == "edition",
        outside_validity=body.get("outside_validity", "refuse"),
    )
    _refuse_twins(file, code_list, [row[_LINE] for row in body["entries"]])
    return code_list


def _entry(file: str, list_code: str, row: Any) -> CodeEntry:
    if not isinstance(row, dict):
        raise DefinitionError(file, list_code, f"entry {row!r} is no mapping", fix='{code: "10", zh: ..., en: ...}')
    _refuse_keys(file, list_code, row, _ENTRY_KEYS, {"code", "zh", "en"})
    for key in ("code", "zh", "en", "edition", "parent"):
        if key in row and not isinstance(row[key], str):
            raise DefinitionError(file, f"{list_code}.{key}", f"{row[key]!r} is no text", row[_LINE], "quote it")
    for key in ("valid_from", "valid_to"):
        if key in row and type(row[key]) is not dt.date:
            raise DefinitionError(file, f"{list_code}.{key}", f"{row[key]!r} is no date", row[_LINE], "YYYY-MM-DD")
    values: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in row.items() if key != _LINE}
    return CodeEntry(**values)


def _refuse_keys(file: str, list_code: str, row: dict[str, Any], known: set[str], needed: set[str]) -> None:
    given = set(row) - {_LINE}
    if unknown := sorted(given - known):
        raise DefinitionError(file, f"{list_code}.{unknown[0]}", "unknown key", row[_LINE], ", ".join(sorted(known)))
    if missing := sorted(needed - given):
        raise DefinitionError(file, f"{list_code}.{missing[0]}", "is missing", row[_LINE], f"add {missing[0]}")


def _refuse_twins(file: str, code_list: CodeList, lines: list[int]) -> None:
    seen: set[tuple[str | None, str]] = set()
    for entry, line in zip(code_list.entries, lines, strict=True):
        edition = entry.edition if code_list.is_keyed_by_edition else None
        for text in sorted(entry.written_forms):
            if (edition, text) in seen:
                raise DefinitionError(file, code_list.list_code, f"{text!r} means two codes", line, "keep one")
            seen.add((edition, text))
