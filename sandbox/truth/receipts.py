"""Premium receipts: instalments, bounced payments, refunds, and entries made by mistake."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from sandbox.truth.chance import Random, Weighted, whole
from sandbox.truth.clock import at, days, yuan
from sandbox.truth.covers import Cover
from sandbox.truth.endorsements import Change
from sandbox.truth.journal import Journal
from sandbox.truth.province import Record, Version

NEVER_PAID_SHARE = 0.012
BOUNCED_SHARE = 0.004
MISTAKE_SHARE = 0.01
CORRECTED_SHARE = 0.01
_INSTALMENTS = Weighted.of([(1, 80.0), (2, 14.0), (4, 6.0)])


@dataclass
class Ledger:
    """Cash of one policy; state: what was received by date, and the record that came last."""

    journal: Journal
    rng: Random
    cover: Cover
    entries: list[tuple[dt.date, int]] = field(default_factory=list)
    latest: Version | None = None

    def received(self, day: dt.date) -> int:
        """Net cents received up to a day."""
        return sum(cents for on, cents in self.entries if on <= day)

    def book(self, kind: str, day: dt.date, cents: int, parent: Version, extra: Record | None = None) -> Version:
        """One cash movement; a negative one never arrives before what it takes back."""
        fields = self.fields(kind, day, cents) | (extra or {})
        typo = self._typo(cents) if kind == "10" and extra is None else None
        after = self.latest if cents < 0 else None
        version = self.journal.insert(
            self.cover.sender, "premium_receipt", fields, at(day, 17 * 60), parent=parent, after=after, typo=typo
        )
        if self.latest is None or version.available_at > self.latest.available_at:
            self.latest = version
        self.entries.append((day, cents))
        return version

    def _typo(self, cents: int) -> Record | None:
        return {"received_amount": yuan(cents + 1_000)} if self.rng.random() < CORRECTED_SHARE else None

    def fields(self, kind: str, day: dt.date, cents: int) -> Record:
        cover = self.cover
        e = cover.enterprise
        subsidy_pct = e.county.terms.subsidy_pct if kind == "10" and e.is_must_insure else 0
        return {
            "receipt_no": f"SF{cover.branch_code}{day:%Y%m%d}{self.journal.serial(cover.insurer.insurer_id + 'SF'):07d}",
            "policy_no": cover.policy_no,
            "receipt_type_code": kind,
            "receipt_date": day,
            "received_amount": yuan(cents),
            "instalment_no": str(len(self.entries) + 1) if kind == "10" else None,
            "payer_name": e.name,
            "payer_credit_code": e.credit_code,
            "subsidy_amount": yuan(cents * subsidy_pct // 100) if subsidy_pct else None,
        }


def write(journal: Journal, rng: Random, cover: Cover, changes: list[Change]) -> None:
    """Write the cash movements of one policy; nothing is received for a void one."""
    if cover.gone_status == "60" or rng.random() < NEVER_PAID_SHARE:
        return
    ledger = Ledger(journal, rng, cover)
    _pay(ledger, journal, rng)
    for change in changes:
        _move_cash(ledger, rng, change)


def _pay(ledger: Ledger, journal: Journal, rng: Random) -> None:
    cover, count = ledger.cover, _INSTALMENTS.draw(rng)
    for n in range(count):
        day = cover.issue + days(whole(rng, 0, 6) + n * 60)
        cents = cover.premium_cents // count + (cover.premium_cents % count if n == 0 else 0)
        if n and (day > cover.last_day or rng.random() < 0.03):
            return
        version = ledger.book("10", day, cents, cover.arrived)
        _stumble(ledger, journal, rng, version)


def _stumble(ledger: Ledger, journal: Journal, rng: Random, version: Version) -> None:
    """Sometimes a payment bounces and is made again, or was entered twice and is withdrawn."""
    day, cents, draw = ledger.entries[-1][0], ledger.entries[-1][1], rng.random()
    if day < journal.first_day:
        return
    if draw < BOUNCED_SHARE:
        ledger.book("30", day + days(3), -cents, version, {"instalment_no": None})
        ledger.book("10", day + days(6), cents, version, {"instalment_no": None})
    elif draw < BOUNCED_SHARE + MISTAKE_SHARE:
        number = f"{version.record['receipt_no']}C"
        fields = ledger.fields("10", day, cents) | {"receipt_no": number}
        twice = journal.insert(ledger.cover.sender, "premium_receipt", fields, at(day, 17 * 60), after=version)
        journal.withdraw(twice, twice.available_at + days(whole(rng, 1, 6)), "重复录入,撤销")


def _move_cash(ledger: Ledger, rng: Random, change: Change) -> None:
    """Cash that an endorsement moves; a refund never exceeds what was received."""
    day, extra = change.issue + days(whole(rng, 1, 8)), {"endorsement_no": change.endorsement_no}
    if change.cents > 0:
        ledger.book("10", day, change.cents, change.version, extra)
    elif change.cents < 0:
        cents = min(-change.cents, ledger.received(change.issue))
        if cents > 0:
            ledger.book("20", day, -cents, change.version, extra)
