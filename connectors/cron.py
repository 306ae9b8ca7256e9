"""Cron expressions that a schedule may be: five fields of numbers in their ranges. Light: DAG files import it."""

from __future__ import annotations

import re

_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_PART = re.compile(r"(?:\*|(\d+)(?:-(\d+))?)(?:/(\d+))?", re.ASCII)


def is_cron(text: str) -> bool:
    """Whether a text is five such fields."""
    fields = text.split()
    return len(fields) == len(_RANGES) and all(map(_is_field, fields, _RANGES))


def _is_field(field: str, bounds: tuple[int, int]) -> bool:
    for part in field.split(","):
        match = _PART.fullmatch(part)
        if match is None or (match[3] is not None and int(match[3]) == 0):
            return False
        numbers = [int(number) for number in (match[1], match[2]) if number]
        if numbers != sorted(numbers) or any(not bounds[0] <= number <= bounds[1] for number in numbers):
            return False
    return True
