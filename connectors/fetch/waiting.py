"""Waiting: a rate limit between requests, growing pauses after failures, and one patience for the whole fetch."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

from connectors.model import FetchLimits


@dataclass
class Waiting:
    """How long one fetch has waited; ``sleep`` takes seconds."""

    limits: FetchLimits
    sleep: Callable[[float], None] = time.sleep
    waited_seconds: float = 0.0
    _last_request: float = field(default=float("-inf"), repr=False)

    def pace(self) -> None:
        """Sleep until the next request is allowed by the rate limit."""
        pause = self._last_request + 1 / self.limits.requests_per_second - time.monotonic()
        if pause > 0:
            self.sleep(pause)
        self._last_request = time.monotonic()

    def pause(self, attempt: int, wished_seconds: float | None) -> bool:
        """Sleep before attempt ``attempt + 1``; False, without sleeping, when attempts or patience are used up."""
        seconds = backoff(attempt, self.limits) if wished_seconds is None else wished_seconds
        if attempt >= self.limits.attempts or self.waited_seconds + seconds > self.limits.patience_seconds:
            return False
        self.waited_seconds += seconds
        self.sleep(seconds)
        return True


def backoff(attempt: int, limits: FetchLimits) -> float:
    """Seconds before the next attempt: doubled each time up to the cap, then a random half to whole of that."""
    ceiling = min(limits.backoff_cap_seconds, limits.backoff_seconds * 2.0 ** (attempt - 1))
    return random.uniform(ceiling / 2, ceiling)  # noqa: S311  # spreads requests, protects nothing


def retry_after(value: str | None, date: str | None) -> float | None:
    """Seconds that a Retry-After header asks for; its HTTP-date form is measured from the answer's own Date header."""
    if value is None:
        return None
    if value.strip().isascii() and value.strip().isdigit():
        return float(value)
    try:
        wait = parsedate_to_datetime(value) - parsedate_to_datetime(date or "")
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0.0, wait.total_seconds())
