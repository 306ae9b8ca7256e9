"""Why a delivery is refused as a whole: one code for each reason; its words stand in ``quality/rules/delivery.yml``.

Codes are never reused. ``refuse`` makes the exception; its ``where`` is the place, ``found`` what stands there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from schemas.errors import EmptyFile, TellInsurer, UnreadableFile, WrongEncoding

#: Exit code of a child process that reports why it refuses its file.
REFUSED = 3

_ENCODING = ("FILE-002", "FILE-005", "FILE-006", "FILE-007")
_EMPTY = ("FILE-003", "FILE-070")
_UNREADABLE = (
    "FILE-001",
    "FILE-004",
    "FILE-008",
    "FILE-010",
    "FILE-011",
    "FILE-012",
    "FILE-013",
    "FILE-014",
    "FILE-015",
    "FILE-016",
    "FILE-017",
    "FILE-018",
    "FILE-020",
    "FILE-021",
    "FILE-022",
    "FILE-023",
    "FILE-024",
    "FILE-025",
    "FILE-026",
    "FILE-027",
    "FILE-028",
    "FILE-029",
    "FILE-031",
    "FILE-040",
    "FILE-041",
    "FILE-042",
    "FILE-043",
    "FILE-044",
    "FILE-050",
    "FILE-051",
    "FILE-052",
    "FILE-053",
    "FILE-060",
    "FILE-061",
    "FILE-062",
    "FILE-063",
    "FILE-091",
)
#: Code -> class of the exception.
REASONS: dict[str, type[TellInsurer]] = {
    **dict.fromkeys(_ENCODING, WrongEncoding),
    **dict.fromkeys(_EMPTY, EmptyFile),
    **dict.fromkeys(_UNREADABLE, UnreadableFile),
}


def refuse(code: str, where: str = "", found: str = "") -> TellInsurer:
    """The exception of a reason; ``where`` is a place such as ``第5行第3列``, ``found`` what stands there."""
    return REASONS[code](code, where, found)


def together(faults: Sequence[TellInsurer], columns: Sequence[str] = ()) -> TellInsurer:
    """The first of some faults, which knows the others and the header's names."""
    first = faults[0]
    first.others, first.columns = tuple(faults[1:]), tuple(columns)
    return first


def told(refusal: TellInsurer) -> dict[str, Any]:
    """A refusal as plain values, for the way from a child process; ``restore`` reads it."""
    reasons = [{"code": each.code, "where": each.where, "found": each.found} for each in refusal.all]
    return {"reasons": reasons, "columns": refusal.columns}


def restore(report: Mapping[str, Any]) -> TellInsurer:
    """The exception that a child process reported."""
    made = [refuse(**each) for each in report["reasons"]]
    return together(made, report["columns"])
