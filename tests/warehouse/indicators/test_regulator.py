"""What a regulator asks in SQL, logged in as one: month-end series, records behind a cell, held rows, the catalogue."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import pathlib
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline.settings import ROOT
from schemas.contract import RECORD_TYPES, load_contracts
from tests.warehouse import building
from tests.warehouse.building import one, rows_of
from tests.warehouse.indicators.story import Hub, Story
from warehouse.database import access
from warehouse.database.engine import connect
from warehouse.indicators.at import EVERY_CELL, indicators_at
from warehouse.indicators.catalogue import load_definitions
from warehouse.indicators.explain import Place, excluded_records, explain
from warehouse.publishing import frozen, months

DEFINITIONS = load_definitions()
PUBLISHED = tuple(DEFINITIONS)
ID_NUMBER, MOBILE = "11010519491231002X", "13800001111"
PAGE = ROOT / "docs" / "regulators-sql.md"


@contextlib.contextmanager
def loader_of(engine: sa.Engine) -> Iterator[sa.Engine]:
    """The same database with the loader's rights."""
    loader = connect(engine.url.render_as_string(hide_password=False), role="anze_loader")
    try:
        yield loader
    finally:
        loader.dispose()


@pytest.fixture(scope="module")
def hub(shared_engine: sa.Engine, tmp_path_factory: pytest.TempPathFactory) -> Hub:
    """A small province in November with a publication of every indicator, month ends, held rows of persons."""
    hub = Hub(shared_engine, tmp_path_factory.mktemp("landing"), indicators=PUBLISHED)
    story = Story(hub, seed=7)
    story.begin()
    for _ in range(40):
        story.go_on()
    hub.now = building.at(10)
    bad = {"policy_no": ID_NUMBER, "insured_name": f"张三 {MOBILE}", "contact_name": "张三"}
    hub.deliver("policy", [bad, {"policy_no": "P-OK"}], held=[1])
    hub.publish(as_of=dt.date(2026, 11, 9))
    with loader_of(shared_engine) as loader:
        months.fill(loader, hub.now, month_count=3)
    with shared_engine.begin() as connection:
        access.protect_database(connection)
    return hub


@pytest.fixture(scope="module")
def regulator(hub: Hub) -> Iterator[sa.Engine]:
    """The regulator, logged in."""
    access.set_passwords(hub.engine, {"anze_regulator": "secret"})
    engine = connect(hub.engine.url.set(username="anze_regulator", password="secret").render_as_string(False))
    yield engine
    engine.dispose()


def test_the_session_is_in_shanghai_by_the_roles_setting(regulator: sa.Engine) -> None:
    assert one(regulator, "show timezone") == "Asia/Shanghai"
    assert one(regulator, "select cast(timestamptz '2026-11-20T16:30Z' as date)") == dt.date(2026, 11, 21)


def test_month_ends_are_the_figures_of_those_days(hub: Hub, regulator: sa.Engine) -> None:
    everything = [(d.indicator, kind) for d in DEFINITIONS.values() for kind in d.periods]
    with hub.engine.begin() as connection:
        cells = indicators_at(connection, everything, dt.date(2026, 10, 31), hub.now, wanted=EVERY_CELL)
    kept = [c for c in cells if (c.domain_code, c.insurer_id) == ("*", "*") or _is_province_by_one(c)]
    query = """
        select indicator, period_kind, region_code, domain_code, insurer_id, numerator, denominator, value
        from report.indicator_month where month = '2026-10-01' and source = 'computed'
    """
    found = {tuple(row) for row in rows_of(regulator, query)}
    assert len(found) == len(kept) > 150
    assert found == {
        (c.indicator, c.period_kind, c.region_code, c.domain_code, c.insurer_id, c.numerator, c.denominator, c.value)
        for c in kept
    }  # fmt: skip


def _is_province_by_one(cell: Any) -> bool:
    return bool(cell.region_level == "province" and "*" in (cell.domain_code, cell.insurer_id))


def test_a_series_has_every_month_that_is_over_and_the_one_that_runs(regulator: sa.Engine) -> None:
    query = "select month, as_of, source, is_complete from indicator_monthly('I1', months => 3)"
    assert rows_of(regulator, query) == [
        (dt.date(2026, 8, 1), dt.date(2026, 8, 31), "computed", True),
        (dt.date(2026, 9, 1), dt.date(2026, 9, 30), "computed", True),
        (dt.date(2026, 10, 1), dt.date(2026, 10, 31), "computed", True),
        (dt.date(2026, 11, 1), dt.date(2026, 11, 9), "published", False),
    ]
    by_name = "select * from indicator_monthly('loss_ratio_simple', '370200', 3, 'ytd')"
    assert len(rows_of(regulator, by_name)) >= 1


def test_months_follow_what_is_loaded_and_yield_to_what_is_frozen(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    hub = Hub(engine, tmp_path, now=building.at(2))
    october = dt.date(2026, 10, 1)
    chosen = {name: DEFINITIONS[name] for name in hub.indicators}

    def fill(seconds: float = 60) -> list[dt.date]:
        hub.pass_time(minutes=1)
        with loader_of(engine) as loader:
            return months.fill(loader, hub.now, month_count=2, seconds=seconds, definitions=chosen)

    def shown() -> list[tuple[Any, ...]]:
        query = "select source, shown_text from report.indicator_monthly('I1') where month = '2026-10-01'"
        return rows_of(engine, query)

    hub.deliver("enterprise", [{"credit_code": "E1"}, {"credit_code": "E2"}])
    hub.publish()
    assert fill(seconds=0) == [october, dt.date(2026, 9, 1)], "missing months wait for nothing"
    assert fill() == [], "nothing was loaded since"
    assert shown() == [("computed", "0.00%")]
    hub.deliver("policy", [{"policy_no": "P1", "insured_credit_code": "E1"}])
    assert fill(seconds=0) == [], "no time is left for months that were computed"
    assert set(fill()) == {october, dt.date(2026, 9, 1)}
    assert shown() == [("computed", "50.00%")]
    with engine.begin() as connection:
        frozen.freeze(connection, october, hub.now, "周敏", expected=[], delivered_since=hub.now)
    hub.deliver("policy", [{"policy_no": "P2", "insured_credit_code": "E2"}])
    fill()
    assert shown() == [("frozen", "50.00%")]


def test_a_series_of_another_definition_is_computed_again(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    chosen = {"coverage_ratio": DEFINITIONS["coverage_ratio"]}
    hub = Hub(engine, tmp_path, now=building.at(2))
    assert len(months.fill(engine, hub.now, month_count=2, definitions=chosen)) == 2
    assert len(rows_of(engine, "select from report.indicator_monthly('I1')")) == 2, "before anything was published, too"
    more = chosen | {"loss_ratio_simple": DEFINITIONS["loss_ratio_simple"]}
    assert len(months.fill(engine, hub.now, month_count=2, definitions=more)) == 2


@pytest.mark.parametrize("indicator", PUBLISHED)
def test_a_cell_leads_to_its_records_and_their_files(hub: Hub, regulator: sa.Engine, indicator: str) -> None:
    definition = DEFINITIONS[indicator]
    query = "select * from explain_cell(:indicator, period_kind => :kind)"
    for kind in definition.periods:
        records = list(_mappings(regulator, query, indicator=definition.code, kind=kind))
        with hub.engine.begin() as connection:
            wanted = explain(connection, Place(indicator, kind), limit=1000)
        assert (_sum(records, "numerator", definition), _sum(records, "denominator", definition)) == (
            wanted.cell.numerator,
            wanted.cell.denominator or _sum(records, "denominator", definition),
        )
        assert _ids(records) == {(r.record_type, r.version_id, r.batch_id, r.row_no) for r in wanted.records}
        assert all(r["file_names"] == ["rows.json"] and len(r["file_sha256s"][0]) == 64 for r in records if r["row_no"])


def _mappings(engine: sa.Engine, query: str, **values: Any) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(sa.text(query), values).mappings())


def _ids(records: list[Any]) -> set[tuple[Any, ...]]:
    return {(r["record_type"], r["version_id"], r["batch_id"], r["row_no"]) for r in records}


def _sum(records: list[Any], part: str, definition: Any) -> Decimal:
    """A sum as a cell keeps it: with at most 12 decimals."""
    parts = [r[part] for r in records]
    if definition.is_distinct:
        by_unit = itertools.groupby(sorted(records, key=lambda r: r["unit"]), key=lambda r: r["unit"])
        parts = [max(r[part] for r in group) for _, group in by_unit]
    return round(sum(parts, Decimal(0)), 12)


def test_what_was_left_out_of_a_cell_is_listed_with_its_reason(hub: Hub, regulator: sa.Engine) -> None:
    query = "select * from explain_cell('I1', only_excluded => true)"
    with hub.engine.begin() as connection:
        wanted = excluded_records(connection, Place("coverage_ratio", "as_of"), limit=1000)
    assert _ids(_mappings(regulator, query)) == {(r.record_type, r.version_id, r.batch_id, r.row_no) for r in wanted}


def test_an_area_and_a_limit_cut_the_records(regulator: sa.Engine) -> None:
    whole = _mappings(regulator, "select * from explain_cell('I1')")
    part = _mappings(regulator, "select * from explain_cell('I1', '370200')")
    assert 0 < len(part) < len(whole)
    assert len(_mappings(regulator, "select * from explain_cell('I1', row_limit => 2)")) == 2


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("explain_cell('I1', '999999')", "没有发布过这一格"),
        ("explain_cell('no such')", "没有发布过这一格"),
        ("explain_cell('I1', publication_id => 99)", "没有发布过这一格"),
    ],
)
def test_a_cell_that_was_not_published_is_said_to_be_none(regulator: sa.Engine, call: str, told: str) -> None:
    with pytest.raises(sa.exc.DBAPIError, match=told):
        rows_of(regulator, f"select * from {call}")


def test_nobody_who_logs_in_says_what_explain_cell_runs(hub: Hub) -> None:
    for act in ("insert into mart.contribution_query values ('x', 'y', false, 'select 1')",
                "update mart.contribution_query set query = 'select 1'", "delete from mart.contribution_query"):  # fmt: skip
        with pytest.raises(sa.exc.DBAPIError, match="permission denied"), hub.engine.begin() as connection:  # noqa: PT012
            connection.exec_driver_sql("set local role anze_loader")
            connection.exec_driver_sql(act)


def test_every_record_type_leads_from_a_version_to_its_row(hub: Hub) -> None:
    view = one(hub.engine, "select pg_get_viewdef('core.version'::regclass)")
    assert set(re.findall(r"'(\w+)'::text AS record_type", view)) | set(
        re.findall(r"SELECT '(\w+)'::text", view)
    ) == set(RECORD_TYPES)


def test_held_rows_and_findings_say_why_and_show_no_person(regulator: sa.Engine) -> None:
    held = _mappings(regulator, "select * from held_row")
    assert ("POL-001", "保单号", True) in {(r["rule_id"], r["field_name"], r["is_open"]) for r in held}
    assert "(已隐去)" in [r["record_key"] for r in held]
    told = [
        str(dict(r))
        for name in ("held_row", "finding", "batch", "batch_file")
        for r in _mappings(regulator, f"select * from {name}")
    ]
    assert told
    assert [text for text in told if ID_NUMBER in text or MOBILE in text or "张三" in text] == []


@pytest.mark.parametrize(
    ("words", "masked"),
    [
        (f"证件{ID_NUMBER}有误", "证件(已隐去)有误"),
        (f"{ID_NUMBER},{MOBILE}", "(已隐去),(已隐去)"),
        (f"电话 {MOBILE}。", "电话 (已隐去)。"),
        ("AZ013701202600000001", "AZ013701202600000001"),
        ("20110105194912310021", "20110105194912310021"),
        ("91370102100000112Y", "91370102100000112Y"),
        (None, None),
    ],
)
def test_personal_numbers_are_masked_in_any_text(hub: Hub, words: str | None, masked: str | None) -> None:
    assert one(hub.engine, "select core.masked(:words)", words=words) == masked


def test_lists_that_explain_the_rest_are_there(regulator: sa.Engine) -> None:
    assert one(regulator, "select name_zh from code where list_code = 'CL-OPERATION' and code = 'U'") == "变更"
    assert (
        one(regulator, "select region_name from region where region_code = '370200' and valid_to is null") == "青岛市"
    )
    assert one(regulator, "select severity from rule where rule_id = 'ENV-012'") == "error"
    shown = rows_of(regulator, "select field from field where record_type = 'policy' and not is_shown")
    hidden = {f.name for f in load_contracts()["policy"].fields if f.is_hidden}
    assert hidden <= {name for (name,) in shown}
    assert one(regulator, "select sum(received_count - accepted_count) from batch") >= 1
    assert one(regulator, "select file_name from batch_file order by batch_id limit 1") == "rows.json"


RELATIONS = """
    select c.relname, case c.relkind when 'c' then obj_description(c.reltype, 'pg_type') else obj_description(c.oid, 'pg_class') end,
        array(
            select a.attname from pg_attribute as a
            where a.attrelid = c.oid and a.attnum > 0 and col_description(c.oid, a.attnum) is null
        ),
        exists (select from pg_attribute as a where a.attrelid = c.oid and a.attname in ('version_id', 'numerator', 'finding_id'))
    from pg_class as c where c.relnamespace = 'report'::regnamespace
"""
FUNCTIONS = """
    select p.proname, obj_description(p.oid, 'pg_proc'), p.proargnames, p.proargmodes, p.pronargs,
        array(select a.attname from pg_attribute as a where a.attrelid = t.typrelid and a.attnum > 0)
    from pg_proc as p inner join pg_type as t on p.prorettype = t.oid
    where p.pronamespace = 'report'::regnamespace
"""


def test_every_relation_says_what_a_row_is_and_what_is_left_out_and_every_column_what_it_means(
    regulator: sa.Engine,
) -> None:
    for name, comment, bare, holds_records in rows_of(regulator, RELATIONS):
        assert bare == [], name
        assert "一行" in (comment or ""), name
        if holds_records and name != "cell_record":
            assert re.search("被替换|修订|未计入", comment), (
                f"{name} does not say whether records out of force are in it"
            )


def test_every_function_says_the_same_of_its_rows_parameters_and_columns(regulator: sa.Engine) -> None:
    found = rows_of(regulator, FUNCTIONS)
    assert {"explain_cell", "indicator_monthly", "policy_at"} <= {row[0] for row in found}
    for name, comment, names, modes, given, columns in found:
        outs = columns or [n for n, mode in zip(names, modes or "i" * len(names), strict=True) if mode in ("t", "o")]
        _, _, said = comment.partition("。列: ")
        assert "一行" in comment, name
        assert [p for p in names[:given] if f"{p} " not in comment.partition("参数: ")[2]] == [], name
        assert [c for c in outs if f"{c} " not in said] == [], name
        assert [c for c in outs if f"{c} {c};" in said] == [], f"{name} lists a column without its meaning"


def _examples() -> list[str]:
    text = PAGE.read_text(encoding="utf-8")
    return re.findall(r"```sql\n(.*?)```", text, re.DOTALL)


@pytest.mark.parametrize("example", _examples(), ids=lambda text: text.strip().splitlines()[0][:40])
def test_the_examples_of_the_page_run_as_a_regulator(regulator: sa.Engine, example: str) -> None:
    with regulator.connect() as connection:
        assert connection.exec_driver_sql(example.replace("%", "%%")).keys()


def test_the_page_names_every_view_and_function(regulator: sa.Engine) -> None:
    text = PAGE.read_text(encoding="utf-8")
    names = {row[0] for row in rows_of(regulator, RELATIONS) if row[0] != "cell_record"}
    names |= {row[0] for row in rows_of(regulator, FUNCTIONS)}
    generic = {n for kind in RECORD_TYPES for n in (kind, f"{kind}_known", f"{kind}_at")}
    assert [name for name in sorted(names - generic) if f"`{name}" not in text and f"report.{name}" not in text] == []
