"""A publication says what it knows, what is missing, and never changes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import ProgrammingError

from warehouse.indicators.explain import Place, excluded_records, explain, show
from warehouse.indicators.reasons import EXCLUSIONS
from warehouse.publishing.publish import find_publication, latest_publication, publish

AS_OF = dt.date(2026, 11, 20)
NIGHT = dt.datetime(2026, 11, 20, 17, 30, tzinfo=dt.UTC)
KNOWN_AT = NIGHT + dt.timedelta(hours=2)
FEEDS = [(insurer_id, record_type) for insurer_id in ("lichun", "yushui") for record_type in ("policy", "endorsement")]


def deliver(connection: sa.Connection, feed: tuple[str, str], **given: object) -> int:
    """A batch of a feed, loaded by interface with three accepted rows unless said otherwise."""
    batch = {
        "insurer_id": feed[0], "record_type": feed[1], "channel": "api", "received_at": NIGHT, "state": "loaded",
        "digest": f"{feed}{given}", "received_count": 3, "accepted_count": 3, "quarantined_count": 0,
        "duplicate_count": 0, "superseded_count": 0, "loaded_at": NIGHT, **given,
    }  # fmt: skip
    names, values = ", ".join(batch), ", ".join(f":{name}" for name in batch)
    insert = sa.text(f"insert into landing.batch ({names}) values ({values}) returning batch_id")
    return connection.execute(insert, batch).scalar_one()


def publish_now(connection: sa.Connection, feeds=FEEDS, as_of: dt.date = AS_OF):
    return publish(connection, as_of, KNOWN_AT, KNOWN_AT, expected=feeds, delivered_since=NIGHT)


def test_publishing_again_changes_nothing(connection: sa.Connection, load) -> None:
    load("policy", [{"policy_no": "P1"}])
    first = publish_now(connection)
    load("policy", [{"policy_no": "P2"}])
    assert publish_now(connection) == first
    cells = connection.execute(sa.text("select count(*) from mart.publication")).scalar_one()
    assert cells == 1
    assert find_publication(connection, first.publication_id) == first == latest_publication(connection)


def test_the_latest_is_the_newest_day_not_the_last_published(connection: sa.Connection) -> None:
    newest = publish_now(connection)
    publish_now(connection, as_of=dt.date(2026, 10, 31))
    assert latest_publication(connection) == newest


def test_no_publication_yet(connection: sa.Connection) -> None:
    assert latest_publication(connection) is None
    with pytest.raises(LookupError, match="no publication 7"):
        find_publication(connection, 7)


def test_missing_insurers_make_cells_provisional(connection: sa.Connection, load) -> None:
    load("policy", [{"policy_no": "P1"}, {"insurer_id": "yushui", "policy_no": "P1"}])
    for feed in FEEDS[:3]:
        deliver(connection, feed)
    publication = publish_now(connection)
    assert publication.is_provisional
    assert publication.missing_insurers == ("yushui",)
    assert publication.missing_feeds == ("yushui/endorsement",)
    assert (publication.delivered_count, publication.expected_count) == (1, 2)
    cells = show(connection, indicators=["I2"], period_kind="ytd", region_code="370000", insurer_id=None)
    found = {cell.insurer_id: (cell.completeness, cell.is_provisional) for cell in cells}
    assert found == {"*": (Decimal("0.5"), True), "lichun": (1, False), "yushui": (0, True)}


@pytest.mark.parametrize(
    ("given", "is_delivered"),
    [
        ({}, True),
        ({"received_count": 0, "accepted_count": 0}, True),
        ({"accepted_count": 0, "duplicate_count": 3}, True),
        ({"state": "partly_loaded", "accepted_count": 0, "quarantined_count": 3}, False),
        ({"state": "partly_loaded", "accepted_count": 1, "quarantined_count": 2}, True),
        ({"state": "rejected", "received_count": 0, "accepted_count": 0}, False),
        ({"received_at": NIGHT - dt.timedelta(seconds=1)}, False),
        ({"received_at": KNOWN_AT + dt.timedelta(seconds=1)}, False),
        ({"channel": "drop"}, True),
        ({"channel": "drop", "received_count": 0, "accepted_count": 0}, True),
        ({"channel": "drop", "accepted_count": 0, "duplicate_count": 3}, False),
    ],
)
def test_what_counts_as_a_delivery(connection: sa.Connection, given: dict[str, object], is_delivered: bool) -> None:
    deliver(connection, FEEDS[0], **given)
    assert publish_now(connection, FEEDS[:1]).is_provisional is not is_delivered


@pytest.mark.parametrize(("channel", "is_delivered"), [("api", True), ("drop", False)])
def test_the_same_bytes_again(connection: sa.Connection, channel: str, is_delivered: bool) -> None:
    long_ago = NIGHT - dt.timedelta(days=9)
    original = deliver(connection, FEEDS[0], received_at=long_ago, channel=channel)
    empty = dict.fromkeys(
        ("received_count", "accepted_count", "quarantined_count", "duplicate_count", "superseded_count", "loaded_at")
    )
    deliver(connection, FEEDS[0], channel=channel, state="duplicate", duplicate_of=original, **empty)
    assert publish_now(connection, FEEDS[:1]).is_provisional is not is_delivered


def test_timeliness_by_insurer_and_record_type(connection: sa.Connection, load) -> None:
    on_time = {"deadline_on": "2026-11-20", "timeliness": "on_time"}
    late = {"deadline_on": "2026-11-19", "timeliness": "late"}
    pending = {"deadline_on": "2026-11-23", "timeliness": "on_time"}
    undetermined = {"issue_date": "2026-11-20", "timeliness": "undetermined"}
    load("policy", [{"policy_no": f"P{n}", **row} for n, row in enumerate([on_time, on_time, late, pending])])
    load("policy", [{"policy_no": "P9", **undetermined}])
    load("claim", [{"report_no": "C1", "insurer_id": "yushui", **late}])
    publish_now(connection)
    query = sa.text(
        "select insurer_id, record_type, due_count, on_time_count, late_count, undetermined_count, shown_pct "
        "from report.timeliness_latest order by 1, 2"
    )
    assert [(*row[:6], str(row[6])) for row in connection.execute(query)] == [
        ("*", "*", 4, 2, 2, 1, "50.00"),
        ("*", "claim", 1, 0, 1, 0, "0.00"),
        ("*", "policy", 3, 2, 1, 1, "66.67"),
        ("lichun", "*", 3, 2, 1, 1, "66.67"),
        ("lichun", "policy", 3, 2, 1, 1, "66.67"),
        ("yushui", "*", 1, 0, 1, 0, "0.00"),
        ("yushui", "claim", 1, 0, 1, 0, "0.00"),
    ]


def test_a_number_leads_to_batch_file_and_row(connection: sa.Connection, load) -> None:
    batch_id = deliver(connection, FEEDS[0])
    sha256 = "a" * 64
    connection.execute(
        sa.text("insert into landing.payload values (:sha256, 1, 'text/csv', :at)"), {"sha256": sha256, "at": NIGHT}
    )
    connection.execute(
        sa.text("insert into landing.batch_payload values (:batch_id, 1, :sha256, 'policy_20261120.csv')"),
        {"batch_id": batch_id, "sha256": sha256},
    )
    load("policy", [{"policy_no": "P1", "batch_id": batch_id}, {"policy_no": "P2", "region_code": "320214"}])
    publish_now(connection)
    place = Place("I2", "ytd")
    explanation = explain(connection, place)
    (record,) = explanation.records
    assert explanation.agrees
    assert explanation.definition.denominator.zh == "期间内签单保费加批改保费变化额"
    assert (record.record_type, record.record_key, record.batch_id, record.row_no) == ("policy", "P1", batch_id, 1)
    assert (record.files, record.denominator) == (("policy_20261120.csv",), 1000)
    assert [(x.reason, x.record_count) for x in explanation.exclusions] == [("outside_province", 1)]
    (left_out,) = excluded_records(connection, place)
    assert (left_out.record_key, left_out.exclusion) == ("P2", "outside_province")


def test_what_an_unknown_policy_would_owe_is_not_invented(connection: sa.Connection, load) -> None:
    threshold = {"rule_no": "R14", "operator_code": "=", "unit_code": "ratio", "basis_code": "premium_received"}
    load("rule_threshold", [{**threshold, "threshold_value": "0.20"}])
    load("policy", [{"policy_no": "P1"}])
    load("premium_receipt", [{"receipt_no": f"R-{no}", "policy_no": no, "received_amount": 100} for no in ("P1", "P2")])
    publish_now(connection)
    explanation = explain(connection, Place("I5", "ytd"))
    assert explanation.cell.denominator == 20
    assert [(x.reason, x.denominator) for x in explanation.exclusions] == [("policy_unknown", 0)]


def test_records_of_a_distinct_figure_say_what_counts_once(connection: sa.Connection, load) -> None:
    load("enterprise", [{"credit_code": "E1"}])
    load("policy", [{"policy_no": "P1"}, {"policy_no": "P2"}])
    publish_now(connection)
    explanation = explain(connection, Place("I1a", "as_of"))
    assert explanation.agrees
    assert (explanation.numerator, [(r.record_key, r.unit) for r in explanation.records]) == (
        1,
        [("P1", "E1"), ("P2", "E1")],
    )


def test_a_regulator_reads_in_the_database_what_each_reason_means(connection: sa.Connection) -> None:
    column = "attrelid = 'report.indicator_exclusion'::regclass and attname = 'reason'"
    comment = connection.execute(sa.text(f"select col_description(attrelid, attnum) from pg_attribute where {column}"))
    told = comment.scalar_one()
    assert [f"{code} {words.zh}" for code, words in EXCLUSIONS.items()] == told.removeprefix("未计入的原因:").split(
        "; "
    )


def test_an_explanation_speaks_of_the_past_not_of_today(connection: sa.Connection, load) -> None:
    load("policy", [{"policy_no": "P1"}])
    publish_now(connection)
    load("policy", [{"policy_no": "P2", "recorded_at": KNOWN_AT + dt.timedelta(days=1)}])
    assert explain(connection, Place("I2", "ytd")).record_count == 1


def test_a_cell_that_was_not_published_is_named(connection: sa.Connection) -> None:
    publish_now(connection)
    with pytest.raises(LookupError, match=r"coverage_ratio \(as_of\) has no published cell 370000 × \* × lichun"):
        explain(connection, Place("I1", "as_of", insurer_id="lichun"))


def test_a_regulator_reads_figures_and_nothing_below(connection: sa.Connection, load) -> None:
    load("enterprise", [{"credit_code": "E1"}])
    publish_now(connection)
    connection.exec_driver_sql("set local role anze_regulator")
    query = "select indicator_name, region_name, shown_text from report.indicator_latest where indicator_code = 'I1'"
    rows = connection.exec_driver_sql(query).all()
    assert ("安责险投保覆盖率", "山东省", "0.00%") in rows
    assert connection.exec_driver_sql("select count(*) from report.timeliness_latest").scalar_one() >= 1
    for relation in ("mart.indicator_value", "core.policy", "core.policy_in_force('2026-11-20', '2026-11-20')"):
        with pytest.raises(ProgrammingError, match="permission denied"), connection.begin_nested():
            connection.exec_driver_sql(f"select * from {relation}")


def test_the_loader_publishes_and_explains(connection: sa.Connection, load) -> None:
    load("policy", [{"policy_no": "P1"}])
    connection.exec_driver_sql("set local role anze_loader")
    publish_now(connection)
    assert explain(connection, Place("I2", "rolling12")).agrees


def test_every_published_view_and_column_a_regulator_doubts_is_documented(connection: sa.Connection) -> None:
    query = sa.text(
        "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace "
        "where n.nspname = 'report' and c.relkind = 'v' and obj_description(c.oid) is null"
    )
    assert connection.execute(query).all() == []
