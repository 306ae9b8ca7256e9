"""Definitions are read strictly: a mistake names the file, the line, the key and the fix, before anything runs."""

from __future__ import annotations

import itertools
import pathlib
import re
import shutil

import pytest
import sqlalchemy as sa

from schemas.errors import DefinitionError
from warehouse.indicators import queries
from warehouse.indicators.catalogue import FOLDER, find_definitions, load_definition, load_definitions
from warehouse.indicators.reasons import EXCLUSIONS
from warehouse.indicators.rollup import check_queries, grouping_sets

#: The expression by which a query says why it leaves a record out.
EXCLUSION = re.compile(r"\bcase\b(?:(?!\bcase\b).)*\bas exclusion", re.DOTALL)


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    """The definition of coverage alone, to be spoiled."""
    for suffix in ("yml", "sql"):
        shutil.copy(FOLDER / f"coverage_ratio.{suffix}", tmp_path)
    return tmp_path


def spoil(folder: pathlib.Path, suffix: str, old: str, new: str) -> None:
    path = folder / f"coverage_ratio.{suffix}"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def shipped(tmp_path: pathlib.Path) -> pathlib.Path:
    """A copy of all definitions."""
    return pathlib.Path(shutil.copytree(FOLDER, tmp_path / "shipped"))


def test_five_defaults_and_their_variants_are_there() -> None:
    definitions = load_definitions()
    codes = {d.code: d for d in definitions.values()}
    assert {"I1", "I2", "I3", "I4", "I5", "T1"} <= {code for code, d in codes.items() if d.variant_of is None}


def test_every_reason_why_a_record_is_left_out_is_told_in_words() -> None:
    queries = [path.read_text(encoding="utf-8") for path in FOLDER.parent.rglob("*.sql")]
    given = {reason for query in queries for reason in re.findall(r"then '(\w+_unknown)'", query)}
    for case in itertools.chain.from_iterable(map(EXCLUSION.findall, queries)):
        given |= set(re.findall(r"(?:then|else) '(\w+)'", case))
    assert given == set(EXCLUSIONS)


def test_an_indicator_is_found_by_id_and_by_code() -> None:
    assert load_definition("I4a").indicator == "major_hazard_rectification_ratio"
    assert load_definition("fee_input_ratio").code == "I5a"
    with pytest.raises(DefinitionError, match="no such indicator"):
        load_definition("no_such_ratio")


def test_the_market_is_never_ranked_by_coverage() -> None:
    assert load_definition("I1").dimensions.insurer is False
    assert load_definition("I2").dimensions.region == "city"
    assert not load_definition("I5").dimensions.domain
    assert "month" not in load_definition("I5").periods


def test_a_county_is_never_cut_by_domain_and_insurer_at_once() -> None:
    sets = grouping_sets(load_definition("I3"))
    assert ("city_code", "domain_group", "insurer_id") in sets
    assert ("county_code", "insurer_id") in sets
    assert ("county_code", "domain_group", "insurer_id") not in sets


@pytest.mark.parametrize(
    ("suffix", "old", "new", "message"),
    [
        ("yml", "unit: percent", "unit: per cent", r"coverage_ratio.yml:7: unit: 'per cent' is not known; fix: did you mean 'percent'"),
        ("yml", "periods: [as_of]", "periods: [yesterday]", r":\d+: periods: 'yesterday' is not known; fix: one of as_of"),
        ("yml", "direction:", "directon:", r"direction: is missing; fix: add direction:"),
        ("yml", "version: 1", "version: one", r"version: 'one' is no whole number"),
        ("yml", "feeds: [policy, endorsement]", "feeds: [polices]", r"feeds: 'polices' is not known; fix: did you mean 'policy'"),
        ("yml", "  domain: true\n", "", r":\d+: dimensions.domain: is missing"),
        ("yml", "  en: coverage ratio\n", "", r":\d+: name.en: is missing"),
        ("yml", "unit: percent", "unit: count", r"denominator: a count has none"),
        ("yml", "version: 1", "version: 1\nvariant_of: nothing", r"variant_of: nothing is no indicator"),
        ("yml", "indicator: coverage_ratio", "indicator: cover", r"indicator: differs from the file's name"),
        ("yml", "code: I1", "code: [I1", r"document: is no YAML"),
        ("yml", 'shown: "99.77"', 'shown: "99,77"', r":\d+: golden.*shown: '99,77' is no number"),
        ("yml", "version: 1", "version: 1\nremark: x", r"remark: unknown key; fix: one of"),
        ("sql", ":as_of", ":as_off", r"coverage_ratio.sql:\d+: :as_off: is no parameter; fix: did you mean 'as_of'"),
        ("sql", "-- limits:", "-- limit:", r"limits: is missing in the header"),
        ("sql", "select", "delete", r"select: is not one select"),
    ],
)  # fmt: skip
def test_a_mistake_is_named(folder: pathlib.Path, suffix: str, old: str, new: str, message: str) -> None:
    spoil(folder, suffix, old, new)
    with pytest.raises(DefinitionError, match=message):
        load_definitions(folder)


def test_a_variant_is_its_base_with_one_condition_more(shipped: pathlib.Path, connection: sa.Connection) -> None:
    definitions = load_definitions(shipped)
    base, major = definitions["hazard_rectification_ratio"], definitions["major_hazard_rectification_ratio"]
    assert major.contributions_sql == base.contributions_sql + "\n    and (h.hazard_level_code = '20')"
    check_queries(connection, {"major": major, "base": base})


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("base: hazard_rectification_ratio\n", "", r"major_.*yml:1: base: a variant narrows its base by a filter"),
        ("base: hazard_rectification_ratio", "base: hazards", r"base: 'hazards' has no SQL to narrow"),
        (
            "base: hazard_rectification_ratio",
            "base: coverage_ratio",
            r"base: coverage_ratio does not say where a filter goes",
        ),
        ("filter: h.hazard_level_code = '20'", "filter: 20", r"yml:\d+: filter: 20 is no text"),
        (
            "base: hazard_rectification_ratio",
            "base: general_hazard_rectification_ratio",
            r"has no SQL to narrow; fix: did you mean 'hazard_rectification_ratio'",
        ),
        ("= '20'", "= :as_off", r"yml:\d+: filter: :as_off is no parameter; fix: did you mean 'as_of'"),
        (
            "= '20'",
            "= '20'; drop table core.policy",
            r"yml:\d+: filter: holds ; where no condition does; fix: write one",
        ),
        ("= '20'", "= '20') or (true", r"yml:\d+: filter: holds \) where no condition does"),
        ("= '20'", "in ('20'", r"yml:\d+: filter: leaves a bracket open; fix: close it"),
        ("= '20'", "= '20' -- major", r"yml:\d+: filter: holds -- where no condition does"),
    ],
)
def test_a_mistake_in_a_variant_is_named(shipped: pathlib.Path, old: str, new: str, message: str) -> None:
    path = shipped / "major_hazard_rectification_ratio.yml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(DefinitionError, match=message):
        load_definitions(shipped)


def test_a_code_that_stands_twice_names_no_indicator_and_stops_no_other(shipped: pathlib.Path) -> None:
    path = shipped / "fee_input_ratio.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("code: I5a", "code: I1"), encoding="utf-8")
    found = find_definitions(shipped)
    assert set(found.broken) == {"coverage_ratio", "fee_input_ratio"}
    assert "fee_input_ratio.yml:2: code: I1 is another indicator's too; fix: a code names one: choose another" in str(
        found.broken["fee_input_ratio"]
    )
    with pytest.raises(DefinitionError, match=r"coverage_ratio.yml:2: code: I1 is another"):
        load_definition("coverage_ratio", shipped)


def test_what_the_database_says_of_a_filter_is_told_of_the_filter(
    shipped: pathlib.Path, connection: sa.Connection
) -> None:
    path = shipped / "major_hazard_rectification_ratio.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("h.hazard_level_code =", "h.level ="), encoding="utf-8")
    major = load_definition("major_hazard_rectification_ratio", shipped)
    with pytest.raises(DefinitionError, match=r"major_.*yml: filter: .*h.level.*; fix: correct the condition"):
        check_queries(connection, {"major": major})


def test_a_variant_has_no_sql_of_its_own(shipped: pathlib.Path) -> None:
    shutil.copy(shipped / "coverage_ratio.sql", shipped / "major_hazard_rectification_ratio.sql")
    with pytest.raises(DefinitionError, match=r"base: stands beside SQL of its own; fix: remove major_"):
        load_definitions(shipped)


def test_a_mistake_keeps_no_other_indicator_from_being_explained_in_sql(
    shipped: pathlib.Path, connection: sa.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shipped / "fee_input_ratio.yml").write_text("indicator: fee_input_ratio\n", encoding="utf-8")
    found = find_definitions(shipped)
    monkeypatch.setattr(queries, "find_definitions", lambda: found)
    connection.exec_driver_sql("truncate mart.contribution_query cascade")
    queries.install(connection)
    kept = set(connection.exec_driver_sql("select digest from mart.contribution_query").scalars())
    assert kept == {d.digest for d in found.usable.values()}


def test_sql_without_a_definition_is_named(folder: pathlib.Path) -> None:
    (folder / "coverage_ratio.yml").unlink()
    with pytest.raises(DefinitionError, match=r"coverage_ratio.sql: indicator: has no definition; fix: add"):
        load_definitions(folder)


def test_the_database_reads_every_definition(connection: sa.Connection) -> None:
    check_queries(connection, load_definitions())


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("e.credit_code as unit", "e.credit_cod as unit", r"coverage_ratio.sql: select: .*credit_cod"),
        ("as denominator", "as divisor", r"coverage_ratio.sql: columns: returns .*divisor.*; fix: return record_type"),
    ],
)
def test_wrong_sql_is_named(folder: pathlib.Path, connection: sa.Connection, old: str, new: str, message: str) -> None:
    spoil(folder, "sql", old, new)
    with pytest.raises(DefinitionError, match=message):
        check_queries(connection, load_definitions(folder))


def test_all_mistakes_of_a_definition_are_told_in_one_go_and_stop_it_alone(folder: pathlib.Path) -> None:
    spoil(folder, "yml", "unit: percent", "unit: per cent")
    spoil(folder, "yml", "periods: [as_of]", "periods: [yesterday]")
    spoil(folder, "yml", "direction:", "directon:")
    spoil(folder, "sql", ":as_of", ":as_off")
    spoil(folder, "sql", "-- limits:", "-- limit:")
    found = find_definitions(folder)
    assert set(found.broken) == {"coverage_ratio"}
    told = {each.key: each.line for each in found.broken["coverage_ratio"].all}
    assert set(told) == {"unit", "periods", "direction", "directon", ":as_off", "limits"}
    assert told["unit"] == 7
    with pytest.raises(DefinitionError, match="per cent"):
        load_definition("coverage_ratio", folder)
