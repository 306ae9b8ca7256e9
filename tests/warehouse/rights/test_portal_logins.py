"""The portal's three logins: each has what it needs and no more, whatever is injected into a statement of one of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.warehouse.building import rows_of
from tests.warehouse.rights.places import BEFORE_16, READERS, TOKEN, Reader, can_refuse_groups
from warehouse.database import access
from warehouse.database.engine import connect

pytestmark = pytest.mark.usefixtures("logins")
PORTAL_LOGINS = (access.PORTAL, access.PORTAL_INSURER, access.PORTAL_REGULATOR)
OURS = "('landing', 'core', 'quarantine', 'quality', 'reference', 'mart', 'report', 'migration', 'access', 'alert')"
RELATIONS = """
select n.nspname, quote_ident(n.nspname) || '.' || quote_ident(c.relname)
from pg_class as c inner join pg_namespace as n on c.relnamespace = n.oid
where c.relkind in ('r', 'v', 'm', 'p', 'f', 'S', 't') and n.nspname !~ '^pg_(toast_)?temp'
order by 1, 2
"""
#: Roles that log in, or that others are members of, and are neither superusers nor the owner.
ROLES = """
select rolname from pg_roles
where not rolsuper and rolname !~ '^pg_' and rolname not in ('anze_owner', 'anze_explainer') order by 1
"""
#: Functions of schema access, and who may execute each.
EXECUTED = f"""
select p.proname::text, r.rolname::text
from pg_proc as p cross join ({ROLES}) as r
where p.pronamespace = 'access'::regnamespace and has_function_privilege(r.rolname, p.oid, 'execute')
"""
#: Of the caller itself: views of schema report ask them as who reads. Readers may not enter the schema to call them.
OF_THE_CALLER = frozenset(
    {
        "caller", "mine", "is_ours", "is_entitled", "all_regions", "all_domains", "all_areas", "all_insurers", "sees_personal",
        "insurer", "regions", "domains", "seen_policies", "seen_claims", "seen_services", "seen_batches", "seen_payloads",
        "seen_alerts",
    }
)  # fmt: skip
OF_THE_PORTAL = frozenset(
    {
        "sign_in_facts", "asks_for_codes", "waits", "note_failure", "forget_failures", "use_totp_step", "open_session",
        "session_of", "close_session", "token_of", "record",
    }
)  # fmt: skip
OF_THE_LOADER = frozenset({"log_files", "log_piece", "shipped_until", "ship", "record"})
#: Tables and views of ours on which a role has any right, beside those of the loader.
HELD = f"""
select c.oid::regclass::text, r.rolname
from pg_class as c inner join pg_namespace as n on c.relnamespace = n.oid and n.nspname in {OURS}
cross join ({ROLES}) as r
where c.relkind in ('r', 'v', 'p', 'm') and (
    has_any_column_privilege(r.rolname, c.oid, 'select, insert, update, references')
    or has_table_privilege(r.rolname, c.oid, 'delete, truncate, trigger')
)
"""


@pytest.fixture(scope="module")
def portal(world: sa.Engine, logins: dict[str, sa.Engine]) -> Iterator[dict[str, sa.Engine]]:
    """The portal's logins, over TCP, by name."""
    passwords = {name: f"a password of {name}" for name in PORTAL_LOGINS}
    access.set_passwords(world, passwords)
    found = {
        name: connect(world.url.set(username=name, password=passwords[name]).render_as_string(False))
        for name in PORTAL_LOGINS
    }
    yield found
    for engine in found.values():
        engine.dispose()


def side(reader: Reader) -> str:
    """The portal's login that may become a reader."""
    return access.portal_login(reader.kind)


def refused(engine: sa.Engine, *statements: str) -> bool:
    """Whether the last of some statements is refused, the first ones not."""
    with engine.connect() as connection:
        for text in statements[:-1]:
            connection.exec_driver_sql(text)
        try:
            connection.exec_driver_sql(statements[-1].replace("%", "%%"))
        except sa.exc.DBAPIError:
            return True
        finally:
            connection.invalidate()
    return False


@pytest.mark.parametrize("name", PORTAL_LOGINS)
def test_a_bare_login_of_the_portal_sees_no_row_of_ours(
    world: sa.Engine, portal: dict[str, sa.Engine], name: str
) -> None:
    for schema, relation in rows_of(world, RELATIONS):
        with portal[name].connect() as connection:
            try:
                rows = connection.exec_driver_sql(f"select * from {relation}".replace("%", "%%")).all()
            except sa.exc.DBAPIError:
                continue
            assert schema in ("pg_catalog", "information_schema"), relation
            assert not TOKEN.search(str(rows)), relation


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_only_the_login_of_its_side_becomes_an_account(portal: dict[str, sa.Engine], reader: Reader) -> None:
    for name, engine in portal.items():
        is_refused = refused(engine, f"set role {reader.name}")
        assert is_refused == (name != side(reader)), name


@pytest.mark.parametrize("name", PORTAL_LOGINS)
@pytest.mark.parametrize(
    "text",
    [
        "set role anze_owner", "set role anze_loader", "set role anze_regulator", "set role anze_explainer", "set role anze_reader",
        "set role anze_province", "set role anze_city", "set role anze_insurer_reader", "set role postgres",
        "set session authorization a_city", "set session authorization postgres", "create temporary table t as select 1",
        "select pg_advisory_lock(1)", "select lo_create(0)", "select pg_read_file('PG_VERSION')", "create schema s",
        "alter role current_user superuser", "grant a_city to current_user", "select access.ship('a.json', 'x', 0, 0, '[]')",
        "select access.digest('x')", "select access.person_of('a_city')", "select access.log_piece('anze-01.json', 0, 100)",
    ],
)  # fmt: skip
def test_a_login_of_the_portal_becomes_nothing_else(portal: dict[str, sa.Engine], name: str, text: str) -> None:
    if text.removeprefix("set role ") in (access.READER, *access.GROUPS.values()) and not can_refuse_groups(
        portal[name]
    ):
        pytest.skip(BEFORE_16)
    assert refused(portal[name], text)


@pytest.mark.parametrize(
    ("reader", "injected"),
    [(r, f"reset role; set role {o.name}") for r in READERS for o in READERS if access.portal_login(r.kind) != access.portal_login(o.kind)],
    ids=lambda value: getattr(value, "name", value),
)  # fmt: skip
def test_what_is_injected_never_reaches_the_other_side(
    portal: dict[str, sa.Engine], reader: Reader, injected: str
) -> None:
    assert refused(portal[side(reader)], "begin", f"set local role {reader.name}", injected)


def test_what_is_injected_may_reach_another_of_its_side_for_one_transaction(portal: dict[str, sa.Engine]) -> None:
    """The measure of docs/limits.md: PostgreSQL lets a login set any role that it is a member of, whatever it has set."""
    query = "select policy_no from report.policy"
    with portal[access.PORTAL_REGULATOR].connect() as connection:
        connection.exec_driver_sql("set local role a_county")
        own = set(connection.exec_driver_sql(query).scalars())
        connection.exec_driver_sql("reset role; set local role a_province")
        assert own < set(connection.exec_driver_sql(query).scalars())
        connection.rollback()
        assert connection.exec_driver_sql("select current_user").scalar_one() == access.PORTAL_REGULATOR
        connection.rollback()
        with pytest.raises(sa.exc.DBAPIError):
            connection.exec_driver_sql(query)


def test_what_accounts_ask_just_now_is_not_seen_by_the_portals_logins(
    logins: dict[str, sa.Engine], portal: dict[str, sa.Engine]
) -> None:
    with logins["a_province"].connect() as asking:
        asking.exec_driver_sql("select 'R370202D20Ilichun' from report.policy")
        query = "select query from pg_stat_activity where usename = 'a_province' and query like '%%R370202D20Ilichun%%'"
        seen = {name for name, engine in portal.items() if rows_of(engine, query.replace("%%", "%"))}
        asking.invalidate()
    assert seen == set()


def test_an_account_that_the_portal_became_writes_nothing(portal: dict[str, sa.Engine]) -> None:
    for text in (
        "update report.policy set product_name = 'x'",
        "insert into access.entitlement (role_name) values ('x')",
    ):
        assert refused(portal[access.PORTAL_REGULATOR], "set transaction read write", "set local role a_province", text)


def test_secrets_are_read_by_nobody(world: sa.Engine) -> None:
    """Credentials, sessions, tokens, rights, audit: reached by functions of their owner alone."""
    held = [(relation, role) for relation, role in rows_of(world, HELD) if relation.startswith("access.")]
    assert held == []
    assert (
        len(rows_of(world, "select 1 from pg_class where relnamespace = 'access'::regnamespace and relkind = 'r'")) > 5
    )


def test_the_portals_own_logins_have_rights_on_nothing(world: sa.Engine) -> None:
    assert [(relation, role) for relation, role in rows_of(world, HELD) if role in PORTAL_LOGINS] == []


def test_each_function_of_access_is_called_by_whom_it_is_for(world: sa.Engine) -> None:
    assert list(_misplaced(rows_of(world, EXECUTED))) == []


def _misplaced(executed: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for function, role in executed:
        is_right = (
            (function in OF_THE_CALLER)
            or (function in OF_THE_PORTAL and role == access.PORTAL)
            or (function in OF_THE_LOADER and role == access.LOADER)
        )
        if not is_right:
            yield function, role


def test_only_the_portal_and_the_loader_enter_schema_access(world: sa.Engine) -> None:
    query = f"select rolname from ({ROLES}) as r where has_schema_privilege(rolname, 'access', 'usage')"
    assert {role for (role,) in rows_of(world, query)} <= {access.PORTAL, access.LOADER}


def test_there_is_no_schema_that_these_tests_do_not_know(world: sa.Engine) -> None:
    query = f"select nspname from pg_namespace where nspname !~ '^pg_' and nspname not in {OURS}"
    assert {name for (name,) in rows_of(world, query)} <= {"information_schema", "public"}


def test_what_a_later_migration_adds_without_care_is_found(world: sa.Engine) -> None:
    with world.connect() as connection:
        connection.exec_driver_sql("set local role anze_owner")
        connection.exec_driver_sql(
            "create table access.later (secret text); grant select on access.later to anze_reader"
        )
        connection.exec_driver_sql("create function access.later() returns text language sql as 'select null'")
        by_itself = [role for function, role in connection.exec_driver_sql(EXECUTED) if function == "later"]
        connection.exec_driver_sql("grant execute on function access.later to public")
        held = [tuple(row) for row in connection.exec_driver_sql(HELD.replace("%", "%%"))]
        executed = [(row[0], row[1]) for row in connection.exec_driver_sql(EXECUTED)]
        connection.rollback()
    assert ("access.later", "a_city") in held
    assert by_itself == []
    assert {role for function, role in _misplaced(executed) if function == "later"} >= {"a_city", access.PORTAL}
