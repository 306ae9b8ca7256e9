"""Code lists: which values a ``*_code`` field may hold, with labels, editions and validity.

The lists stand in ``schemas/code_lists/*.yml``, one file a group. A file from an insurer may carry the code or
the exact Chinese label; both resolve here, and nothing else does.
"""

from __future__ import annotations

import datetime as dt
import functools
import pathlib
from collections.abc import Iterator
from typing import Literal

from schemas.errors import DefinitionError
from schemas.folding import as_seen
from schemas.mistakes import Mistakes
from schemas.province import Province, by_province
from schemas.yaml_files import Entry, Listed, read_yaml

FOLDER = pathlib.Path(__file__).parent / "code_lists"
#: Lists that a province may write for itself, in ``code_lists/`` of its folder.
OF_PROVINCES = frozenset({"CL-INSURER"})

Confidence = Literal["confirmed", "secondary", "assumption"]


class CodeEntry(Entry):
    """One code. ``also`` are other written forms; ``becomes`` are the codes of the next edition that may replace it."""

    code: str
    zh: str
    en: str
    edition: str | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    parent: str | None = None
    also: Listed[str] = ()
    becomes: Listed[str] = ()

    def is_valid(self, on: dt.date | None) -> bool:
        """Whether the code may be used on a business date; ``None`` asks no date."""
        if on is None:
            return True
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)

    @functools.cached_property
    def written_forms(self) -> frozenset[str]:
        return frozenset(map(fold, (self.code, self.zh, *self.also)))


class CodeListEntry(Entry):
    """A code list as its file says it.

    ``outside_validity`` says what the hub does with a code of another time: refuse it, or accept it and warn.
    """

    name: str
    source: str
    confidence: Confidence
    entries: Listed[CodeEntry]
    key_by: Literal["edition"] | None = None
    outside_validity: Literal["refuse", "warning"] = "refuse"

    @property
    def is_keyed_by_edition(self) -> bool:
        """Whether a code is unique within its edition only."""
        return self.key_by == "edition"


class CodeList(CodeListEntry):
    """A code list; its codes are unique, within their edition where ``is_keyed_by_edition``."""

    list_code: str

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
    return dict(sorted((shipped_code_lists() | own).items()))


@functools.cache
def shipped_code_lists() -> dict[str, CodeList]:
    """The code lists that ship with the hub, whatever province it serves: contracts are written against them."""
    return read_code_lists(FOLDER)


def load_code_list(list_code: str) -> CodeList:
    """One code list. Raises DefinitionError for a name that is no list."""
    lists = load_code_lists()
    if list_code not in lists:
        raise DefinitionError("schemas/code_lists", list_code, f"no such code list; one of {', '.join(lists)}")
    return lists[list_code]


def read_code_lists(folder: pathlib.Path) -> dict[str, CodeList]:
    """The code lists of a folder of YAML files, sorted by list code. Raises DefinitionError with every mistake."""
    found: dict[str, CodeList] = {}
    with Mistakes() as mistakes:
        for path in sorted(folder.glob("*.yml")):
            document = mistakes.attempt(read_yaml, path.name, path.read_bytes(), dict, names=("code",))
            for list_code in document.values if document else ():
                assert document
                if list_code in found:
                    mistakes.add(document.error((list_code,), "stands in two files", "keep one of them"))
                said = mistakes.attempt(document.part, CodeListEntry, list_code)
                for number, problem in _twins(said) if said else ():
                    mistakes.add(document.error((list_code, "entries", number), problem, "keep one"))
                if said:
                    found[list_code] = CodeList(list_code=list_code, **dict(said))
    return dict(sorted(found.items()))


def _twins(code_list: CodeListEntry) -> Iterator[tuple[int, str]]:
    """Entries one of whose written forms means an earlier entry already."""
    seen: set[tuple[str | None, str]] = set()
    for number, entry in enumerate(code_list.entries):
        edition = entry.edition if code_list.is_keyed_by_edition else None
        yield from (
            (number, f"{text!r} means two codes") for text in sorted(entry.written_forms) if (edition, text) in seen
        )
        seen |= {(edition, text) for text in entry.written_forms}
