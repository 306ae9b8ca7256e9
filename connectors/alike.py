"""Names of columns that may be meant by each other: a misnamed column is found by every name of its field."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from schemas.contract import Contract, Field
from schemas.placeholders import plain

#: From what likeness on a strange column may be meant by an agreed one, and a missing one by a strange one, of which
#: there are more; the likeness of a name inside another; the shortest such part. They choose the words of a hint, and
#: decide nothing.
_MEANT, _MISSED, _PART_OF, _SHORTEST_PART = 0.5, 0.65, 0.9, 2


def meant_by(name: str, columns: Mapping[str, str], contract: Contract) -> str | None:
    """The agreed column, of field -> column, that a strange one is most like; None where none is."""
    likeness = {source: _to_field(name, contract.by_name[field], source) for field, source in columns.items()}
    return _best(likeness, _MEANT)


def written_for(field: Field, source: str, strange: Iterable[str]) -> str | None:
    """The strange column that a field's missing one is most like; None where none is."""
    return _best({name: _to_field(name, field, source) for name in strange}, _MISSED)


def _to_field(name: str, field: Field, source: str) -> float:
    return max(_likeness(name, other) for other in (source, field.name, field.business_name))


def _best(likeness: Mapping[str, float], least: float) -> str | None:
    nearest = max(likeness, key=lambda name: likeness[name], default=None)
    return nearest if nearest is not None and likeness[nearest] >= least else None


def _likeness(name: str, other: str) -> float:
    """How much two names have in common, 0 to 1; one that holds the other is the other with something added."""
    one, two = plain(name), plain(other)
    if min(len(one), len(two)) >= _SHORTEST_PART and (one in two or two in one):
        return 1.0 if one == two else _PART_OF
    return difflib.SequenceMatcher(None, one, two).ratio()
