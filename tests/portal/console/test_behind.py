"""From a cell to its records and on to one record, its versions and the row that it came in."""

from __future__ import annotations

import datetime as dt

import pytest

from portal.console import behind, figures, movement, publications, records
from portal.console.errors import NotShown
from portal.console.publications import Moment
from portal.console.scope import Place
from tests.portal.console.asking import Asker, Asking
from tests.warehouse.building import one, rows_of
from tests.warehouse.indicators.story import Hub
from tests.warehouse.rights.places import Reader

CELLS = [("I1", "as_of"), ("I2", "ytd"), ("I3", "ytd"), ("I4", "ytd"), ("I5", "ytd"), ("I1c", "as_of")]


def has_cell(asking: Asking, code: str, period_kind: str) -> bool:
    found = figures.figures(asking.connection, asking.publication, asking.place, [code])
    return any(f.period_kind == period_kind for f in found)


@pytest.mark.parametrize(("code", "period_kind"), CELLS)
def test_records_add_up_to_the_cell(asker: Asker, reader: Reader, code: str, period_kind: str) -> None:
    with asker(reader.name) as asking:
        said = (asking.connection, asking.publication, asking.place, code, period_kind)
        if not has_cell(asking, code, period_kind):
            with pytest.raises(NotShown):
                behind.behind(*said)
            return
        found = behind.behind(*said, limit=1000)
        assert found.page.total == len(found.page.rows)
        assert bool(found.page.rows) == (found.figure.null_reason is None)
        assert sum(r.values["numerator"] for r in found.page.rows) == found.figure.numerator
        assert sum(r.values["denominator"] for r in found.page.rows) == found.figure.denominator
        counted, not_counted = (behind.behind(*said, counted=c).page.total for c in (True, False))
        assert counted + not_counted == found.page.total


def test_pages_of_records_join(asker: Asker) -> None:
    with asker("console_a_province") as asking:
        said = (asking.connection, asking.publication, asking.place, "I4", "ytd")
        whole = behind.behind(*said, limit=1000).page
        after, seen = None, []
        while True:
            found = behind.behind(*said, limit=4, after=after).page
            seen += [row.row_key for row in found.rows]
            after = found.next_cursor
            if after is None:
                break
        assert seen == [row.row_key for row in whole.rows]


def test_what_was_left_out_is_told_with_its_reason(asker: Asker) -> None:
    with asker("console_a_province") as asking:
        said = (asking.connection, asking.publication)
        summary = behind.left_out(*said, "I4", "ytd")
        found = behind.left_out_records(*said, asking.place, "I4", "ytd", limit=1000).page
        assert sum(each.record_count for each in summary) == found.total > 0
        for row in found.rows:
            assert behind.reason_words(row.values["exclusion"]).zh != row.values["exclusion"]


def test_a_record_is_told_field_by_field_in_words(hub: Hub, asker: Asker) -> None:
    query = (
        "select max(version_id) from core.policy where policy_no = 'R370202D20Ilichun-low' and superseded_at is null"
    )
    with asker("console_a_county") as asking:
        found = records.record(asking.connection, "policy", one(hub.engine, query))
        by_name = {field.field: field for field in found.fields}
        assert by_name["policy_no"].value == "R370202D20Ilichun-low"
        assert by_name["high_risk_domain_code"].in_words == "危险化学品"
        assert by_name["region_code"].in_words == "市南区"
        assert by_name["per_person_limit_amount"].field_name
        assert not by_name["contact_name"].is_shown
        assert by_name["contact_name"].value is None
        assert len(found.versions) == 2
        assert found.version.superseded_at is None
        before = records.record(asking.connection, "policy", found.versions[1].version_id)
        assert {f.field: f.value for f in before.fields}["per_person_limit_amount"] == "300000.00"
        assert before.version.superseded_at == found.version.recorded_at


def test_a_record_of_another_is_none(hub: Hub, asker: Asker, reader: Reader) -> None:
    """Every version of every type, by its number."""
    with asker(reader.name) as asking:
        for record_type in ("policy", "claim", "claim_payment", "hazard", "enterprise", "service_plan", "fee_expense"):
            shown = {
                row[0] for row in asking.connection.exec_driver_sql(f"select version_id from report.{record_type}")
            }
            query = f"select version_id from core.{record_type} where superseded_at is null and not is_withdrawn"
            for (version_id,) in rows_of(hub.engine, query):
                if version_id in shown:
                    assert records.versions(asking.connection, record_type, version_id)
                else:
                    with pytest.raises(NotShown):
                        records.versions(asking.connection, record_type, version_id)
                    fields = f"select count(*) from report.record_field('{record_type}', {version_id})"
                    assert asking.connection.exec_driver_sql(fields).scalar_one() == 0


@pytest.mark.parametrize("name", ["", "pg_class", "policy; drop table x", "version"])
def test_what_is_no_record_type_is_not_shown(asker: Asker, name: str) -> None:
    with asker("console_a_city") as asking, pytest.raises(NotShown):
        records.record(asking.connection, name, 1)


@pytest.mark.parametrize(("code", "period_kind"), CELLS)
def test_parts_of_a_movement_add_up(asker: Asker, reader: Reader, code: str, period_kind: str) -> None:
    with asker(reader.name) as asking:
        if not has_cell(asking, code, period_kind):
            return
        first = publications.chosen(asking.connection, Moment(as_of=dt.date(2026, 10, 31)))
        said = (asking.connection, first, asking.publication, asking.place, code, period_kind)
        found = movement.movement(*said)
        assert found.after.numerator is not None
        assert found.before.numerator is not None
        assert sum(part.numerator for part in found.parts) == found.after.numerator - found.before.numerator
        assert "rest" not in {part.cause for part in found.parts}
        told = movement.moved_records(*said, limit=1000)
        assert told.total == sum(part.record_count for part in found.parts)
        for part in found.parts:
            rows = [row for row in told.rows if row.values["cause"] == part.cause]
            assert sum(row.values["numerator"] for row in rows) == part.numerator
            assert movement.moved_records(*said, cause=part.cause).total == len(rows) == part.record_count


def test_why_cover_and_limits_moved(asker: Asker) -> None:
    """BARE370202 got a policy, and a limit was corrected."""
    with asker("console_a_province") as asking:
        first = publications.chosen(asking.connection, Moment(as_of=dt.date(2026, 10, 31)))
        said = (asking.connection, first, asking.publication, Place("370202"))
        assert [(p.cause, p.numerator) for p in movement.movement(*said, "I1", "as_of").parts] == [("linked", 1)]
        limits = {p.cause: (p.numerator, p.denominator) for p in movement.movement(*said, "I1c", "as_of").parts}
        assert limits == {"arrived": (1, 1), "corrected": (1, 0)}


def test_what_was_judged_again_is_a_cause_of_its_own(asker: Asker) -> None:
    """An extension made a late policy timely; other figures of the same policy have not moved by it."""
    with asker("console_a_province") as asking:
        first = publications.chosen(asking.connection, Moment(as_of=dt.date(2026, 10, 31)))
        said = (asking.connection, first, asking.publication, Place("370000", insurer_id="lichun"), "T1", "ytd")
        parts = {p.cause: p for p in movement.movement(*said).parts}
        assert (parts["judging"].record_count, parts["judging"].numerator, parts["judging"].denominator) == (1, 1, 0)
        (row,) = movement.moved_records(*said, cause="judging").rows
        assert row.record_key.endswith("-extended")
        assert "linked" not in parts
