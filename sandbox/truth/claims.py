"""Claims from report to settlement, refusal or reopening, and what is paid on them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sandbox.truth import names
from sandbox.truth.chance import Random, Weighted, pick, whole
from sandbox.truth.clock import SHANGHAI, at, days, yuan
from sandbox.truth.covers import Cover
from sandbox.truth.geography import geography
from sandbox.truth.journal import Journal
from sandbox.truth.payments import Payment, pay
from sandbox.truth.province import Record, Version

CLAIMS_A_YEAR = 0.045
"""Claims per policy-year; an assumption."""
_SECTOR_FACTOR = {"11": 2.0, "12": 1.8, "30": 1.6, "50": 1.5, "70": 1.5, "80": 1.7, "40": 1.2, "90": 0.6}
_EDITION_STARTS = dt.date(2026, 7, 1)
_TYPES = {
    "1986": ("01", "02", "03", "04", "05", "07", "09", "19", "20"),
    "2025": ("01", "02", "04", "05", "06", "08", "10", "11", "23", "27"),
}
_HURT = Weighted.of(
    [
        ((0, 0, 1), 78.0),
        ((0, 1, 0), 13.0),
        ((0, 1, 2), 3.5),
        ((1, 0, 0), 4.0),
        ((1, 1, 1), 1.0),
        ((2, 0, 1), 0.4),
        ((3, 2, 0), 0.1),
    ]
)
_FATES = Weighted.of([("settled", 90.0), ("refused", 5.0), ("withdrawn", 3.0), ("reopened", 2.0)])
_CLOSED = {"reserve_amount": None}


@dataclass(frozen=True)
class Accident:
    """What happened, and what it will cost; ``cents`` is the own share of the insurer."""

    cover: Cover
    happened_at: dt.datetime
    reported_at: dt.datetime
    hurt: tuple[int, int, int]
    cents: int
    report_no: str


def write(journal: Journal, rng: Random, cover: Cover) -> None:
    """Write at most one claim of a policy, with its payments."""
    first, last = max(cover.start, journal.first_day), min(cover.last_day, journal.last_day)
    open_days = (last - first).days
    chance = CLAIMS_A_YEAR * _SECTOR_FACTOR.get(cover.enterprise.domain_code, 1.0) * open_days / 365
    if open_days < 2 or rng.random() > chance:
        return
    accident = _accident(journal, rng, cover, first + days(whole(rng, 0, open_days)))
    _Course(journal, rng, accident).run(_FATES.draw(rng))


def _accident(journal: Journal, rng: Random, cover: Cover, day: dt.date) -> Accident:
    happened_at = at(day, whole(rng, 0, 1_430))
    hurt = _HURT.draw(rng)
    if sum(hurt) > cover.person_count:
        hurt = (0, 0, 1)
    number = f"BA{cover.branch_code}{day.year}{journal.serial(cover.insurer.insurer_id + 'BA'):07d}"
    reported_at = happened_at + dt.timedelta(minutes=whole(rng, 20, 4_000))
    return Accident(cover, happened_at, reported_at, hurt, _cost(rng, cover, hurt), number)


def _cost(rng: Random, cover: Cover, hurt: tuple[int, int, int]) -> int:
    """Own share of the indemnity in cents: at most 95 % of the limit a death, less for injuries."""
    deaths, serious, minor = hurt
    death, injury = whole(rng, 80, 95), whole(rng, 15, 60)
    cents = cover.limit_cents * (deaths * death + serious * injury) // 100 + minor * whole(rng, 300_000, 3_500_000)
    return int(cents * cover.share) if cover.share else cents


@dataclass
class _Course:
    """The course of one claim; state: its latest version."""

    journal: Journal
    rng: Random
    accident: Accident
    version: Version | None = None

    def run(self, fate: str) -> None:
        """Report, register, decide and close, as the fate wants."""
        version = self._report()
        registered_at = self.accident.reported_at + dt.timedelta(hours=whole(self.rng, 3, 70))
        if fate == "withdrawn":
            closed = {"claim_status_code": "60", "closed_at": registered_at, **_CLOSED}
            self.journal.revise(version, closed, registered_at, "案件注销")
            return
        version = self._register(version, registered_at)
        decided_at = registered_at + dt.timedelta(hours=whole(self.rng, 24, 28 * 24))
        if fate == "refused":
            self._refuse(version, decided_at)
        else:
            self._settle(version, registered_at, decided_at, fate == "reopened")

    def _report(self) -> Version:
        a = self.accident
        typo = {"accident_place_text": "不详"} if self.rng.random() < 0.03 else None
        fields = _fields(self.rng, a) | {"claim_status_code": "10"}
        return self.journal.insert(a.cover.sender, "claim", fields, a.reported_at, parent=a.cover.arrived, typo=typo)

    def _register(self, version: Version, registered_at: dt.datetime) -> Version:
        number = self.accident.report_no.replace("BA", "LA", 1)
        changes = {"claim_status_code": "20", "register_no": number, "registered_at": registered_at}
        return self.journal.revise(version, changes, registered_at, "案件立案")

    def _refuse(self, version: Version, decided_at: dt.datetime) -> None:
        changes = {
            "claim_status_code": "50",
            "decided_at": decided_at,
            "closed_at": decided_at,
            "decline_reason_text": "经核定不属于保险责任",
            **_CLOSED,
        }
        self.journal.revise(version, changes, decided_at, "案件拒赔")

    def _settle(self, version: Version, registered_at: dt.datetime, decided_at: dt.datetime, is_reopened: bool) -> None:
        a, rng = self.accident, self.rng
        payment = Payment(self.journal, rng, a.cover, a.report_no, sum(a.hurt))
        advance = a.cents * 3 // 10 if a.hurt[0] and rng.random() < 0.6 else 0
        if advance:
            pay(payment, "10", advance, registered_at + dt.timedelta(hours=12), version)
        number = a.report_no.replace("BA", "PA", 1)
        agreed_at = decided_at + dt.timedelta(hours=whole(rng, 1, 90))
        changes = {"claim_status_code": "30", "claim_no": number, "decided_at": decided_at}
        version = self.journal.revise(version, changes, decided_at, "案件核定")
        paid_at = agreed_at + dt.timedelta(hours=whole(rng, 4, 9 * 24))
        rest = a.cents - advance - (a.cents // 10 if is_reopened else 0)
        paid = pay(payment, "20", rest, paid_at, version)
        _sundry(payment, rng, rest, paid_at, paid)
        closed_at = paid_at + dt.timedelta(hours=whole(rng, 1, 48))
        closed = {"claim_status_code": "40", "agreed_at": agreed_at, "closed_at": closed_at, **_CLOSED}
        version = self.journal.revise(version, closed, closed_at, "案件结案")
        if is_reopened:
            self._reopen(version, payment, closed_at)

    def _reopen(self, version: Version, payment: Payment, closed_at: dt.datetime) -> None:
        again_at, cents = closed_at + days(whole(self.rng, 8, 40)), self.accident.cents // 10
        changes = {"claim_status_code": "70", "is_reopened": True, "closed_at": None, "reserve_amount": yuan(cents)}
        version = self.journal.revise(version, changes, again_at, "案件重开")
        paid_at = again_at + days(whole(self.rng, 3, 15))
        pay(payment, "20", cents, paid_at, version)
        closed = {"claim_status_code": "40", "closed_at": paid_at, **_CLOSED}
        self.journal.revise(version, closed, paid_at, "重开案件结案")


def _sundry(payment: Payment, rng: Random, cents: int, paid_at: dt.datetime, paid: Version) -> None:
    """Claim expenses, recoveries and bounced payments."""
    draw = rng.random()
    if draw < 0.25:
        pay(payment, "30", min(whole(rng, 50_000, 800_000), cents // 5 + 1), paid_at - dt.timedelta(hours=2), paid)
    elif draw < 0.31:
        pay(payment, "40", -(cents * whole(rng, 10, 40) // 100), paid_at + days(whole(rng, 10, 60)), paid)
    elif draw < 0.34:
        undone = pay(payment, "50", -cents, paid_at + days(2), paid)
        pay(payment, "20", cents, paid_at + days(4), undone)


def _grade(deaths: int, serious: int) -> str:
    return "20" if deaths >= 3 or serious >= 10 else "10"


def _fields(rng: Random, a: Accident) -> Record:
    edition = "2025" if a.happened_at.astimezone(SHANGHAI).date() >= _EDITION_STARTS else "1986"
    city = geography().by_city[a.cover.enterprise.county.city_code]
    deaths, serious, minor = a.hurt
    return {
        "report_no": a.report_no,
        "policy_no": a.cover.policy_no,
        "accident_at": a.happened_at,
        "reported_at": a.reported_at,
        "is_reopened": False,
        "accident_region_code": pick(rng, city).code if rng.random() < 0.05 else a.cover.enterprise.county.code,
        "accident_place_text": pick(rng, names.PLACES),
        "accident_type_code": pick(rng, _TYPES[edition]),
        "accident_type_edition_code": edition,
        "accident_grade_code": _grade(deaths, serious),
        "death_count": deaths,
        "serious_injury_count": serious,
        "minor_injury_count": minor,
        "third_party_victim_count": 1 if rng.random() < 0.05 else 0,
        "claimed_amount": yuan(a.cents * whole(rng, 125, 150) // 100 + 1_000_000),
        "reserve_amount": yuan(a.cents),
        "description_text": f"作业过程中发生事故,\n{sum(a.hurt)}人受伤害",
        "reporter_name": names.person(rng),
        "reporter_phone": names.phone(rng),
    }
