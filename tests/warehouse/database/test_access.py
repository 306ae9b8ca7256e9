"""Who may do what: history stands, the regulator reads the report views and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from pipeline.services.postgres import Cluster
from schemas.errors import SetupError, WarehouseUnreachable
from tests.conftest import fresh_database
from tests.warehouse.building import at, load_rows, policy, rows_of
from warehouse.database import access
from warehouse.database.engine import connect
from warehouse.database.schema_version import require_current
from warehouse.migrations.migrate import migrate

REFUSED = sa.exc.DBAPIError
TABLES = "select count(*) from pg_class where relnamespace = 'core'::regnamespace"


@pytest.fixture(scope="module")
def loaded(shared_engine: sa.Engine, tmp_path_factory: pytest.TempPathFactory) -> sa.Engine:
    """A database with one policy in two versions, closed to the public."""
    folder = tmp_path_factory.mktemp("landing")
    load_rows(shared_engine, folder, "policy", [policy("P1", at(16))], at(18))
    load_rows(shared_engine, folder, "policy", [policy("P1", at(17), employee_count=9)], at(19))
    with shared_engine.begin() as connection:
        access.protect_database(connection)
    return shared_engine


@pytest.fixture
def regulator(loaded: sa.Engine) -> Iterator[sa.Engine]:
    """The regulator, logged in with a password."""
    access.set_passwords(loaded, {"anze_regulator": "se'cret"})
    engine = connect(loaded.url.set(username="anze_regulator", password="se'cret").render_as_string(False))
    yield engine
    engine.dispose()


@pytest.mark.parametrize("role", ["anze_loader", "anze_owner", None])
@pytest.mark.parametrize(
    "statement",
    [
        "update core.policy set employee_count = 1",
        "update core.policy set superseded_at = null where superseded_at is not null",
        "update core.policy set superseded_at = now() where superseded_at is not null",
        "update core.policy set recorded_at = recorded_at - interval '1 day'",
        "update core.policy set insurer_id = 'other'",
        "update core.policy set version_id = default",
        "update core.policy_current set employee_count = 1",
        "delete from core.policy",
        "truncate core.policy",
        "insert into core.policy (insurer_id, policy_no) values ('a', 'b') on conflict do nothing; delete from core.policy",
    ],
)
def test_no_role_rewrites_history(loaded: sa.Engine, role: str | None, statement: str) -> None:
    before = rows_of(loaded, "select * from core.policy order by version_id")
    with pytest.raises(REFUSED), loaded.begin() as connection:  # noqa: PT012 - a transaction
        if role:
            connection.exec_driver_sql(f"set local role {role}")
        connection.exec_driver_sql(statement)
    assert rows_of(loaded, "select * from core.policy order by version_id") == before


def test_every_column_of_every_core_table_is_protected(loaded: sa.Engine) -> None:
    uncovered = rows_of(
        loaded,
        """
        select c.oid::regclass::text, a.attname
        from pg_class as c
        inner join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relnamespace = 'core'::regnamespace and c.relkind = 'r' and a.attname <> 'superseded_at'
            and not exists (
                select from pg_trigger as t
                where t.tgrelid = c.oid and t.tgname = 'history_content' and t.tgenabled = 'O'
                    and a.attnum = any (t.tgattr::smallint [])
            )
        """,
    )
    assert uncovered == []


def test_the_regulator_reads_the_report_views(regulator: sa.Engine) -> None:
    assert rows_of(regulator, "select insurer_id, policy_no, employee_count from report.policy") == [
        ("lichun", "P1", 9)
    ]


def test_no_personal_column_is_in_a_report_view(regulator: sa.Engine) -> None:
    query = "select column_name from information_schema.columns where table_schema = 'report'"
    names = {name for (name,) in rows_of(regulator, query)}
    assert "policy_no" in names
    assert not names & {"contact_name", "contact_phone", "payee_name", "reporter_name", "reporter_phone", "expert_list"}


def test_the_regulator_reads_no_relation_outside_report(regulator: sa.Engine, loaded: sa.Engine) -> None:
    relations = rows_of(
        loaded,
        """
        select quote_ident(n.nspname) || '.' || quote_ident(c.relname)
        from pg_class as c inner join pg_namespace as n on c.relnamespace = n.oid
        where c.relkind in ('r', 'v', 'm', 'p', 'f', 'S') and n.nspname not in ('report', 'pg_catalog', 'information_schema')
            and n.nspname !~ '^pg_'
        """,
    )
    assert len(relations) > 40
    for (relation,) in relations:
        with pytest.raises(REFUSED, match="permission denied"):
            rows_of(regulator, f"select * from {relation}")


@pytest.mark.parametrize(
    "attempt",
    [
        "create table public.t (x int)",
        "create temporary table t (x int)",
        "create schema s",
        "create table report.t (x int)",
        "create view report.v as select 1",
        "insert into report.policy (policy_no) values ('x')",
        "update report.policy set policy_no = 'x'",
        "delete from report.policy",
        "select * from core.policy_known(now())",
        "call core.protect_history('policy')",
        "set role anze_loader",
        "set role anze_owner",
        "set session authorization postgres",
        "select pg_read_file('/etc/passwd')",
        "copy report.policy to '/tmp/x'",
        "copy (select 1) to program 'id'",
        "create role friend",
        "alter role anze_regulator superuser",
        "alter role anze_regulator createrole",
        "select lo_import('/etc/passwd')",
        "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and usename = 'postgres'",
        "set temp_file_limit = -1",
        "create extension plpgsql",
        "create function report.f() returns int language sql as 'select 1'",
        "create function pg_temp.f() returns int language sql as 'select 1'",
        "create view pg_temp.v as select 1",
        "create domain public.d as int",
        "do $$ begin execute 'create temporary table t (x int)'; end $$",
        "do $$ begin perform 1 from core.policy; end $$",
        "select query_to_xml('select * from core.policy', true, true, '')",
        "copy (select * from core.policy) to stdout",
        "explain select * from core.policy",
        "select * from report.policy for update",
        "lock table report.policy in share mode",
        "comment on view report.policy is 'x'",
        "select lo_create(0)",
        "select lo_creat(-1)",
        "select lo_from_bytea(0, 'x')",
        "select lo_get(1)",
        "select pg_advisory_lock(7420003)",
        "select pg_try_advisory_lock_shared(7420003)",
        "select pg_advisory_xact_lock(1, 2)",
        "select pg_logical_emit_message(false, 'a', 'b')",
        "select * from pg_read_binary_file('postgresql.conf')",
        "select pg_ls_dir('.')",
        "select * from pg_statistic",
        "select rolpassword from pg_authid",
        "set session_replication_role = replica",
        "load 'auto_explain'",
        "alter role anze_regulator connection limit 900",
        "vacuum full core.policy",
    ],
)
def test_the_regulator_can_write_and_become_nothing(regulator: sa.Engine, attempt: str) -> None:
    with pytest.raises(REFUSED), regulator.begin() as connection:  # noqa: PT012 - a transaction
        connection.exec_driver_sql("set transaction read write")
        connection.exec_driver_sql(attempt)


def test_statistics_and_activity_tell_the_regulator_nothing(regulator: sa.Engine, loaded: sa.Engine) -> None:
    with loaded.begin() as connection:
        connection.exec_driver_sql("analyze core.policy")
    assert rows_of(loaded, "select count(*) from pg_stats where schemaname = 'core'") != [(0,)]
    assert (
        rows_of(
            regulator, "select tablename from pg_stats where schemaname not in ('pg_catalog', 'information_schema')"
        )
        == []
    )
    running = rows_of(regulator, "select distinct query from pg_stat_activity where usename <> current_user")
    assert set(running) <= {("<insufficient privilege>",), ("",)}


def test_settings_that_a_regulator_changed_for_itself_are_put_back(loaded: sa.Engine, regulator: sa.Engine) -> None:
    """PostgreSQL lets every role change its own; the next `anze up` undoes it."""
    query = "select setting from pg_settings where name in ('statement_timeout', 'default_transaction_read_only')"
    before = rows_of(regulator, query)
    with regulator.begin() as connection:
        database = loaded.url.database
        connection.exec_driver_sql("set transaction read write")
        connection.exec_driver_sql("alter role anze_regulator set statement_timeout = 0")
        connection.exec_driver_sql(f'alter role anze_regulator in database "{database}" set work_mem = 999')
    regulator.dispose()
    assert rows_of(regulator, query) != before
    access.create_roles(loaded)
    regulator.dispose()
    assert rows_of(regulator, query) == before
    assert rows_of(loaded, "select count(*) from pg_db_role_setting where setdatabase <> 0") == [(0,)]


def test_a_wrong_password_is_one_clear_line_without_it(loaded: sa.Engine) -> None:
    access.set_passwords(loaded, {"anze_regulator": "right"})
    url = loaded.url.set(username="anze_regulator", password="wrong-secret").render_as_string(False)
    with pytest.raises(SetupError, match="wrong password") as refusal:
        connect(url)
    assert "secret" not in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_no_server_is_one_clear_line() -> None:
    told = r"^PostgreSQL at 127\.0\.0\.1:9/anze cannot be used: nothing listens there \(a local one: `anze up`\)$"
    with pytest.raises(WarehouseUnreachable, match=told):
        connect("postgresql+psycopg2://u:p@127.0.0.1:9/anze")


def test_no_such_database_is_one_clear_line(loaded: sa.Engine) -> None:
    with pytest.raises(SetupError, match="no such database"):
        connect(loaded.url.set(database="absent").render_as_string(False))


def test_only_our_login_roles_get_passwords(loaded: sa.Engine) -> None:
    for role in ("postgres", "anze_owner", "nobody"):
        with pytest.raises(SetupError):
            access.set_passwords(loaded, {role: "x"})


def test_databases_of_one_server_are_migrated_at_once(cluster: Cluster) -> None:
    admin = sa.create_engine(cluster.url("postgres"), isolation_level="AUTOCOMMIT")
    names = [f"side_{n}" for n in range(4)]

    def run(name: str) -> None:
        migrate(cluster.url(name))
        migrate(cluster.url(name))

    with admin.connect() as connection:
        for name in names:
            connection.exec_driver_sql(f"create database {name}")
        with ThreadPoolExecutor(len(names)) as pool:
            list(pool.map(run, names))
        tables = {rows_of(sa.create_engine(cluster.url(name)), TABLES)[0] for name in names}
        for name in names:
            connection.exec_driver_sql(f"drop database {name} with (force)")
    admin.dispose()
    assert len(tables) == 1


def test_a_reader_is_told_what_it_may_do(regulator: sa.Engine) -> None:
    with pytest.raises(SetupError) as told:
        require_current(regulator)
    assert "anze_regulator 不能运行 anze 命令" in str(told.value)
    assert "report." in str(told.value)
    assert "anze migrate" not in str(told.value)
    with pytest.raises(SetupError, match="权限不足"):
        migrate(regulator.url.render_as_string(False))


def test_a_database_that_is_no_hubs_yet_asks_for_its_migration(cluster: Cluster) -> None:
    with fresh_database(cluster) as url:
        engine = connect(url)
        with pytest.raises(SetupError, match="anze migrate"):
            require_current(engine)
        engine.dispose()


def test_other_databases_that_the_hubs_roles_may_enter_are_named(loaded: sa.Engine, cluster: Cluster) -> None:
    with fresh_database(cluster) as url, loaded.connect() as connection:
        name = sa.make_url(url).database
        assert name in access.open_databases(connection)
        other = sa.create_engine(url)
        with other.begin() as closing:
            access.close_database(closing)
        other.dispose()
        assert name not in access.open_databases(connection)
