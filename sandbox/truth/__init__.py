"""The seeded truth of the simulated province: what happened, and when each insurer's system could tell it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from sandbox.truth import (
    agencies,
    claims,
    endorsements,
    enterprises,
    fees,
    hazards,
    plans,
    policies,
    receipts,
    registers,
    services,
)
from sandbox.truth.chance import Random, stream
from sandbox.truth.covers import Cover, Underwriting
from sandbox.truth.journal import Journal
from sandbox.truth.province import Province, Record, Version

__all__ = ["FIRST_DAY", "LAST_DAY", "Province", "Record", "Version", "build"]

FIRST_DAY = dt.date(2025, 12, 1)
LAST_DAY = dt.date(2026, 11, 20)
MEAN_SERVICE_CENTS = 98_734
"""Published: 78 million yuan over 79,000 services."""


def build(seed: int, scale: Decimal | float, first_day: dt.date = FIRST_DAY, last_day: dt.date = LAST_DAY) -> Province:
    """The province of one seed; ``scale`` 1 is 56,000 insured enterprises and about 79,000 services a year."""
    population = enterprises.population(seed, float(scale), first_day, last_day)
    journal = Journal(first_day, last_day, stream(seed, "arrival"))
    underwriting = Underwriting(stream(seed, "covers"), first_day, last_day)
    history = _History(seed, journal, agencies.agencies(seed), agencies.experts(seed))
    for enterprise in population:
        for cover in underwriting.covers(enterprise):
            history.live(cover)
    fees.write_pooled(journal, history.rng("pooled"), history.service_count, MEAN_SERVICE_CENTS)
    versions = sorted(journal.versions, key=lambda v: v.available_at)
    return Province(seed, float(scale), first_day, last_day, population, registers.all_rows(seed, population), versions)


@dataclass
class _History:
    """Lives through the covers; state: streams of draws by part, and the number of services so far."""

    seed: int
    journal: Journal
    agencies: tuple[agencies.Agency, ...]
    experts: tuple[str, ...]
    service_count: int = 0

    def __post_init__(self) -> None:
        self._streams: dict[str, Random] = {}

    def rng(self, part: str) -> Random:
        if part not in self._streams:
            self._streams[part] = stream(self.seed, part)
        return self._streams[part]

    def live(self, cover: Cover) -> None:
        """Write everything that happens under one cover."""
        cover = policies.write(self.journal, self.rng("policies"), cover)
        changes = endorsements.write(self.journal, self.rng("endorsements"), cover)
        receipts.write(self.journal, self.rng("receipts"), cover, changes)
        # Coinsurers tell of the same accident: they draw from one stream named after their common policy.
        shared = stream(self.seed, cover.policy_no) if cover.share is not None else self.rng("claims")
        claims.write(self.journal, shared, cover)
        self._prevent(cover)

    def _prevent(self, cover: Cover) -> None:
        lines = plans.write(self.journal, self.rng("plans"), cover, self.agencies)
        for service in services.write(self.journal, self.rng("services"), cover, lines, self.experts):
            self.service_count += 1
            hazards.write(self.journal, self.rng("hazards"), service)
            fees.write(self.journal, self.rng("fees"), service)
