"""Written codes and Chinese labels to codes, from the entries of the code lists."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from oracle.values import Unreadable, Value, on_day
from oracle.writing import fold
from schemas.code_lists import CodeEntry, load_code_list
from schemas.contract import Contract


class CodeReader:
    """Resolves the code fields of one record type, an edition field before the codes that depend on it."""

    def __init__(self, contract: Contract) -> None:
        names = [field.name for field in contract.fields]
        self._edition = next((i for i, name in enumerate(names) if name.endswith("_edition_code")), None)
        self._day = names.index(contract.milestones[0].field) if contract.milestones else None
        lists = {i: load_code_list(f.code_list) for i, f in enumerate(contract.fields) if f.code_list}
        self._keyed = {i for i, code_list in lists.items() if code_list.is_keyed_by_edition}
        self._forms = {i: _by_form(code_list.entries) for i, code_list in lists.items()}
        self._order = sorted(self._forms, key=lambda i: i != self._edition)
        self._names = names

    def resolved(self, values: list[Value]) -> tuple[Value, ...]:
        """The record with codes in place of what was written. Raises Unreadable naming the field."""
        for place in self._order:
            text = values[place]
            if text is not None:
                values[place] = self._code(place, str(text), values)
        return tuple(values)

    def _code(self, place: int, text: str, values: Sequence[Value]) -> str:
        entries = self._forms[place].get(fold(text), [])
        if place in self._keyed and self._edition is not None:
            entries = [e for e in entries if e.edition == values[self._edition]]
        if len(entries) > 1:
            entries = [e for e in entries if e.is_valid(self._on(values))]
        if len({e.code for e in entries}) != 1:
            raise Unreadable("no code of its list", self._names[place])
        return entries[0].code

    def _on(self, values: Sequence[Value]) -> dt.date | None:
        value = values[self._day] if self._day is not None else None
        if isinstance(value, dt.datetime):
            return on_day(value)
        return value if isinstance(value, dt.date) else None


def _by_form(entries: Sequence[CodeEntry]) -> dict[str, list[CodeEntry]]:
    found: dict[str, list[CodeEntry]] = defaultdict(list)
    for entry in entries:
        for form in {fold(text) for text in (entry.code, entry.zh, *entry.also)}:
            found[form].append(entry)
    return found
