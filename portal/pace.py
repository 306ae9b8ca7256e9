"""How often one account, or one address without one, may ask: so that one program does not take the portal from all others.

Counted in this process; sign-ins are counted in the database, for all processes together.
"""

from __future__ import annotations

import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from portal.bounds import Bounds


class Pace:
    """Requests of the last minute, by who asks."""

    def __init__(self, bounds: Bounds) -> None:
        self._of_account = RateLimitItemPerMinute(bounds.account_pace)
        self._of_address = RateLimitItemPerMinute(bounds.address_pace)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def seconds_to_wait(self, login: str | None, client: str) -> int:
        """0 when one more request may be answered now; else after how many seconds."""
        limit, name = (self._of_account, f"login {login}") if login else (self._of_address, f"client {client}")
        if self._limiter.hit(limit, name):
            return 0
        return max(1, round(self._limiter.get_window_stats(limit, name).reset_time - time.time()))
