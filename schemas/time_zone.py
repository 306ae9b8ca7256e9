"""The time zone of every date: a moment falls on the day that it is in Shanghai."""

from __future__ import annotations

from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
