"""No role of ours rewrites what was received, accepted, judged or published: each attempt names how it is refused."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.warehouse.building import at, fault, load_rows, policy, rows_of
from warehouse.database import access, reference
from warehouse.publishing.publish import publish

DENIED, REFUSED = "42501", "23001"
FAR = "timestamptz '2030-01-01'"

#: Statement -> how the loader is refused: it has no such right, or the database refuses what it has a right to.
#: The owner of everything, and the superuser, are always refused by the database; the regulator has no right to any.
ATTEMPTS = {
    "update core.policy set employee_count = 1": DENIED,
    "update core.policy set recorded_at = recorded_at - interval '1 day'": DENIED,
    "update core.policy set content_hash = 'x'": DENIED,
    "update core.policy set is_withdrawn = true": DENIED,
    "update core.policy set timeliness = 'on_time'": DENIED,
    "update core.policy set superseded_at = null where superseded_at is not null": REFUSED,
    f"update core.policy set superseded_at = {FAR} where superseded_at is not null": REFUSED,
    "delete from core.policy": DENIED,
    "truncate core.policy": DENIED,
    "truncate core.hazard": DENIED,
    "update landing.batch set received_at = received_at - interval '1 day'": REFUSED,
    "update landing.batch set digest = 'x'": REFUSED,
    "update landing.batch set received_count = 0, accepted_count = 0, quarantined_count = 0, duplicate_count = 0": REFUSED,
    "update landing.batch set state = 'received'": REFUSED,
    "update landing.batch set declared_row_count = 7 where state = 'received'": REFUSED,
    "update landing.batch set interval_end = now() where state = 'received'": REFUSED,
    "update landing.batch set replaces = 'all' where state = 'received'": REFUSED,
    f"update landing.batch set loaded_at = {FAR} where loaded_at is not null": REFUSED,
    "delete from landing.batch": DENIED,
    "truncate landing.batch cascade": DENIED,
    "update landing.payload set size_bytes = 0": DENIED,
    "delete from landing.payload": DENIED,
    "update landing.batch_payload set name = 'x'": DENIED,
    "delete from landing.batch_payload": DENIED,
    "truncate landing.batch_payload": DENIED,
    "update landing.load set recorded_at = recorded_at - interval '1 day'": DENIED,
    "delete from landing.load": DENIED,
    "truncate landing.load": DENIED,
    "update landing.edition set texts = '{}'": DENIED,
    "delete from landing.edition": DENIED,
    "update landing.decision set decision = 'refuse'": DENIED,
    "delete from landing.decision": DENIED,
    "update mart.publication set known_at = now()": DENIED,
    "update mart.publication set is_provisional = not is_provisional": DENIED,
    "delete from mart.publication": DENIED,
    "truncate mart.publication cascade": DENIED,
    "update mart.indicator_value set numerator = numerator + 1": DENIED,
    "update mart.indicator_value set shown_pct = 100": DENIED,
    "delete from mart.indicator_value": DENIED,
    "truncate mart.indicator_value": DENIED,
    "update mart.indicator_exclusion set record_count = 0": DENIED,
    "delete from mart.indicator_exclusion": DENIED,
    "update mart.indicator_definition set contributions_sql = ''": DENIED,
    "delete from mart.indicator_definition": DENIED,
    "update mart.timeliness set late_count = 0": DENIED,
    "delete from mart.timeliness": DENIED,
    "insert into mart.indicator_value select * from mart.indicator_value"
    " on conflict (publication_id, indicator, period_kind, region_code, domain_code, insurer_id)"
    " do update set numerator = 0": DENIED,
    "update quarantine.row set raw = '{}'": DENIED,
    "update quarantine.row set reasons = '[1]'": DENIED,
    "update quarantine.row set quarantined_at = now()": DENIED,
    f"update quarantine.row set resolved_at = {FAR} where resolved_at is not null": REFUSED,
    "update quarantine.row set resolved_by_batch_id = 1 where resolved_at is not null": REFUSED,
    "update quarantine.row set resolved_at = null, resolved_by_batch_id = null where resolved_at is not null": REFUSED,
    "delete from quarantine.row": DENIED,
    "truncate quarantine.row": DENIED,
    "update quality.finding set message = 'x'": DENIED,
    "update quality.finding set severity = 'warning'": DENIED,
    f"update quality.finding set resolved_at = {FAR} where resolved_at is not null": REFUSED,
    "update quality.finding set resolved_at = null, resolved_by_batch_id = null where resolved_at is not null": REFUSED,
    "delete from quality.finding": DENIED,
    "truncate quality.finding": DENIED,
}
#: What would take the protection away, and who is not allowed to.
DISARMING = (
    "set session_replication_role = replica",
    "alter table core.policy disable trigger all",
    "drop trigger history_content on core.policy",
    "drop trigger figures_kept on mart.indicator_value",
    "alter table mart.publication owner to anze_loader",
    "set role anze_owner",
    "create or replace function core.refuse_rewriting() returns trigger language plpgsql as 'begin return new; end'",
    "drop table core.policy",
    "drop schema core cascade",
)


@pytest.fixture(scope="module")
def evidence(shared_engine: sa.Engine, tmp_path_factory: pytest.TempPathFactory) -> sa.Engine:
    """One of everything: versions, a held row and its finding resolved later, a waiting receipt, published figures."""
    folder = tmp_path_factory.mktemp("landing")
    load_rows(
        shared_engine, folder, "policy", [policy("P1", at(16)), policy("P2", at(16))], at(18), findings=[fault(2)]
    )
    load_rows(shared_engine, folder, "policy", [policy("P1", at(17), employee_count=9), policy("P2", at(17))], at(19))
    with shared_engine.begin() as connection:
        connection.exec_driver_sql(
            "insert into landing.edition values ('e', 'ruleset', '{}', now());"
            "insert into landing.decision values (1, 'accept', 'me', now(), 'because', 1, 1);"
            "insert into landing.batch (insurer_id, record_type, channel, received_at, digest)"
            " values ('lichun', 'claim', 'drop', now(), 'd')"
        )
        publish(connection, at(19).date(), at(20), at(20), expected=[("lichun", "policy")], delivered_since=at(18))
        connection.exec_driver_sql(
            "insert into mart.indicator_exclusion select publication_id, 'x', 'ytd', '*', 'r', 1, 0, 0 from mart.publication"
        )
        access.protect_database(connection)
    return shared_engine


def _refusal(engine: sa.Engine, role: str | None, statement: str) -> str | None:
    """The SQLSTATE with which a statement of a role is refused; None when it went through."""
    with engine.connect() as connection:
        if role:
            connection.exec_driver_sql(f"set local role {role}")
        try:
            connection.exec_driver_sql(statement)
        except sa.exc.DBAPIError as error:
            return str(error.orig.pgcode)  # type: ignore[union-attr]
        return None


@pytest.mark.parametrize("statement", ATTEMPTS)
def test_no_role_rewrites_history(evidence: sa.Engine, statement: str) -> None:
    refused = {
        role: _refusal(evidence, role, statement) for role in ("anze_loader", "anze_regulator", "anze_owner", None)
    }
    told = {"anze_loader": ATTEMPTS[statement], "anze_regulator": DENIED, "anze_owner": REFUSED, None: REFUSED}
    assert refused == told


@pytest.mark.parametrize("statement", DISARMING)
@pytest.mark.parametrize("role", ["anze_loader", "anze_regulator"])
def test_no_login_role_takes_the_protection_away(evidence: sa.Engine, role: str, statement: str) -> None:
    with evidence.connect() as connection:
        connection.exec_driver_sql(f"set session authorization {role}")
        with pytest.raises(sa.exc.DBAPIError) as refusal:
            connection.exec_driver_sql(statement)
        connection.rollback()
        connection.exec_driver_sql("reset session authorization")
    assert refusal.value.orig.pgcode == DENIED  # type: ignore[union-attr]


def test_every_table_that_holds_history_is_protected(evidence: sa.Engine) -> None:
    """A table added later without protection is found here; those that may change are named."""
    mutable = {
        "landing.cursor", "landing.lease", "landing.plan", "landing.plan_part", "landing.trouble", "quality.milestone",
        "landing.heartbeat", "reference.shorter_deadline", "reference.event_field", "reference.alert_kind",
        "quality.delivery_profile", "quality.column_profile", "mart.contribution_query", "mart.month_computed", "mart.month_figure",
    }  # fmt: skip
    of_files = {f"reference.{table}" for table in reference.COLUMNS}
    unprotected = rows_of(
        evidence,
        """
        select n.nspname || '.' || c.relname
        from pg_class as c inner join pg_namespace as n on c.relnamespace = n.oid
        where c.relkind = 'r' and n.nspname in ('landing', 'core', 'quarantine', 'quality', 'reference', 'mart')
            and (
                select count(*) filter (where t.tgtype & 8 > 0) = 0 or count(*) filter (where t.tgtype & 32 > 0) = 0
                from pg_trigger as t where t.tgrelid = c.oid and t.tgenabled = 'O'
            )
        """,
    )
    assert {name for (name,) in unprotected} - mutable - of_files == set()


def test_what_is_open_may_be_resolved_once(evidence: sa.Engine) -> None:
    resolve = "update quality.finding set resolved_at = now(), resolved_by_batch_id = 2 where resolved_at is null"
    with evidence.connect() as connection:
        connection.exec_driver_sql(
            "insert into quality.finding (batch_id, insurer_id, record_type, rule_id, severity, message, opened_at)"
            " values (1, 'lichun', 'policy', 'POL-001', 'warning', 'm', now())"
        )
        connection.exec_driver_sql("set local role anze_loader")
        assert connection.exec_driver_sql(resolve).rowcount == 1
        assert connection.exec_driver_sql(resolve).rowcount == 0
