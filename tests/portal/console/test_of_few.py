"""What is read by few keys is what reading everything would show: to each reader the same rows, through both times."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from portal.console import publications
from schemas.contract import load_contracts
from tests.portal.console.asking import Asker
from tests.warehouse.building import rows_of
from tests.warehouse.indicators.story import Hub
from tests.warehouse.rights.places import PLACES, Reader

CODES = [f"{kind}{region}" for region, _ in PLACES for kind in ("C", "SHORT", "BARE")] + ["C-MOVED"]
LATE_TYPES = sorted(c.record_type for c in load_contracts().values() if c.milestones and not c.is_register)
HAZARDS = """
select h.version_id from report.hazard_known(:known_at) as h
where h.hazard_level_code = '20' and h.rectify_deadline_date < :as_of and not coalesce(
    h.hazard_status_code in ('20', '30') and cast(h.rectified_at at time zone 'Asia/Shanghai' as date) <= :as_of, false
) order by 1
"""
ENDING = """
select s.version_id, least(s.cover_end_date, s.termination_date - 1) from report.policy_state_at(:as_of, :known_at) as s
where s.is_in_force and s.is_lead
    and least(s.cover_end_date, s.termination_date - 1) between :as_of and cast(:as_of as date) + 300 order by 1
"""
COVER = """
select s.version_id, s.is_in_force, s.cover_end_date, s.termination_date, s.insured_person_count, s.per_person_limit_amount
from report.policy_state_at(:as_of, :known_at) as s
inner join report.policy_known(:known_at) as p on s.version_id = p.version_id
where p.insured_credit_code = :code order by 1
"""
CHILDREN = {
    "endorsement": "policy_no", "premium_receipt": "policy_no", "claim": "policy_no", "service_plan": "policy_no",
    "service_record": "policy_no", "fee_expense": "policy_no",
}  # fmt: skip


@pytest.fixture(params=["newest", "first"])
def moment(request: pytest.FixtureRequest, hub: Hub) -> publications.Moment:
    """Two moments: versions that were replaced between them are read from the past."""
    ids = [row[0] for row in rows_of(hub.engine, "select publication_id from mart.publication order by 1")]
    return publications.Moment(ids[-1] if request.param == "newest" else ids[0])


def test_overdue_hazards(asker: Asker, reader: Reader, moment: publications.Moment) -> None:
    with asker(reader.name, moment) as asking:
        at = {"as_of": dt.date(2026, 11, 9), "known_at": asking.publication.known_at}
        few = rows(asking.connection, "select version_id from report.hazard_overdue(:as_of, :known_at) order by 1", at)
        assert few == rows(asking.connection, HAZARDS, at)
        assert few or reader.kind != "province"


@pytest.mark.parametrize("record_type", LATE_TYPES)
def test_late_records(asker: Asker, reader: Reader, moment: publications.Moment, record_type: str) -> None:
    with asker(reader.name, moment) as asking:
        at = {"known_at": asking.publication.known_at, "record_type": record_type}
        few = rows(
            asking.connection, "select version_id from report.late_record(:record_type, :known_at) order by 1", at
        )
        whole = f"select version_id from report.{record_type}_known(:known_at) where timeliness = 'late' order by 1"
        assert few == rows(asking.connection, whole, at)


def test_policies_that_end(asker: Asker, reader: Reader, moment: publications.Moment) -> None:
    with asker(reader.name, moment) as asking:
        at = {"as_of": asking.publication.as_of, "known_at": asking.publication.known_at}
        few = "select version_id, last_day from report.policy_ending(:as_of, :known_at, 300) order by 1"
        found = rows(asking.connection, few, at)
        assert found == rows(asking.connection, ENDING, at)
        assert found


def test_cover_of_an_enterprise(asker: Asker, reader: Reader, moment: publications.Moment) -> None:
    few = """select version_id, is_in_force, cover_end_date, termination_date, insured_person_count, per_person_limit_amount
        from report.enterprise_cover(:code, :as_of, :known_at) order by 1"""
    with asker(reader.name, moment) as asking:
        for code in CODES:
            at = {"as_of": asking.publication.as_of, "known_at": asking.publication.known_at, "code": code}
            assert rows(asking.connection, few, at) == rows(asking.connection, COVER, at), code


@pytest.mark.parametrize("record_type", CHILDREN)
def test_events_of_an_enterprise(asker: Asker, reader: Reader, record_type: str) -> None:
    few = "select version_id from report.enterprise_event(:code) where record_type = :record_type order by 1"
    whole = f"""select v.version_id from report.policy as p
        inner join report.{record_type} as v on p.insurer_id = v.insurer_id and p.policy_no = v.policy_no
        where p.insured_credit_code = :code order by 1"""
    with asker(reader.name) as asking:
        for code in CODES:
            at = {"code": code, "record_type": record_type}
            assert rows(asking.connection, few, at) == rows(asking.connection, whole, at), code


def test_a_reader_is_told_no_name_of_an_enterprise_of_others(hub: Hub, asker: Asker, reader: Reader) -> None:
    with hub.engine.begin() as connection:
        connection.execute(
            sa.text(
                "insert into reference.enterprise_code (credit_code) select unnest(cast(:codes as text[])) on conflict do nothing"
            ),
            {"codes": CODES},
        )
    with asker(reader.name) as asking:
        named = {row[0] for row in rows(asking.connection, "select credit_code from report.enterprise_code", {})}
        query = "select credit_code from report.enterprise union select insured_credit_code from report.policy"
        own = {row[0] for row in rows(asking.connection, query, {})}
        assert own & {*CODES} <= named <= own


def rows(connection: sa.Connection, query: str, values: dict[str, object]) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.execute(sa.text(query), values)]
