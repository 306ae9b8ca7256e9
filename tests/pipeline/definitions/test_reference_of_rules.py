"""The pages for those who write rules and indicators say what the database and the code say."""

from __future__ import annotations

import datetime as dt
from typing import get_args

import sqlalchemy as sa

from pipeline.definitions import reference_of_rules as pages
from quality import catalogue
from quality.rule_files import RuleEntry
from schemas.contract import load_contract
from schemas.findings import Tier
from warehouse.database import ddl
from warehouse.indicators import queries, rollup
from warehouse.indicators.catalogue import PARAMETERS, PeriodKind
from warehouse.loading import rules, staging


def test_prepared_relations_have_the_columns_that_the_page_lists(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        rollup.snapshot(connection, dt.datetime(2026, 11, 20, tzinfo=dt.UTC))
        for name, select in queries.prepared_relations().items():
            result = connection.exec_driver_sql(f"select * from pg_temp.{name} limit 0")
            assert pages._columns(select) == list(result.keys()), name


def test_staged_has_the_columns_that_the_page_lists(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        staging.create(connection, load_contract("claim"), "lichun")
        names = list(connection.exec_driver_sql("select * from staged limit 0").keys())
    assert names == [*pages.STAGED, *load_contract("claim").by_name]


def test_every_record_has_the_columns_that_the_hub_adds(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        names = connection.exec_driver_sql("select * from core.claim_known(now()) limit 0").keys()
    assert set(names) == {*ddl.HUB_COLUMNS, *load_contract("claim").by_name}


def test_everything_that_the_code_knows_has_words() -> None:
    assert set(pages.TIERS) == set(get_args(Tier))
    assert set(pages.KEYS) == set(RuleEntry.model_fields)
    assert set(pages.PARAMETERS) == set(rules.PARAMETERS)
    assert set(pages.NAMES) == set(catalogue.load_rules().names_for(load_contract("policy")))
    assert set(pages.MOMENTS) == PARAMETERS
    assert tuple(pages.CONTRIBUTION) == rollup.COLUMNS
    assert set(pages.PERIODS) == set(get_args(PeriodKind))


def test_every_fragment_says_what_it_is() -> None:
    text = pages.pages()["writing-rules.md"]
    for name, sql in catalogue.load_rules().fragments.items():
        assert pages._heading(sql), name
        assert f"`{{{name}}}`" in text
