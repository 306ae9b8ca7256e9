"""Seeded chance: every draw of the sandbox comes from here, so that a seed fixes the whole province."""

from __future__ import annotations

import bisect
import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Random = random.Random
T = TypeVar("T")


def stream(seed: int, name: str) -> Random:
    """An independent stream of draws for one part of the province."""
    return random.Random(f"{seed}:{name}")  # noqa: S311  # simulation must be repeatable, not secret


def pick(rng: Random, options: Sequence[T]) -> T:
    """One of the options, each as likely."""
    return options[int(rng.random() * len(options))]


def whole(rng: Random, low: int, high: int) -> int:
    """A whole number from low to high, both included."""
    return low + int(rng.random() * (high - low + 1))


@dataclass(frozen=True)
class Weighted(Generic[T]):
    """Options with weights; ``draw`` returns one of them."""

    options: tuple[T, ...]
    bounds: tuple[float, ...]

    @staticmethod
    def of(pairs: Sequence[tuple[T, float]]) -> Weighted[T]:
        """Build from (option, weight) pairs; weights need not add up to 1."""
        bounds = tuple(itertools.accumulate(weight for _, weight in pairs))
        return Weighted(tuple(option for option, _ in pairs), bounds)

    def draw(self, rng: Random) -> T:
        """One option, as likely as its weight."""
        return self.options[bisect.bisect_right(self.bounds, rng.random() * self.bounds[-1], 0, len(self.options) - 1)]
