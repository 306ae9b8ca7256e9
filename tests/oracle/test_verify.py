"""The whole check on a hand-made installation: good as it stands, and every planted corruption is found and named."""

from __future__ import annotations

import dataclasses
import datetime as dt
import pathlib
from collections.abc import Iterator
from types import ModuleType

import pytest
import sqlalchemy as sa

from oracle.world import Verdict
from schemas.contract import load_contract
from tests.oracle.planting import FIRST, HEADER, KNOWN_AT, LATE, RULE, SECOND, Installation, line, receipt


@pytest.fixture
def installation(engine: sa.Engine, tmp_path: pathlib.Path, worlds: ModuleType) -> Iterator[Installation]:
    """Three batches: a register; receipts with a held row and a duplicate; a correction, a withdrawal, an older version."""
    day, due = dt.date(2026, 11, 12), dt.date(2026, 11, 19)
    early = dt.date(2026, 3, 2)
    a1, b1 = receipt("A", "100.00", day, "2026-11-12T10:00"), receipt("B", "50.00", early, "2026-03-02T10:00")
    c1 = receipt("C", "70.00", day, "2026-11-12T11:00")
    a2 = receipt("A", "110.00", day, "2026-11-18T10:00", "U", "wrong amount")
    b0 = receipt("B", "49.00", early, "2026-03-01T10:00")
    c2 = receipt("C", "70.00", day, "2026-11-18T11:00", "D", "never paid")
    d1 = receipt("D", "30.00", dt.date(2026, 11, 13), "2026-11-13T09:00")
    with engine.connect() as connection:
        made = Installation(connection, tmp_path / "landing", worlds)
        rule = [name for name in load_contract("rule_threshold").by_name if name in RULE]
        cells = {**RULE, "source_updated_at": "2026-01-01T00:00:00+08:00"}
        register = ",".join(rule) + "\n" + ",".join(str(cells[name]) for name in rule) + "\n"
        made.land(1, "rule_threshold", register, FIRST, (1, 1, 0, 0, 0))
        made.keep("rule_threshold", (1, 2), FIRST, RULE)
        first = [line(a1), line(b1), line(c1), line(c1), "I,oops,,E,PE,10,2026-01-01,1"]
        made.land(2, "premium_receipt", "\n".join([HEADER, *first]) + "\n", FIRST, (5, 3, 1, 1, 0))
        made.hold(2, 6)
        on_time = {"deadline_on": due, "timeliness": "on_time"}
        made.keep("premium_receipt", (2, 2), FIRST, a1, superseded_at=SECOND, **on_time)
        made.keep("premium_receipt", (2, 3), FIRST, b1)
        made.keep("premium_receipt", (2, 4), FIRST, c1, superseded_at=SECOND, **on_time)
        made.land(
            3, "premium_receipt", "\n".join([HEADER, line(a2), line(b0), line(c2)]) + "\n", SECOND, (3, 2, 0, 0, 1)
        )
        made.keep("premium_receipt", (3, 2), SECOND, a2, first_received_at=FIRST, **on_time)
        made.keep("premium_receipt", (3, 3), SECOND, b0, first_received_at=FIRST, superseded_at=SECOND)
        made.keep("premium_receipt", (3, 4), SECOND, c2, first_received_at=FIRST, is_withdrawn=True)
        made.land(4, "premium_receipt", "\n".join([HEADER, line(d1)]) + "\n", LATE, (1, 1, 0, 0, 0))
        made.keep("premium_receipt", (4, 2), LATE, d1, deadline_on=dt.date(2026, 11, 20), timeliness="late")
        made.known = {"A": a2, "B": b1, "D": d1}
        made.timely = [
            Verdict("lichun", "premium_receipt", day, due, "on_time"),
            Verdict("lichun", "premium_receipt", early, None, None),
            Verdict("lichun", "premium_receipt", dt.date(2026, 11, 13), dt.date(2026, 11, 20), "late"),
        ]
        made.publish()
        connection.execute(sa.text("set session_replication_role = replica"))
        yield made


def test_a_faultless_installation_verifies_and_says_how_much_it_compared(installation: Installation) -> None:
    report = installation.verify()
    assert "\n".join(report.details) == ""
    assert report.is_good
    assert report.rows_replayed == 10
    assert report.cells_compared > 60


PLANTED = {
    "value in core": ("update core.premium_receipt set received_amount = 111 where receipt_no = 'A' and superseded_at is null", "replay", "premium_receipt lichun A of batch 3: received_amount not as replayed"),
    "value in history": ("update core.premium_receipt set received_amount = 1 where receipt_no = 'A' and superseded_at is not null", "replay", "premium_receipt lichun A"),
    "current version deleted": ("delete from core.premium_receipt where receipt_no = 'B' and superseded_at is null", "replay", "premium_receipt lichun B: 0 versions in core where batch 2 left one"),
    "history deleted": ("delete from core.premium_receipt where receipt_no = 'B' and superseded_at is not null", "replay", "premium_receipt lichun B: 0 versions in core where batch 3 left one"),
    "row invented": ("insert into core.premium_receipt (insurer_id, receipt_no, operation_code, source_updated_at, batch_id, row_no, content_hash, recorded_at, first_received_at) values ('lichun', 'Z', 'I', now(), 3, 9, '-', now(), now())", "replay", "premium_receipt lichun Z: a version of batch 3 in core that no load left there"),
    "withdrawal undone": ("update core.premium_receipt set is_withdrawn = false where receipt_no = 'C' and superseded_at is null", "replay", "premium_receipt lichun C of batch 3: is_withdrawn"),
    "verdict whitewashed": ("update core.premium_receipt set timeliness = 'on_time' where receipt_no = 'D'", "replay", "premium_receipt lichun D of batch 4: timeliness"),
    "receipt time moved": ("update core.premium_receipt set first_received_at = first_received_at - interval '9 days' where receipt_no = 'D'", "replay", "first_received_at"),
    "moment of a version moved": ("update core.premium_receipt set recorded_at = recorded_at - interval '1 hour' where receipt_no = 'D'", "books", "batch 4: rows that no load left there"),
    "end of a version moved": ("update core.premium_receipt set superseded_at = superseded_at + interval '1 hour' where receipt_no = 'A' and superseded_at is not null", "replay", "premium_receipt lichun A of batch 2: superseded_at"),
    "receipt rewritten": ("update landing.batch set accepted_count = 4, duplicate_count = 0 where batch_id = 2", "books", "accepted of the receipt is not that of its load: 4 and 3"),
    "load forgotten": ("delete from landing.load where batch_id = 4", "books", "batch 4 lichun/premium_receipt: loaded without a line in the log of loads"),
    "counts flipped": ("update landing.load set accepted_count = 4, duplicate_count = 0 where batch_id = 2", "books", "batch 2 lichun/premium_receipt: accepted and superseded are not the versions in core"),
    "row lost from the books": ("update landing.load set received_count = 4, duplicate_count = 0 where batch_id = 2", "books", "batch 2 lichun/premium_receipt: received is not the rows in the landed bytes"),
    "held row deleted": ("delete from quarantine.row", "books", "held rows are not all in quarantine"),
    "held row that never came": ("update quarantine.row set row_no = 99", "replay", "row 99: held, but never arrived"),
    "cell changed": ("update mart.indicator_value set numerator = numerator + 1 where indicator = 'timeliness_ratio' and period_kind = 'ytd' and insurer_id = 'lichun'", "figures", "cell timeliness_ratio ytd 370000 * lichun"),
    "percentage changed": ("update mart.indicator_value set shown_pct = 99.99 where indicator = 'timeliness_ratio' and period_kind = 'ytd' and insurer_id = '*'", "figures", "cell timeliness_ratio ytd 370000 * *"),
    "cell deleted": ("delete from mart.indicator_value where indicator = 'coverage_ratio'", "figures", "cell coverage_ratio as_of 370000 * *: not published"),
    "cell invented": ("update mart.indicator_value set region_code = '370200' where indicator = 'loss_ratio_simple' and period_kind = 'ytd'", "figures", "cell loss_ratio_simple ytd 370200 * *"),
    "exclusion hidden": ("delete from mart.indicator_exclusion where indicator = 'fee_payment_ratio'", "figures", "exclusion fee_payment_ratio ytd lichun policy_unknown"),
    "late feed hidden": ("update mart.timeliness set late_count = 0, due_count = 1, on_time_ratio = 1 where insurer_id = 'lichun'", "figures", "timeliness lichun premium_receipt"),
}  # fmt: skip


@pytest.mark.parametrize("case", PLANTED)
def test_planted_corruption_is_found_and_named(installation: Installation, case: str) -> None:
    statement, where, named = PLANTED[case]
    installation.run("set constraints all immediate")  # what the ledger still owes
    installation.run("alter table landing.load drop constraint books_balance")
    assert installation.run(statement).rowcount > 0
    report = installation.verify()
    found = {
        "books": report.unaccounted_rows,
        "replay": report.replay_differences,
        "figures": report.cells_differing,
    }
    assert found[where] > 0
    assert not report.is_good
    assert any(named in line for line in report.details), report.details


def _landed(installation: Installation) -> pathlib.Path:
    return max((p for p in installation.root.rglob("*") if p.is_file()), key=lambda p: p.stat().st_size)


def test_landed_bytes_that_changed_are_found(installation: Installation) -> None:
    path = _landed(installation)
    path.write_bytes(path.read_bytes().replace(b"100.00", b"100.01"))
    report = installation.verify()
    assert any("cannot be replayed" in line for line in report.details)
    assert report.unaccounted_rows > 0


def test_landed_bytes_that_are_gone_are_a_failure_never_a_pass(installation: Installation) -> None:
    _landed(installation).unlink()
    assert not installation.verify().is_good


def test_a_batch_that_nobody_loads_is_stuck_unless_someone_holds_its_lease(installation: Installation) -> None:
    installation.run(
        "insert into landing.batch (batch_id, insurer_id, record_type, channel, received_at, digest)"
        " overriding system value values (9, 'yushui', 'claim', 'api', :at, 'd')",
        at=LATE,
    )
    assert installation.verify().stuck_batches == 1
    installation.run(
        "insert into landing.lease values ('yushui/claim', 'me', 1, clock_timestamp() + interval '1 hour', pg_backend_pid(), now())"
    )
    assert installation.verify().stuck_batches == 0


def test_without_a_publication_the_check_of_figures_has_not_run(installation: Installation) -> None:
    for name in ("indicator_value", "indicator_exclusion", "timeliness", "publication"):
        installation.run(f"delete from mart.{name}")
    report = installation.verify()
    assert report.not_run
    assert not report.is_good
    assert dataclasses.replace(report, not_run=()).is_good


def test_figures_are_recomputed_as_known_when_they_were_published(installation: Installation) -> None:
    """A delivery after the publication changes core, and not the figures of the past."""
    later = receipt("E", "5.00", dt.date(2026, 11, 14), "2026-11-14T09:00")
    at = KNOWN_AT + dt.timedelta(days=1)
    installation.land(5, "premium_receipt", f"{HEADER}\n{line(later)}\n", at, (1, 1, 0, 0, 0))
    installation.keep("premium_receipt", (5, 2), at, later, deadline_on=dt.date(2026, 11, 20), timeliness="late")
    report = installation.verify()
    assert "\n".join(report.details) == ""
    assert report.rows_replayed == 11
