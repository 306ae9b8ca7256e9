"""What is kept of a delivery as a whole, and what is said when it differs from those before it."""

from __future__ import annotations

import datetime as dt
import pathlib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from quality.catalogue import load_rules, rules_of
from quality.deliveries import bounds_of
from quality.messages import refusals
from schemas.contract import load_contract
from schemas.delivery import Control, Delivery, Payload, Replacement, Window
from schemas.errors import DefinitionError, EmptyFile
from tests.warehouse.building import VERSIONS, at, fault, one, policy, rows_of, table, tell
from warehouse.landing import comparing, receipts
from warehouse.landing.folder_store import FolderStore
from warehouse.landing.load_report import LoadKind, LoadReport
from warehouse.landing.receipts import read_batch
from warehouse.loading import profiles
from warehouse.loading.load import Loading
from warehouse.loading.snapshot_deletes import Bounds

HISTORY = [rule for rule in load_rules().sql_rules("policy") if rule.tier == "history"]
ROWS = 40
Row = Mapping[str, Any]


def rows_on(day: int, count: int = ROWS, **changes: Any) -> list[dict[str, Any]]:
    """Policies of one day that look like those of any other; amounts from 80 to 119 yuan."""
    return [
        policy(f"P{day}-{n}", at(day), holder_name=f"企业{n}", written_premium_amount=Decimal(80 + n % 40)) | changes
        for n in range(count)
    ]


def deliver(
    engine: sa.Engine, folder: pathlib.Path, rows: list[Any], day: int, *, faults: Any = (), kind: LoadKind = "first",
    batch_id: int | None = None, **given: Any,
) -> LoadReport:  # fmt: skip
    """Land rows on a day, with a window, control totals or a replacement, and load them by the rules of history."""
    if batch_id is None:
        payload = Payload("rows.json", "application/json", f"{day} {len(rows)} {given}".encode())
        given = {"channel": "drop", **given}
        delivery = Delivery("lichun", "policy", received_at=at(day, 12), payloads=(payload,), **given)
        batch_id = receipts.land(engine, FolderStore(folder), delivery).batch_id
    contract = load_contract("policy")
    with Loading(
        engine, read_batch(engine, batch_id), "test", contract, at(day, 13), VERSIONS, tell, kind=kind
    ) as loading:
        loading.stage(table(contract, rows), faults)
        return loading.merge(HISTORY, Bounds(Decimal(1), 1_000))


def regular(engine: sa.Engine, folder: pathlib.Path, nights: int = 7, **changes: Any) -> None:
    """Nights that look alike, from the first of the month."""
    for day in range(1, nights + 1):
        assert deliver(engine, folder, rows_on(day, **changes), day).findings == ()


def told(engine: sa.Engine, report: LoadReport) -> list[tuple[str, str | None, str]]:
    """(rule, field, message) of the findings of a whole batch."""
    query = "select rule_id, field, message from quality.finding where batch_id = :b and row_no is null order by 1, 2"
    return [(str(r), f, str(m)) for r, f, m in rows_of(engine, query, b=report.batch_id)]


def open_batches(engine: sa.Engine, moment: dt.datetime) -> list[tuple[Any, ...]]:
    return rows_of(engine, "select batch_id, kind from quality.imbalance(:k) order by 1", k=moment)


def test_a_profile_counts_rows_fill_rates_and_amounts(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    rows = [*rows_on(2, 3), policy("W1", at(2), operation_code="D", written_premium_amount=None)]
    rows[1] |= {"holder_name": "", "written_premium_amount": Decimal("-5.50")}
    control = Control(4, "written_premium_amount", Decimal("156.50"))
    report = deliver(engine, tmp_path, rows, 2, faults=[fault(3)], control=control)
    side = comparing.side(engine, report.batch_id)
    assert (side.row_count, side.content_count, side.loaded_count, side.held_count) == (4, 3, 3, 1)
    assert (side.landed_amount, side.loaded_amount) == (Decimal("156.50"), Decimal("74.50"))
    premium = side.columns["written_premium_amount"]
    assert (premium.filled_count, premium.is_constant) == (3, False)
    assert [premium.amount_sum, premium.amount_min, premium.amount_max] == [Decimal("156.50"), Decimal("-5.50"), 82]
    assert side.filled_pct("holder_name") == Decimal("66.7")
    assert side.columns["contact_phone"].is_constant
    assert "termination_date" not in side.columns


def test_a_replay_keeps_the_profile_and_says_nothing_again(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    regular(engine, tmp_path)
    first = deliver(engine, tmp_path, rows_on(8, 400), 8)
    assert [rule for rule, _, _ in first.findings] == ["DLV-003"]
    again = deliver(engine, tmp_path, rows_on(8, 400)[:100], 9, kind="replay", batch_id=first.batch_id)
    assert again.findings == ()
    assert comparing.side(engine, first.batch_id).row_count == 400
    query = "select rule_id from quality.finding where batch_id = :b and resolved_at is null"
    assert rows_of(engine, query, b=first.batch_id) == [("DLV-003",)], "the day of its receipt was out of line"
    assert set(profiles.RULES) == {rule.rule_id for rule in HISTORY}


ODD: dict[str, tuple[dict[str, Any], int, str]] = {
    "DLV-003": ({}, 4 * ROWS, "160行(通常40行,相差120行)"),
    "DLV-005": ({"written_premium_amount": Decimal("990000.00")}, ROWS, "签单保费"),
    "DLV-008": ({"holder_name": None}, ROWS, "填写率为0%"),
    "DLV-010": ({"holder_name": "同一企业"}, ROWS, "40行同一个值"),
}


@pytest.mark.parametrize("rule_id", ODD)
def test_a_delivery_out_of_line_is_told(rule_id: str, engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    changes, count, words = ODD[rule_id]
    regular(engine, tmp_path)
    assert deliver(engine, tmp_path, rows_on(8), 8).findings == ()
    odd = [row | changes for row in rows_on(9, count)]
    report = deliver(engine, tmp_path, odd, 9)
    found = told(engine, report)
    assert rule_id in [rule for rule, _, _ in found]
    assert any(words in message for rule, _, message in found if rule == rule_id)
    assert (report.state, report.accepted) == ("loaded", count)


def test_a_column_half_lost_is_told_with_its_name_and_shares(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    regular(engine, tmp_path)
    rows = [row | ({"contact_phone": None} if n % 4 else {}) for n, row in enumerate(rows_on(8))]
    [(rule, field, message)] = told(engine, deliver(engine, tmp_path, rows, 8))
    assert (rule, field) == ("DLV-009", "contact_phone")
    assert "25.0%(相差-75.0个百分点)" in message
    assert "不低于100.0%" in message


def test_an_empty_delivery_after_regular_ones_is_told_once(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    regular(engine, tmp_path)
    assert [rule for rule, _, _ in deliver(engine, tmp_path, [], 8).findings] == ["DLV-004"]
    assert deliver(engine, tmp_path, [], 9).findings == ()


def test_nothing_is_usual_before_the_seventh_delivery(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    regular(engine, tmp_path, nights=6)
    assert deliver(engine, tmp_path, rows_on(8, 400, holder_name=None), 8).findings == ()


def test_deliveries_of_another_kind_are_not_compared(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    regular(engine, tmp_path)
    assert deliver(engine, tmp_path, rows_on(8, 400), 8, channel="submit").findings == ()


def test_a_longer_window_may_bring_more(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    for day in range(1, 8):
        window = Window(at(day, 0), at(day + 1, 0))
        assert deliver(engine, tmp_path, rows_on(day), day, channel="api", window=window).findings == ()
    three_days = rows_on(8, 4 * ROWS)
    assert deliver(engine, tmp_path, three_days, 11, channel="api", window=Window(at(8, 0), at(11, 0))).findings == ()
    one_day = deliver(engine, tmp_path, rows_on(11, 4 * ROWS), 12, channel="api", window=Window(at(11, 0), at(12, 0)))
    assert [rule for rule, _, _ in one_day.findings] == ["DLV-003"]


def test_records_of_the_look_back_that_do_not_come_again_are_named(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    deliver(engine, tmp_path, rows_on(2, 5), 2, channel="api", window=Window(at(2, 0), at(2, 12)))
    again = rows_on(2, 3)
    assert deliver(engine, tmp_path, rows_on(2, 5), 3, channel="api", window=Window(at(2, 1), at(3, 0))).findings == ()
    [(rule, _, message)] = told(
        engine, deliver(engine, tmp_path, again, 4, channel="api", window=Window(at(2, 2), at(4, 0)))
    )
    assert rule == "DLV-006"
    assert "2条,例如P2-3、P2-4" in message
    later = deliver(engine, tmp_path, [], 5, channel="api", window=Window(at(2, 10), at(5, 0)))
    assert later.findings == ()


def test_records_that_a_replacing_delivery_lacks_are_named(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    everything = rows_on(1, 100)
    deliver(engine, tmp_path, everything, 2, replaces=Replacement())
    report = deliver(engine, tmp_path, everything[:99], 3, replaces=Replacement())
    [(rule, _, message)] = told(engine, report)
    assert (rule, report.withdrawn) == ("DLV-007", 1)
    assert "1条,例如P1-99" in message


def test_held_rows_of_declared_totals_are_an_imbalance_until_they_are_corrected(
    engine: sa.Engine, tmp_path: pathlib.Path
) -> None:
    rows = rows_on(2, 4)
    control = Control(4, "written_premium_amount", Decimal("326.00"))
    report = deliver(engine, tmp_path, rows, 2, faults=[fault(2), fault(3)], control=control)
    assert [rule for rule, _, _ in told(engine, report)] == ["DLV-001", "DLV-002"]
    assert "已入库2行(相差-2行),申报4行" in told(engine, report)[0][2]
    assert "163.00元(相差-163.00元)" in told(engine, report)[1][2]
    assert open_batches(engine, at(2, 14)) == [(report.batch_id, "declared")]
    deliver(engine, tmp_path, [rows[1] | {"source_updated_at": at(3)}], 3)
    assert open_batches(engine, at(3, 14)) == [(report.batch_id, "declared")]
    closing = deliver(engine, tmp_path, [rows[2] | {"source_updated_at": at(4)}], 4)
    assert open_batches(engine, at(4, 14)) == []
    assert open_batches(engine, at(3, 14)) == [(report.batch_id, "declared")]
    resolved = rows_of(
        engine,
        "select distinct resolved_by_batch_id from quality.finding where batch_id = :b and row_no is null",
        b=report.batch_id,
    )
    assert resolved == [(closing.batch_id,)]


def test_a_delivery_held_whole_is_healed_by_one_that_replaces_it(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    held = deliver(engine, tmp_path, rows_on(2, 3), 2, faults=[fault(None)])
    assert open_batches(engine, at(2, 14)) == [(held.batch_id, "held")]
    deliver(engine, tmp_path, rows_on(3, 3), 3)
    assert open_batches(engine, at(3, 14)) == [(held.batch_id, "held")]
    deliver(engine, tmp_path, rows_on(4, 3), 4, replaces=Replacement(dt.date(2026, 11, 1), dt.date(2026, 11, 30)))
    assert open_batches(engine, at(4, 14)) == [(held.batch_id, "held")], "a window replaces windows within it"
    deliver(engine, tmp_path, [*rows_on(3, 3), *rows_on(4, 3)], 5, replaces=Replacement())
    assert open_batches(engine, at(5, 14)) == []


def reject(engine: sa.Engine, folder: pathlib.Path, day: int, **given: Any) -> int:
    delivery = Delivery(
        "lichun", "policy", received_at=at(day, 12), payloads=(Payload("x", "text/csv", b"x"),), **given
    )
    batch_id = receipts.land(engine, FolderStore(folder), delivery).batch_id
    with Loading(
        engine, read_batch(engine, batch_id), "test", load_contract("policy"), at(day, 13), VERSIONS, tell
    ) as loading:
        loading.reject(refusals(load_rules().by_id, EmptyFile("FILE-003")))
    return batch_id


def test_an_unreadable_file_is_healed_by_the_next_readable_one(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    rejected = reject(engine, tmp_path, 2, channel="drop")
    deliver(engine, tmp_path, [], 3)
    assert open_batches(engine, at(3, 14)) == [(rejected, "rejected")], "an empty file brings nothing of it"
    deliver(engine, tmp_path, rows_on(4, 2), 4)
    assert open_batches(engine, at(4, 14)) == []
    assert one(engine, "select count(*) from quality.delivery_profile where batch_id = :b", b=rejected) == 0


def test_an_unreadable_answer_is_healed_by_a_window_that_covers_it_or_by_a_replay(
    engine: sa.Engine, tmp_path: pathlib.Path
) -> None:
    rejected = reject(engine, tmp_path, 3, channel="api", window=Window(at(2, 0), at(3, 0)))
    deliver(engine, tmp_path, rows_on(4, 2), 4, channel="api", window=Window(at(3, 0), at(4, 0)))
    assert open_batches(engine, at(4, 14)) == [(rejected, "rejected")]
    deliver(engine, tmp_path, rows_on(2, 2), 5, kind="replay", batch_id=rejected)
    assert open_batches(engine, at(5, 14)) == []
    assert open_batches(engine, at(4, 14)) == [(rejected, "rejected")]
    assert comparing.side(engine, rejected).row_count == 2


def test_a_row_held_without_declared_totals_is_no_imbalance(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    deliver(engine, tmp_path, rows_on(2, 4), 2, faults=[fault(2)])
    assert open_batches(engine, at(2, 14)) == []


def test_an_insurer_may_have_bounds_of_its_own(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    texts = dict(load_rules().texts)
    own = "\n- {name: row_factor, value: 9, insurer: lichun, valid_from: 2026-11-09, source: test}\n"
    texts["bounds/deliveries.yml"] += own
    HISTORY[:] = [rule for rule in rules_of(texts).sql_rules("policy") if rule.tier == "history"]
    try:
        regular(engine, tmp_path)
        before = deliver(engine, tmp_path, rows_on(8, 4 * ROWS), 8)
        after = deliver(engine, tmp_path, rows_on(9, 5 * ROWS), 9)
    finally:
        HISTORY[:] = [rule for rule in load_rules().sql_rules("policy") if rule.tier == "history"]
    assert [rule for rule, _, _ in before.findings] == ["DLV-003"]
    assert after.findings == ()


def test_a_mistake_in_the_bounds_is_named() -> None:
    text = load_rules().texts["bounds/deliveries.yml"]
    with pytest.raises(
        DefinitionError, match=r"deliveries.yml:\d+: row_facter\.name: .* is not known; fix: did you mean 'row_factor'"
    ):
        bounds_of(text.replace("name: row_factor", "name: row_facter"))
    with pytest.raises(DefinitionError, match=r"mad_factor: is missing"):
        bounds_of(text.replace("name: mad_factor", "name: row_factor"))
    with pytest.raises(DefinitionError, match=r"row_floor\.value: -30 is no positive number"):
        bounds_of(text.replace("row_floor, value: 30", "row_floor, value: -30"))
