"""What a definition says was agreed of deliveries: since when, until when, by what, and how long they may stay away."""

from __future__ import annotations

from connectors.building import build
from connectors.model import Expected
from connectors.yaml_tree import Section
from schemas.contract import SENDABLE_RECORD_TYPES
from schemas.mistakes import Mistakes


def read_expected(definition: Section, mistakes: Mistakes) -> dict[str, Expected]:
    """By record type where one has entries of its own; `*` = of all others. Mistakes are kept in ``mistakes``."""
    said = mistakes.attempt(definition.section, "expected")
    if said is None or not said.entries:
        return {}
    of_all = Section(said.place, {key: each for key, each in said.entries.items() if key not in SENDABLE_RECORD_TYPES})
    of_each = {name: mistakes.attempt(said.section, name) for name in SENDABLE_RECORD_TYPES if name in said}
    found = dict[str, Expected]()
    for name, part in {"*": of_all, **of_each}.items():
        agreed = mistakes.attempt(build, Expected, part) if part else None
        if agreed and part and agreed.since and agreed.until and agreed.until < agreed.since:
            mistakes.add(part.entries["until"].place.error("is before since", "write the last day"))
        if agreed:
            found[name] = agreed
    return found
