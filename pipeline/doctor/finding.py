"""What was seen of one part of an installation, how bad it is, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Grade = Literal["good", "warning", "bad"]


@dataclass(frozen=True)
class Finding:
    """One line: ``part`` and ``to_do`` in Chinese and English, ``seen`` as it is."""

    part: str
    grade: Grade
    seen: str
    to_do: str = ""


def good(part: str, seen: str) -> Finding:
    """Nothing to do."""
    return Finding(part, "good", seen)


def warning(part: str, seen: str, to_do: str) -> Finding:
    """It goes on, and somebody should act."""
    return Finding(part, "warning", seen, to_do)


def bad(part: str, seen: str, to_do: str) -> Finding:
    """Something does not work, or is about to stop."""
    return Finding(part, "bad", seen, to_do)


def graded(part: str, amount: float, bounds: tuple[float, float], seen: str, to_do: str) -> Finding:
    """A finding by an amount: a warning from the first bound on, bad from the second."""
    if amount >= bounds[1]:
        return bad(part, seen, to_do)
    return warning(part, seen, to_do) if amount >= bounds[0] else good(part, seen)
