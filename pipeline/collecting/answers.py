"""The answers of one run: what was asked for policies need not be asked again for the endorsements inside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from connectors.fetch import Fetched, fetch
from connectors.model import InsurerDefinition
from schemas.delivery import Credentials, Window


@dataclass(frozen=True)
class Answered:
    """A complete answer to one window; its records may hold others."""

    window: Window
    fetched: Fetched


@dataclass
class Answers:
    """What one run has asked one insurer so far. State: the answers in which records of other types stand, by their type.

    Each feed keeps its own window, cursor and receipt: a nested one reads an answer that is here only if that covers its
    window, and asks by itself otherwise.
    """

    definition: InsurerDefinition
    _kept: dict[str, Answered] = field(default_factory=dict)

    def of(self, record_type: str, window: Window, credentials: Callable[[], Credentials]) -> Answered:
        """The complete answer for a record type over a window, or more than it. Raises as ``fetch`` does."""
        within = self.definition.records[record_type].within
        asked = within.record_type if within else record_type
        kept = self._kept.get(asked)
        if kept is None or not within or not _reaches(kept.window.since, window.since):
            kept = Answered(window, fetch(self.definition, record_type, window, credentials()))
        if any(other.within and other.within.record_type == asked for other in self.definition.records.values()):
            self._kept[asked] = kept
        if not within:
            return kept
        return Answered(kept.window, Fetched(kept.fetched.payloads, None))  # what is declared counts those around


def _reaches(kept: dt.datetime | None, wanted: dt.datetime | None) -> bool:
    return kept is None or (wanted is not None and kept <= wanted)
