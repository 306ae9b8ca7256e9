"""How facts reach the insurers' systems: on time, late, wrong first, sent by mistake, or before their parent.

Only this module sets the envelope fields; nothing becomes available after the last day of the province.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

from sandbox.cast import Insurer
from sandbox.truth.chance import Random, whole
from sandbox.truth.clock import NIGHT_BEGINS, SHANGHAI, at, days
from sandbox.truth.province import Record, Version, blank
from schemas.contract import load_contracts

LATE_SHARE = 0.03
"""Records that come 8 to 30 days after their event."""
HESITANT_SHARE = 0.10
"""Records that come one to four days after their event: always within five working days."""
HELD_SHARE = 0.12
"""Records of 11 to 15 November 2026 that come in the demo night's window: their deadline is then over."""
HASTY_SHARE = 0.004
"""Children that do not wait for their parent."""
_HELD_DAYS = (dt.date(2026, 11, 11), dt.date(2026, 11, 15))
_KEYS = {name: contract.key for name, contract in load_contracts().items()}


@dataclass
class Journal:
    """Collects versions; state: the versions so far, a serial number per insurer, and where each expert is."""

    first_day: dt.date
    last_day: dt.date
    rng: Random
    versions: list[Version] = field(default_factory=list)
    serials: Counter[str] = field(default_factory=Counter)
    sent_to: dict[tuple[str, dt.date], str] = field(default_factory=dict)
    """The county in which an expert is on a day."""

    def __post_init__(self) -> None:
        self.opens_at = at(self.first_day, 60)
        self.closes_at = at(self.last_day, 23 * 60 + 30)

    def serial(self, kind: str) -> int:
        """The next number of a kind, from 1."""
        self.serials[kind] += 1
        return self.serials[kind]

    def insert(
        self,
        sender: tuple[Insurer, str],
        record_type: str,
        fields: Record,
        happened_at: dt.datetime,
        *,
        parent: Version | None = None,
        after: Version | None = None,
        typo: Record | None = None,
    ) -> Version:
        """Record a new fact; ``typo`` holds wrong first values that a correction replaces some days later.

        ``parent`` is a record that a child seldom overtakes, ``after`` one that it never overtakes.
        """
        insurer, branch_code = sender
        if (
            parent is not None
            and (after is None or parent.available_at > after.available_at)
            and not self._is_hasty(parent)
        ):
            after = parent
        updated_at, available_at = self._arrival(happened_at, insurer, record_type, after)
        record = blank(record_type) | fields
        record |= {
            "insurer_code": insurer.insurer_code,
            "branch_code": branch_code,
            "source_record_no": f"{insurer.insurer_code}{updated_at:%Y%m%d}{self.serial(insurer.insurer_id):010d}",
            "operation_code": "I",
            "source_updated_at": updated_at,
        }
        key = tuple(record[name] for name in _KEYS[record_type])
        first = record | typo if typo else record
        version = self._keep(Version(insurer.insurer_id, record_type, key, first, available_at))
        if not typo:
            return version
        found_at = available_at + dt.timedelta(minutes=whole(self.rng, 600, 20_000))
        return self.revise(version, {name: record[name] for name in typo}, found_at, "录入错误更正")

    def revise(self, before: Version, changes: Record, happened_at: dt.datetime, reason: str) -> Version:
        """A later version of a record: a change of state or a correction."""
        updated_at = max(happened_at, before.record["source_updated_at"]) + dt.timedelta(
            minutes=whole(self.rng, 5, 400)
        )
        return self._after(before, {**changes, "operation_code": "U"}, updated_at, reason)

    def withdraw(self, before: Version, happened_at: dt.datetime, reason: str) -> Version:
        """Take a record back: a tombstone with the full key. What was sent shortly before the demo night is taken back in it."""
        noticed_at = max(happened_at, before.available_at) + days(1)
        if NIGHT_BEGINS - days(10) < before.available_at < NIGHT_BEGINS:
            noticed_at = NIGHT_BEGINS + dt.timedelta(minutes=whole(self.rng, 60, 3_500))
        return self._after(before, {"operation_code": "D"}, noticed_at, reason)

    def _after(self, before: Version, changes: Record, updated_at: dt.datetime, reason: str) -> Version:
        stamp = {"source_updated_at": updated_at, "correction_reason_text": reason}
        delay = dt.timedelta(days=whole(self.rng, 8, 20) if self.rng.random() < LATE_SHARE else 0, minutes=2)
        available_at = max(updated_at + delay, before.available_at + dt.timedelta(minutes=1), self.opens_at)
        return self._keep(before._replace(record=before.record | changes | stamp, available_at=available_at))

    def _keep(self, version: Version) -> Version:
        if version.available_at <= self.closes_at:
            self.versions.append(version)
        return version

    def _arrival(
        self, happened_at: dt.datetime, insurer: Insurer, record_type: str, after: Version | None
    ) -> tuple[dt.datetime, dt.datetime]:
        entered_at = happened_at + dt.timedelta(minutes=whole(self.rng, 5, 180), seconds=whole(self.rng, 0, 59))
        available_at = entered_at + self._delay(happened_at, insurer.is_drop)
        if after is not None:
            available_at = max(available_at, after.available_at + dt.timedelta(minutes=1))
        if record_type == "policy" and entered_at <= self.closes_at:
            available_at = min(available_at, self.closes_at)
        available_at = max(available_at, self.opens_at + dt.timedelta(minutes=whole(self.rng, 0, 300)))
        is_keyed_late = self.rng.random() < 0.7 and entered_at > self.opens_at
        return (available_at if is_keyed_late else entered_at), available_at

    def _delay(self, happened_at: dt.datetime, is_drop: bool) -> dt.timedelta:
        draw, factor = self.rng.random(), 2 if is_drop else 1
        day = happened_at.astimezone(SHANGHAI).date()
        if _HELD_DAYS[0] <= day <= _HELD_DAYS[1] and draw < HELD_SHARE:
            return NIGHT_BEGINS - happened_at + dt.timedelta(minutes=whole(self.rng, 60, 3_500))
        if draw < LATE_SHARE * factor:
            return days(whole(self.rng, 8, 30))
        if draw < LATE_SHARE * factor + HESITANT_SHARE:
            return days(whole(self.rng, 1, 4))
        return dt.timedelta(minutes=1)

    def _is_hasty(self, parent: Version) -> bool:
        if parent.available_at > self.closes_at:
            return False
        is_of_the_night = parent.available_at >= NIGHT_BEGINS
        return self.rng.random() < (0.5 if is_of_the_night else HASTY_SHARE)
