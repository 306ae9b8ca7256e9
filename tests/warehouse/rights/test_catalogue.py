"""The catalogue says that rights are complete: every table has row security, every view asks who reads it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.warehouse.building import rows_of
from tests.warehouse.rights.places import can_refuse_groups

pytestmark = pytest.mark.usefixtures("logins")
OURS = "('landing', 'core', 'quarantine', 'quality', 'reference', 'mart', 'report', 'migration', 'access', 'alert')"
#: Relations below each view of schema report, through views, with the owner of the view that reads each.
BELOW = f"""
with recursive step as (
    select r.ev_class as view, d.refobjid as relation
    from pg_rewrite as r
    inner join pg_depend as d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
        and d.refclassid = 'pg_class'::regclass and d.refobjid <> r.ev_class
), below as (
    select s.view as top, s.view, s.relation from step as s
    inner join pg_class as c on s.view = c.oid and c.relnamespace = 'report'::regnamespace
    union
    select b.top, s.view, s.relation from below as b inner join step as s on b.relation = s.view
)
select distinct b.top::regclass::text as top, t.oid::regclass::text as name, o.rolname as reader, t.relrowsecurity and t.relforcerowsecurity as is_secured
from below as b
inner join pg_class as t on b.relation = t.oid and t.relkind in ('r', 'p')
inner join pg_class as v on b.view = v.oid
inner join pg_roles as o on v.relowner = o.oid
inner join pg_namespace as n on t.relnamespace = n.oid and n.nspname in {OURS}
"""
#: Tables that every entitled reader sees whole, and why.
OPEN = {
    **dict.fromkeys(("core.insurer", "core.agency", "core.rule_threshold"), "public registers of the regulator"),
    **dict.fromkeys(
        ("mart.publication", "mart.frozen", "mart.publication_definition", "mart.publication_gap", "mart.month_computed",
         "mart.indicator_definition", "mart.contribution_query"), "how figures were made, no figure",
    ),
    "landing.ledger": "a chain of hashes; what they attest stands in landing.ledger_text",
    "landing.judging": "when verdicts were judged again, and why",
    "landing.outage": "when the hub itself was down",
    "landing.extension_end": "read beside landing.extension only, which is its insurer's",
    "quality.version_verdict": "a verdict by a version's number, which names nobody; the version itself is not open",
}  # fmt: skip

#: What reads every row for the owner, who calls each with what the caller may see alone: see the migration of each.
EXPLAINING = {
    "mart.cell_page", "mart.enterprise_events", "mart.policy_states", "mart.policies_ended_by_endorsement",
    "mart.overdue_hazards", "mart.late_versions", "mart.verdicts_of", "mart.due_records", "mart.verdicts",
    "mart.enterprise_sizes",
}  # fmt: skip


def test_every_table_of_ours_has_row_security_that_binds_its_owner_too(world: sa.Engine) -> None:
    tables = rows_of(
        world,
        f"""
        select c.oid::regclass::text, c.relrowsecurity, c.relforcerowsecurity,
            array(select p.polname::text from pg_policy as p where p.polrelid = c.oid order by 1)
        from pg_class as c inner join pg_namespace as n on c.relnamespace = n.oid
        where n.nspname in {OURS} and c.relkind in ('r', 'p')
        """,
    )
    assert len(tables) > 50
    assert [row for row in tables if row[1:3] != (True, True)] == []
    assert {tuple(row[3]) for row in tables} == {("loaded", "seen"), ("explained", "loaded", "seen")}


def test_no_reader_has_a_policy(world: sa.Engine) -> None:
    query = "select distinct polname, polroles::regrole[]::text, polcmd::text from pg_policy order by 1"
    assert rows_of(world, query) == [
        ("explained", "{anze_explainer}", "r"),
        ("loaded", "{anze_loader}", "*"),
        ("seen", "{anze_owner}", "*"),
    ]


def test_nobody_is_or_becomes_the_one_who_explains(world: sa.Engine) -> None:
    inherits = "a.inherit_option" if can_refuse_groups(world) else "m.rolinherit"
    query = f"""
    select m.rolname, {inherits} from pg_auth_members as a
    inner join pg_roles as g on a.roleid = g.oid and g.rolname = 'anze_explainer'
    inner join pg_roles as m on a.member = m.oid
    """
    assert rows_of(world, query) == [("anze_owner", False)]
    owned = "select oid::regproc::text from pg_proc where proowner = 'anze_explainer'::regrole"
    assert {name for (name,) in rows_of(world, owned)} == EXPLAINING
    held = """
    select p.oid::regproc::text, r.rolname from pg_proc as p inner join pg_roles as r
        on has_function_privilege(r.oid, p.oid, 'execute') and r.rolname !~ '^pg_'
    where p.proowner = 'anze_explainer'::regrole
    """
    assert {name for _, name in rows_of(world, held)} == {"anze_explainer", "anze_owner", "postgres"}
    written = "select c.oid::regclass from pg_class as c where c.relkind = 'r' and has_table_privilege('anze_explainer', c.oid, 'insert, update, delete')"
    assert rows_of(world, written) == []


def test_tables_that_are_open_to_every_reader_are_those_with_a_reason(world: sa.Engine) -> None:
    query = """
    select polrelid::regclass::text from pg_policy
    where polname = 'seen' and pg_get_expr(polqual, polrelid) ~ '^\\( SELECT access.is_entitled'
    """
    found = {name for (name,) in rows_of(world, query)}
    assert {name for name in found if not name.startswith("reference.")} == set(OPEN)
    whole = "select polrelid::regclass::text from pg_policy where polname = 'seen' and pg_get_expr(polqual, polrelid) = 'true'"
    assert {name.split(".")[0] for (name,) in rows_of(world, whole)} == {"access", "migration"}


def test_every_view_of_readers_reads_as_an_owner_whom_the_policies_bind(world: sa.Engine) -> None:
    """The reason for having no security_invoker: columns that are hidden or masked need no right of the reader so."""
    below = rows_of(world, BELOW)
    assert len({top for top, *_ in below}) > 35
    assert [row for row in below if row[2] != "anze_owner" or not row[3]] == []
    bypassing = "select rolname from pg_roles where rolname like 'anze\\_%' and (rolsuper or rolbypassrls)"
    assert rows_of(world, bypassing) == []


def test_readers_have_rights_in_schema_report_only(world: sa.Engine) -> None:
    held = rows_of(
        world,
        f"""
        select c.oid::regclass::text, r.rolname
        from pg_class as c inner join pg_namespace as n on c.relnamespace = n.oid and n.nspname in {OURS}
        cross join pg_roles as r
        where r.rolname ~ '^(anze_(reader|city|auditor|regulator)|a_city|an_auditor)$' and c.relkind <> 'i'
            and (n.nspname <> 'report' or c.relkind <> 'v')
            and case when c.relkind = 'S' then has_sequence_privilege(r.oid, c.oid, 'usage, select, update')
                when c.relkind <> 'c' then has_any_column_privilege(r.oid, c.oid, 'select, insert, update, references')
                    or has_table_privilege(r.oid, c.oid, 'delete, truncate, trigger') end
        """,
    )
    assert held == []
    schemas = (
        f"select nspname from pg_namespace where nspname in {OURS} and has_schema_privilege('a_city', oid, 'usage')"
    )
    assert rows_of(world, schemas) == [("report",)]


@pytest.mark.parametrize("right", ["insert", "update", "delete", "truncate"])
def test_no_reader_writes_anything(world: sa.Engine, right: str) -> None:
    query = f"""
    select c.oid::regclass::text from pg_class as c inner join pg_namespace as n on c.relnamespace = n.oid
    where n.nspname in {OURS} and c.relkind in ('r', 'v', 'p', 'm') and has_table_privilege('an_engineer', c.oid, '{right}')
    """
    assert rows_of(world, query) == []


def test_policies_ask_once_a_query_and_never_once_a_row(world: sa.Engine) -> None:
    with world.connect() as connection:
        connection.exec_driver_sql("set local role a_city")
        for name in ("policy", "claim", "claim_payment", "hazard", "indicator", "batch_file"):
            plan = [
                row[0]
                for row in connection.exec_driver_sql(f"explain (costs off, verbose) select * from report.{name}")
            ]
            filters = " ".join(line for line in plan if "Filter:" in line or "Cond:" in line)
            assert "access." not in filters, name
            assert not [line for line in plan if "SubPlan" in line and "hashed" not in line and "Filter" in line], name
