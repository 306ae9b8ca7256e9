"""A child that comes before its parent is judged against it when the parent comes: sending late evades no rule."""

from __future__ import annotations

import datetime as dt
import functools
import pathlib
from decimal import Decimal

import pytest
import sqlalchemy as sa

from pipeline import steps
from pipeline.services.installation import FIRST_NIGHT, NIGHT
from quality.catalogue import load_rules, rules_of
from sandbox import drops
from sandbox.truth import Record, build
from schemas.errors import LandingMissing
from tests.pipeline.conftest import Anze
from tests.pipeline.telling import rows_of

INSURER = "lichun"
TOLD = "select batch_id, rule_id, resolved_at is not null as is_resolved from quality.finding where rule_id <> 'MAP-001' order by finding_id"
LOADS = "select batch_id, kind from landing.load order by load_no"


@functools.cache
def family() -> tuple[Record, Record, Record]:
    """A policy, a claim on it and a payment of the claim, which break no rule together."""
    province = build(5, 0.03)
    payment = next(
        row for row in province.feed(INSURER, "claim_payment", None, FIRST_NIGHT) if row["payment_kind_code"] == "20"
    )
    claims = province.feed(INSURER, "claim", None, FIRST_NIGHT)
    claim = next(row for row in claims if row["report_no"] == payment["report_no"])
    policies = province.feed(INSURER, "policy", None, FIRST_NIGHT)
    policy = next(row for row in policies if row["policy_no"] == claim["policy_no"])
    return policy | {"previous_policy_no": None}, claim, payment


def submit(anze: Anze, folder: pathlib.Path, record_type: str, row: Record) -> int:
    (folder / record_type).mkdir()
    file = drops.write_file("csv_utf8", folder / record_type, record_type, [row], NIGHT.date())
    answer = anze("submit", INSURER, record_type, file, "--json")
    assert (answer.code, answer.json["state"]) == (0, "loaded"), answer
    return int(answer.json["batch_id"])


def outside(policy: Record, claim: Record) -> Record:
    """The claim of an accident on the day before the cover."""
    day_before = policy["cover_start_date"] - dt.timedelta(days=1)
    return claim | {"accident_at": dt.datetime.combine(day_before, dt.time(8), dt.timezone(dt.timedelta(hours=8)))}


def test_a_claim_sent_before_its_policy_does_not_evade_the_cover(
    installed: pathlib.Path, engine: sa.Engine, anze: Anze
) -> None:
    policy, claim, _ = family()
    claims = submit(anze, installed, "claim", outside(policy, claim))
    assert [tuple(row) for row in rows_of(engine, TOLD)] == [(claims, "CLM-001", False)]
    policies = submit(anze, installed, "policy", policy)
    told = [tuple(row) for row in rows_of(engine, TOLD)]
    assert told == [(claims, "CLM-001", True), (claims, "CLM-002", False)]
    assert [tuple(row) for row in rows_of(engine, LOADS)] == [
        (claims, "first"), (policies, "first"), (claims, "replay")
    ]  # fmt: skip
    shown = anze("batch", "show", claims)
    assert "CLM-002" in shown.out
    assert anze("batch", "show", claims, "--json").json["accepted_count"] == 1
    assert rows_of(engine, "select count(*) as n from core.claim_current")[0].n == 1
    steps.intake(steps.open_hub())
    assert len(rows_of(engine, LOADS)) == 3
    checked = anze("verify", "--json").json
    assert (checked["unaccounted_rows"], checked["replay_differences"], checked["rows_replayed"]) == (0, 0, 2)


def test_a_payment_is_judged_by_the_limits_of_a_policy_that_comes_last(
    installed: pathlib.Path, engine: sa.Engine, anze: Anze
) -> None:
    policy, claim, payment = family()
    over = policy | {"aggregate_limit_amount": payment["paid_amount"] - Decimal("0.01")}
    narrow = {"per_person_limit_amount", "per_person_limit_max_amount", "per_accident_limit_amount"}
    over |= {name: over["aggregate_limit_amount"] for name in narrow if over[name] is not None}
    payments = submit(anze, installed, "claim_payment", payment)
    submit(anze, installed, "claim", claim)
    told = [tuple(row)[1:] for row in rows_of(engine, TOLD)]
    assert told == [("PAY-001", True), ("CLM-001", False), ("PAY-011", False)]
    submit(anze, installed, "policy", over | {"issue_date": dt.date(2020, 1, 1)})
    told = {(row.batch_id, row.rule_id, row.is_resolved) for row in rows_of(engine, TOLD)}
    assert {(payments, "PAY-011", True), (payments, "PAY-005", False)} <= told


def test_work_left_by_a_crash_is_done_by_the_intake_with_the_editions_of_the_first_load(
    installed: pathlib.Path, engine: sa.Engine, anze: Anze, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy, claim, _ = family()
    claims = submit(anze, installed, "claim", outside(policy, claim))
    with monkeypatch.context() as crashed:
        crashed.setattr(steps, "replay_due", lambda hub, insurer_id=None: [])
        submit(anze, installed, "policy", policy)
    assert [row.rule_id for row in rows_of(engine, TOLD)] == ["CLM-001"]
    hub = steps.open_hub()
    name = next(name for name, text in load_rules().texts.items() if "id: CLM-002\n" in text)
    later = rules_of({**load_rules().texts, name: load_rules().texts[name].replace("id: CLM-002\n", "id: CLM-902\n")})
    hub.__dict__["rules"] = later
    steps.intake(hub)
    assert [row.rule_id for row in rows_of(engine, TOLD)] == ["CLM-001", "CLM-002"]
    again = rows_of(
        engine, "select count(distinct ruleset_version) as n from landing.load where batch_id = :b", b=claims
    )
    assert again[0].n == 1


def test_a_batch_whose_bytes_are_lost_stops_no_other(installed: pathlib.Path, engine: sa.Engine, anze: Anze) -> None:
    policy, claim, _ = family()
    claims = submit(anze, installed, "claim", claim)
    for path in (installed / "landing").rglob("*"):
        if path.is_file():
            path.chmod(0o600)
            path.unlink()
    submit(anze, installed, "policy", policy)
    assert [tuple(row) for row in rows_of(engine, TOLD)] == [(claims, "CLM-001", True)]
    hub = steps.open_hub()
    with pytest.raises(LandingMissing, match="landed file"):
        steps.intake(hub)
