"""Ways around a view that a reader may try: none tells of a record that is not its own, none leaves anything behind."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa

from tests.warehouse.building import rows_of
from tests.warehouse.rights.places import BEFORE_16, READERS, Reader, can_refuse_groups
from tests.warehouse.rights.test_rows import COUNTED
from warehouse.database import access

#: What is refused, whatever a reader sets for itself.
REFUSED = (
    # tables, beside the views
    "select * from core.policy", "select policy_no from core.policy_current", "select * from core.version",
    "table quarantine.row", "select raw from quarantine.row", "select * from quality.finding",
    "select * from landing.batch", "select * from mart.indicator_value", "select * from mart.contribution_query",
    "select * from access.entitlement", "select * from reference.region", "select count(*) from only core.claim",
    "select * from core.policy tablesample system (100)",
    # functions below the views
    "select * from core.policy_known(now())", "select * from core.policy_timeline(now())",
    "select * from core.key_chain('policy', 'yushui', 'x')", "select access.regions()",
    "select * from access.seen_policies()", "select * from access.mine()", "call core.protect_history('policy')",
    "call access.protect_rows('core.policy')", "select access.condition('core.policy'::regclass)",
    # rights
    "insert into access.entitlement (role_name) values ('x')", "update access.entitlement set region_codes = '{*}'",
    "update report.account set region_codes = '{*}'", "delete from report.account",
    "insert into report.policy (policy_no) values ('x')", "update report.policy set product_name = 'x'",
    "delete from report.indicator", "truncate core.policy", "alter table core.policy disable row level security",
    "alter table core.policy no force row level security", "drop policy seen on core.policy",
    "create policy mine on core.policy using (true)", "grant select on core.policy to public",
    "alter view report.policy set (security_invoker = true)",
    # other roles
    "set role anze_owner", "set role anze_loader", "set role anze_regulator", "set role anze_province", "set role a_province",
    "set session authorization a_province", "set session authorization postgres", "reset role; set role anze_reader",
    "grant anze_owner to current_user", "grant a_province to current_user", "alter role a_province password 'x'",
    "alter role current_user bypassrls", "alter role current_user superuser", "alter role current_user createrole",
    "alter role current_user connection limit 900", "create role friend", "select set_config('role', 'a_province', false)",
    "select set_config('session_authorization', 'a_province', false)", "reassign owned by anze_owner to current_user",
    # copies
    "copy core.policy to stdout", "copy (select * from core.policy) to stdout", "copy report.policy to '/tmp/x'",
    "copy (select 1) to program 'id'", "copy report.policy from '/etc/passwd'",
    "select query_to_xml('select * from core.policy', true, true, '')",
    "select table_to_xml('core.policy'::regclass, true, true, '')", "select schema_to_xml('core', true, true, '')",
    "select database_to_xml(true, true, '')", "select * from pg_read_file('base')", "select pg_ls_dir('.')",
    "select pg_ls_tmpdir()", "select pg_ls_logdir()", "select pg_current_logfile()", "select pg_ls_waldir()",
    "select pg_stat_file('PG_VERSION')", "select pg_read_binary_file('PG_VERSION', 0, 1, true)",
    "select access.log_piece('anze-01.json', 0, 100)", "select access.log_files()", "select access.digest('R')",
    # things of one's own
    "create temporary table t as select 1", "create table public.t (x int)", "create table report.t (x int)",
    "create view pg_temp.v as select 1", "create function pg_temp.f() returns int language sql as 'select 1'",
    "create function public.f(text) returns bool language plpgsql cost 0.0001 as 'begin return true; end'",
    "create operator pg_temp.=== (leftarg = text, rightarg = text, function = texteq)",
    "create schema s", "create extension plpgsql", "create domain public.d as int", "create cast (text as int) without function",
    "create materialized view report.m as select 1", "create statistics report.s on policy_no, insurer_id from core.policy",
    "create index on core.policy (policy_no)", "create publication p for all tables", "create event trigger t on ddl_command_start execute function f()",
    "create rule r as on select to report.policy do instead select 1",
    # locks, large objects, messages, the server
    "lock table core.policy in access share mode", "lock table report.policy", "select * from report.policy for update",
    "select pg_advisory_lock(1)", "select pg_try_advisory_lock(1)", "select pg_advisory_xact_lock_shared(1, 2)",
    "select lo_create(0)", "select lo_from_bytea(0, 'x')", "select lo_get(1)", "select lo_import('/etc/passwd')",
    "select pg_logical_emit_message(false, 'a', 'b')", "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and usename = 'postgres'",
    "select pg_reload_conf()", "select pg_stat_reset()", "select pg_create_logical_replication_slot('a', 'b')",
    "load 'auto_explain'", "set session_replication_role = replica", "set temp_file_limit = -1", "set log_statement = 'none'",
    "analyze core.policy; select 1/0", "vacuum core.policy", "cluster core.policy", "reindex table core.policy",
    # the catalogue
    "select * from pg_statistic", "select * from pg_authid", "select * from pg_shadow", "select * from pg_statistic_ext_data",
    "select stavalues1 from pg_statistic", "update pg_class set relforcerowsecurity = false where relname = 'policy'",
    "select nextval('core.policy_version_id_seq')", "select last_value from core.policy_version_id_seq",
    "select currval('landing.load_no')", "security label on table core.policy is 'x'", "comment on view report.policy is 'x'",
    "set row_security = off; select * from report.policy; select 1/0",
)  # fmt: skip
#: What is answered, and must tell of own records only.
ANSWERED = (
    "explain (verbose, analyze, costs off) select * from report.policy",
    "explain (verbose, costs off) select * from report.indicator",
    "select * from report.personal_value", "select value from report.personal_value where value like '张%%'",
    "select count(*), max(value) from report.personal_value group by value", "select * from pg_stats", "select * from pg_stats_ext", "select * from pg_stats_ext_exprs",
    "select query, application_name from pg_stat_activity", "select * from pg_locks", "select * from pg_prepared_statements",
    "select * from pg_cursors", "select pg_get_viewdef('report.policy'::regclass)",
    "select pg_get_expr(polqual, polrelid) from pg_policy", "select prosrc from pg_proc where prosrc like '%policy%'",
    "select adsrc.* from pg_attrdef as adsrc", "select * from pg_largeobject_metadata", "select * from pg_sequences",
    "select * from pg_seclabels", "select * from pg_db_role_setting", "select obj_description(oid) from pg_class",
    "select * from pg_settings", "select * from pg_stat_user_tables", "select * from pg_stat_user_indexes",
    "select * from pg_statio_user_tables", "select * from pg_stat_ssl", "select * from information_schema.columns",
    "listen anze; select * from pg_listening_channels()", "select p from report.policy as p",
    "select policy_no from report.policy where policy_no like 'R%%'", "select policy_no from report.policy where policy_no >= 'R'",
    "select policy_no from report.policy where 1 / (length(policy_no) - length(policy_no) + 1) = 1",
    "select policy_no from report.policy where cast(policy_no as text) similar to '%%D(20|30)%%'",
    "select max(policy_no), min(policy_no), string_agg(policy_no, ',') from report.policy",
    "select * from report.policy as p full join report.claim as c on p.policy_no = c.policy_no",
    "select * from report.claim as c left join report.claim_payment as k on c.report_no = k.report_no",
    "with recursive r as (select policy_no from report.policy union select policy_no from report.claim) select * from r",
    "select * from report.policy as p, lateral (select * from report.claim as c where c.policy_no <> p.policy_no) as x",
    "select table_to_xml('report.policy'::regclass, true, true, '')", "select query_to_xml('table report.claim', true, true, '')",
    "copy_out",
    "declare c scroll cursor for table report.policy; fetch all from c", "prepare p as table report.claim; execute p",
    "values ((select array_agg(policy_no) from report.policy))", "select json_agg(p) from report.policy as p",
    "do $$ begin raise notice '%%', (select string_agg(policy_no, ',') from report.policy); end $$",
)  # fmt: skip
TRIED_BY = tuple(r for r in READERS if r.name in ("a_city", "a_company", "an_industry"))


def test_at_least_sixty_ways_are_tried() -> None:
    assert len(set(REFUSED)) == len(REFUSED)
    assert len(REFUSED) + len(ANSWERED) >= 160


@pytest.mark.parametrize("attempt", REFUSED)
@pytest.mark.parametrize("reader", TRIED_BY, ids=lambda r: r.name)
def test_it_is_refused(logins: dict[str, sa.Engine], reader: Reader, attempt: str) -> None:
    if "anze_reader" in attempt and not can_refuse_groups(logins[reader.name]):
        pytest.skip(BEFORE_16)
    with pytest.raises(sa.exc.DBAPIError), logins[reader.name].begin() as connection:  # noqa: PT012 - a transaction
        connection.exec_driver_sql("set transaction read write")
        connection.exec_driver_sql(attempt)


@pytest.mark.parametrize("reader", READERS, ids=lambda r: r.name)
def test_who_becomes_its_group_sees_nothing(logins: dict[str, sa.Engine], reader: Reader) -> None:
    """Refused since PostgreSQL 16; before it a member may, and has no right as its group."""
    for group in (access.GROUPS[reader.kind], access.READER):
        with logins[reader.name].connect() as connection:
            if can_refuse_groups(logins[reader.name]):
                with pytest.raises(sa.exc.DBAPIError):
                    connection.exec_driver_sql(f"set role {group}")
                continue
            connection.exec_driver_sql(f"set local role {group}")
            for name in COUNTED:
                assert connection.exec_driver_sql(f"select count(*) from report.{name}").scalar_one() == 0, name


@pytest.mark.parametrize("reader", READERS, ids=lambda r: r.name)
def test_what_is_answered_tells_of_own_records_only(logins: dict[str, sa.Engine], reader: Reader) -> None:
    for attempt in ANSWERED:
        told = _told(logins[reader.name], attempt)
        assert not reader.foreign(told), attempt
        assert ("张三" not in told and "13800001111" not in told) or reader.right.get("sees_personal"), attempt


def test_an_error_names_no_foreign_value(logins: dict[str, sa.Engine]) -> None:
    """A cast or a division that a foreign row would break is not tried on it."""
    reader = next(r for r in READERS if r.name == "a_city")
    for name in ("policy", "claim", "claim_payment", "hazard"):
        of_another = "strpos(cast(v as text), 'R3702') > 0"
        broken = f"select count(*) from report.{name} as v where 1 / (case when {of_another} then 0 else 1 end) = 1"
        assert rows_of(logins[reader.name], broken) == rows_of(
            logins[reader.name], f"select count(*) from report.{name}"
        )
    with pytest.raises(sa.exc.DBAPIError) as refused:
        rows_of(logins[reader.name], "select cast(policy_no as int) from report.policy")
    assert not reader.foreign(str(refused.value.orig))


def test_what_another_account_asks_is_not_shown(logins: dict[str, sa.Engine]) -> None:
    """Of another's session its login is seen, not its statement or address; what its program calls itself is seen."""
    with logins["a_province"].connect() as asking:
        asking.exec_driver_sql("select 'R370202D20Ilichun' from report.policy")
        query = "select query, client_addr from pg_stat_activity where usename = 'a_province'"
        for name in ("a_city", "a_company", "an_engineer", "an_auditor"):
            rows = rows_of(logins[name], query)
            assert rows
            assert {tuple(row) for row in rows} == {("<insufficient privilege>", None)}
        asking.invalidate()


def test_statistics_are_those_of_no_table_of_ours(logins: dict[str, sa.Engine]) -> None:
    for engine in logins.values():
        ours = "schemaname not in ('pg_catalog', 'information_schema')"
        assert rows_of(engine, f"select tablename from pg_stats where {ours}") == []


def _told(engine: sa.Engine, attempt: str) -> str:
    """All that a reader gets for an attempt: rows, notices or the error's words."""
    raw = engine.raw_connection()
    try:
        with raw.cursor() as cursor:
            if attempt == "copy_out":
                got = io.StringIO()
                cursor.copy_expert("copy (select * from report.policy) to stdout", got)
                return got.getvalue()
            try:
                cursor.execute(attempt.replace("%%", "%"))
                rows = str(cursor.fetchall()) if cursor.description else ""
            except Exception as error:  # noqa: BLE001 - the words of any error are looked at
                rows = str(error)
            return rows + "".join(raw.driver_connection.notices)
    finally:
        raw.rollback()
        raw.close()
