"""What each kind of reader sees: all of its own rows and none of others', in everything that the catalogue lists."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from schemas.contract import load_contracts
from tests.warehouse.building import rows_of
from tests.warehouse.rights.places import INSURERS, OPEN, PLACES, READERS, TOKEN, Reader
from warehouse.database import ddl
from warehouse.indicators.catalogue import load_definitions

RELATIONS = """
select n.nspname, c.relname, quote_ident(n.nspname) || '.' || quote_ident(c.relname)
from pg_class as c inner join pg_namespace as n on c.relnamespace = n.oid
where c.relkind in ('r', 'v', 'm', 'p', 'f', 'S', 't') and n.nspname !~ '^pg_(toast_)?temp'
order by 1, 2
"""
FUNCTIONS = """
select p.oid::regprocedure::text, n.nspname, p.proname,
    array(select format_type(t, null) from unnest(p.proargtypes) as t), p.proargnames, p.pronargs
from pg_proc as p inner join pg_namespace as n on p.pronamespace = n.oid
where n.nspname !~ '^(pg_|information_schema)' and p.prokind = 'f' and p.prorettype <> 'trigger'::regtype
order by 1
"""
VERSIONS = "select record_type, array_agg(version_id) from core.version group by record_type order by record_type"
#: Every policy, as arrays that a function takes.
POLICIES = """
select
    quote_literal(array_agg(insurer_id order by version_id)) || '::text[]',
    quote_literal(array_agg(policy_no order by version_id)) || '::text[]',
    quote_literal(array_agg(cover_end_date order by version_id)) || '::date[]'
from core.policy where superseded_at is null
"""
DATE, MOMENT = "'2026-11-30'::date", "'2026-12-01T00:00Z'::timestamptz"
#: The regulator's registers and records of insurers.
COUNTED = sorted(ddl.reported_as(name) for name in load_contracts() if name != "renumbering")
CELLS = "select distinct region_code, insurer_id, domain_code from report.indicator order by 1, 2, 3"

SOME_CELLS = """
select indicator, region_code, domain_code, insurer_id, period_kind, numerator, denominator from report.indicator
where definition_version is not null order by md5(concat(indicator, region_code, domain_code, insurer_id, period_kind)) limit 40
"""
#: Who may sign in, and what they did: an auditor's, and of each person its own.
OF_PERSONS = frozenset({"account", "api_token", "audit_event"})
DISTINCT = frozenset(d.indicator for d in load_definitions().values() if d.is_distinct)


def seen(engine: sa.Engine, query: str) -> list[dict[str, Any]] | None:
    """What a query answers, as mappings; None where it is refused."""
    try:
        with engine.begin() as connection:
            return [dict(row._mapping) for row in connection.exec_driver_sql(query)]
    except sa.exc.DBAPIError:
        return None


def leaks(reader: Reader, name: str, rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        if (name not in OPEN and not reader.may_hold(row)) or reader.foreign(str(row)):
            yield f"{name}: {row}"


def test_no_relation_shows_a_foreign_row(world: sa.Engine, reader: Reader, login: sa.Engine) -> None:
    relations = rows_of(world, RELATIONS)
    ours = [r for r in relations if r[0] not in ("pg_catalog", "information_schema", "pg_toast")]
    assert len(ours) > 90
    read = set()
    for schema, name, relation in relations:
        rows = seen(login, f"select * from {relation}".replace("%", "%%"))
        if rows is not None:
            read.add(schema)
            found = leaks(reader, name, rows) if schema == "report" else reader.foreign(str(rows))
            assert list(found) == [], relation
        assert (rows is not None) == (schema == "report") or (schema, name, relation) not in ours, relation
    assert read == {"report", "pg_catalog", "information_schema"}


def test_every_record_of_its_own_is_seen(world: sa.Engine, reader: Reader, login: sa.Engine) -> None:
    for name in COUNTED:
        everything = rows_of(world, f"select cast(v as text) from report.{name} as v")
        if name in OPEN:
            own = everything
        else:
            own = [row for row in everything if any(reader.sees(*t.groups()) for t in [TOKEN.search(row[0])] if t)]
        assert len(rows_of(login, f"select cast(v as text) from report.{name} as v")) == len(own), name
    assert rows_of(login, "select count(*) from report.policy") != [(0,)]


def test_every_figure_of_its_own_is_seen(world: sa.Engine, reader: Reader, login: sa.Engine) -> None:
    names = ("region_code", "insurer_id", "domain_code")
    expected = [
        row for row in rows_of(world, CELLS)
        if (reader.domains is None or row[2] in reader.domains) and (reader.insurer in (None, row[1]))
        and reader.may_hold(dict(zip(names, row, strict=True)))
    ]  # fmt: skip
    assert expected
    assert rows_of(login, CELLS) == expected


def test_no_function_gives_a_foreign_row(world: sa.Engine, reader: Reader, login: sa.Engine) -> None:
    arguments = {
        "date": [DATE],
        "timestamp with time zone": [MOMENT],
        "bigint": ["null"],
        "integer": ["500"],
        "text": ["'R'"],
        "numeric": ["-1"],
    }
    asked = answered = 0
    for signature, schema, name, types, names, count in rows_of(world, FUNCTIONS):
        if schema != "report":
            assert (
                seen(login, f"select * from {signature.partition('(')[0]}({', '.join('null' for _ in types)})") is None
            )
            continue
        named = dict(zip(names or [], types, strict=False))
        if "indicator" in named:
            calls = [
                f"report.{name}(indicator => '{code}', region_code => {region}, insurer_id => '{insurer}', domain_code => '{domain}')"
                for code in ("I1", "I2", "I4", "I5")
                for region, insurer, domain in (
                    ("null", "*", "*"), ("'370100'", "*", "*"), ("'370202'", "*", "*"), ("null", "lichun", "*"),
                    ("null", "yushui", "*"), ("null", "*", "20"), ("'370200'", "*", "30"),
                )
            ]  # fmt: skip
            if "only_excluded" in named:
                calls += [call.replace(")", ", only_excluded => true)") for call in calls]
        elif {"insurer_ids", "policy_nos", "last_days"} <= {*named}:
            calls = [f"report.{name}({MOMENT}, {', '.join(rows_of(world, POLICIES)[0])})"]
        elif "credit_code" in named:
            more = "".join(f", {arguments[t][0]}" for t in types[1:count])
            calls = [f"report.{name}('C{region}'{more})" for region, _ in PLACES] + [f"report.{name}('C-MOVED'{more})"]
        elif {"record_type", "known_at"} <= {*named}:
            calls = [f"report.{name}('{kind}', {MOMENT})" for kind, _ in rows_of(world, VERSIONS)]
        elif "record_type" in named:
            calls = [
                f"unnest(array{ids}) as v (id) cross join lateral report.{name}('{kind}', v.id) as f"
                for kind, ids in rows_of(world, VERSIONS)
            ]
        else:
            calls = [f"report.{name}({', '.join(arguments[t][0] for t in types[:count])})"]
        for call in calls:
            rows = seen(login, f"select * from {call}")
            asked += 1
            answered += rows is not None
            shown = name.removesuffix("_known").removesuffix("_at")
            assert list(leaks(reader, shown, rows or [])) == [], call
    assert asked > 100
    assert answered > 40


def test_the_clock_of_a_record_is_shown_to_who_sees_the_record(reader: Reader, login: sa.Engine) -> None:
    calls = (
        "freshness_history(:insurer, 'policy', :key)",
        "freshness_of(:insurer, 'policy', :key, now() + interval '9 years')",
    )
    for region, domain in PLACES:
        for insurer in INSURERS:
            key = f"R{region}D{domain}I{insurer}"
            for call in calls:
                found = rows_of(login, f"select milestone from report.{call}", insurer=insurer, key=key)
                assert bool(found) == reader.sees(region, domain, insurer), (call, key)


def test_records_behind_a_cell_add_up_to_it_for_who_sees_a_part(
    world: sa.Engine, reader: Reader, login: sa.Engine
) -> None:
    cells = rows_of(login, SOME_CELLS)
    assert cells
    for indicator, region, domain, insurer, kind, numerator, denominator in cells:
        call = f"report.explain_cell('{indicator}', '{region}', '{domain}', '{insurer}', '{kind}')"
        found = rows_of(login, f"select sum(numerator), sum(denominator), count(unit) from {call}")[0]
        assert found == rows_of(world, f"select sum(numerator), sum(denominator), count(unit) from {call}")[0]
        if indicator not in DISTINCT:
            assert (round(found[0] or 0, 12), round(found[1] or 0, 12)) == (numerator, denominator or 0), call


def test_personal_values_are_shown_to_whom_they_are_granted_and_of_own_records_only(
    world: sa.Engine, reader: Reader, login: sa.Engine
) -> None:
    query = "select record_type, insurer_id, record_key, field, value from report.personal_value order by 1, 2, 3, 4"
    everything = [
        row for row in rows_of(world, query) if not (found := TOKEN.search(row[2])) or reader.sees(*found.groups())
    ]
    shown = bool(reader.right.get("sees_personal"))
    assert {row[3] for row in everything} >= {"contact_name", "contact_phone"}
    assert rows_of(login, query) == [(*row[:4], row[4] if shown else "(已隐去)") for row in everything]


def test_personal_values_are_those_of_the_fields_that_contracts_hide(world: sa.Engine) -> None:
    definition = rows_of(world, "select pg_get_viewdef('report.personal_value'::regclass)")[0][0]
    listed = set(re.findall(r"\('(\w+)'::text, ", definition)) | set(re.findall(r"\('(\w+)'::text,v", definition))
    assert listed == {f.name for c in load_contracts().values() for f in c.fields if f.is_hidden}


def test_a_region_of_the_past_is_seen_by_what_became_of_it(logins: dict[str, sa.Engine]) -> None:
    query = "select distinct region_code from report.policy order by 1"
    assert rows_of(logins["a_city"], query) == [("370102",), ("371202",)]
    assert rows_of(logins["a_new_county"], query) == [("371202",)]


def test_readers_of_everything_see_what_the_regulator_sees(world: sa.Engine, logins: dict[str, sa.Engine]) -> None:
    views = [name for schema, name, _ in rows_of(world, RELATIONS) if schema == "report" and name not in OF_PERSONS]
    for reader in READERS:
        if (reader.regions, reader.domains, reader.insurer) == (None, None, None):
            for name in views:
                query = f"select count(*) from report.{name}"
                assert rows_of(logins[reader.name], query) == rows_of(world, query), (reader.name, name)


def test_a_right_that_ended_shows_nothing(world: sa.Engine, logins: dict[str, sa.Engine]) -> None:
    query = "select count(*) from report.policy"
    with world.connect() as connection:
        connection.exec_driver_sql("update access.entitlement set valid_to = now() where role_name = 'a_county'")
        connection.exec_driver_sql("set local session authorization a_county")
        assert connection.exec_driver_sql(query).scalar_one() == 0
        connection.rollback()
    assert rows_of(logins["a_county"], query) != [(0,)]


@pytest.mark.parametrize("role", ["anze_reader", "anze_city", "anze_province"])
def test_a_group_by_itself_sees_nothing(world: sa.Engine, role: str) -> None:
    with world.connect() as connection:
        connection.exec_driver_sql(f"set local role {role}")
        for name in COUNTED:
            assert connection.exec_driver_sql(f"select count(*) from report.{name}").scalar_one() == 0, name


def test_who_sets_a_role_sees_what_that_role_sees(world: sa.Engine, logins: dict[str, sa.Engine]) -> None:
    """As a portal does, within a transaction, with one pooled connection and one prepared plan after the other."""
    query = "select policy_no from report.policy order by policy_no"
    with world.connect() as connection:
        connection.exec_driver_sql(f"prepare asked as {query}")
        for reader in (*READERS, *reversed(READERS)):
            connection.exec_driver_sql(f"set local role {reader.name}")
            assert [tuple(row) for row in connection.exec_driver_sql("execute asked")] == rows_of(
                logins[reader.name], query
            )


def test_moments_of_the_past_are_bounded_too(reader: Reader, login: sa.Engine) -> None:
    day = dt.date(2026, 10, 31)
    rows = rows_of(login, "select region_code from report.policy_at(:day, now())", day=day)
    assert rows
    assert all(reader.regions is None or region in reader.regions for (region,) in rows)
