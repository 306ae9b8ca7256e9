"""A second province from its folder alone: two nights over real HTTP and real files, published, verified."""

from __future__ import annotations

import datetime as dt
import os
import pathlib
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from connectors.definition import REGULATOR, load_definitions
from pipeline import steps
from pipeline.definitions import reference_pages
from pipeline.hub import Hub
from pipeline.judging import verifying
from pipeline.services.installation import FIRST_NIGHT, NIGHT
from pipeline.services.postgres import Cluster
from pipeline.settings import ROOT
from pipeline.setup import prepare
from sandbox import drops, registers
from sandbox.server import serve
from sandbox.truth import build
from schemas.contract import load_contracts
from schemas.province import VARIABLE
from schemas.template import write_template
from tests.conftest import fresh_database
from tests.pipeline.telling import credentials_environ, hub_at, rows_of
from warehouse.indicators.publication import Publication

HENAN = pathlib.Path(__file__).parent / "henan"
SEED, SCALE = 11, 0.002
PLACES = """
select c.table_schema || '.' || c.table_name as relation, c.column_name
from information_schema.columns as c
where c.table_schema not in ('pg_catalog', 'information_schema')
    and c.column_name ~ '(region|city|county|province)_code$' and c.data_type in ('text', 'character varying')
"""
#: The views that people read, with the columns that hold text; sources may cite another province's rules.
TEXTS = """
select
    c.table_schema || '.' || c.table_name as relation,
    string_agg(quote_ident(c.column_name), ', ') as columns
from information_schema.columns as c
where c.table_schema in ('report', 'quarantine', 'quality') and c.data_type in ('text', 'jsonb', 'ARRAY')
    and c.column_name not in ('basis', 'source', 'source_document')
group by c.table_schema, c.table_name
"""
#: The sandbox's province, in words and in codes.
ELSEWHERE = re.compile(r"山东|济南|青岛|(?<![\dA-Za-z.,_-])37\d{4}(?![\dA-Za-z.,])")
#: Pages that say on which laws and published figures a definition rests.
CITING = {"alerts.md", "rules.md", "indicators.md", "writing-rules.md"}


@pytest.fixture(scope="module")
def henan() -> Iterator[None]:
    """This process serves Henan."""
    with pytest.MonkeyPatch.context() as here:
        here.setenv(VARIABLE, str(HENAN))
        yield


@pytest.fixture(scope="module")
def lived(henan: None, cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hub, Publication]]:
    """The hub after its second night."""
    folder, province = tmp_path_factory.mktemp("henan"), build(SEED, SCALE)
    registers.write_registers(province, folder / "drop" / REGULATOR)
    insurers = tuple(load_definitions(environ={}))
    with fresh_database(cluster) as url, serve(province) as server:
        prepare(url)
        engine = sa.create_engine(url)
        environ = {"ANZE_SANDBOX_URL": server.url, **credentials_environ(insurers, SEED)}
        steps.sync_insurer(hub_at(FIRST_NIGHT - dt.timedelta(hours=6), engine, folder, environ, insurers), REGULATOR)
        for since, night in ((None, FIRST_NIGHT), (FIRST_NIGHT, NIGHT)):
            drops.write(province, folder / "drop", since, night)
            hub = hub_at(night, engine, folder, environ, insurers)
            for insurer_id in insurers:
                steps.sync_insurer(hub, insurer_id)
        hub = hub_at(NIGHT + dt.timedelta(hours=3), engine, folder, environ, insurers)
        yield hub, steps.publish(hub)
        engine.dispose()


def test_nothing_is_lost_and_the_oracle_finds_the_same_figures(lived: tuple[Hub, Publication]) -> None:
    verdict = verifying.verify(lived[0])
    assert verdict.details == ()
    assert verdict.is_good
    assert (verdict.unaccounted_rows, verdict.stuck_batches, verdict.cells_differing) == (0, 0, 0)
    assert verdict.cells_compared > 0


def test_only_planted_rows_are_held(lived: tuple[Hub, Publication]) -> None:
    held = rows_of(lived[0].engine, "select insurer_id, record_key from quarantine.row where resolved_at is null")
    assert held
    assert {row.insurer_id for row in held if "-BAD" in (row.record_key or "-BAD")} == {"yihe"}


def test_its_own_floor_and_thresholds_count(lived: tuple[Hub, Publication]) -> None:
    engine = lived[0].engine
    floor = (
        "select min_denominator from reference.indicator_floor where indicator = 'coverage_ratio' order by valid_from"
    )
    assert [int(row.min_denominator) for row in rows_of(engine, floor)] == [10, 4]
    least = "select threshold_value from core.rule_threshold_current where rule_no = 'R07'"
    assert [int(row.threshold_value) for row in rows_of(engine, least)] == [600000]


def test_every_place_is_in_the_province(lived: tuple[Hub, Publication]) -> None:
    engine = lived[0].engine
    asked = [row for row in rows_of(engine, PLACES) if not row.relation.startswith("reference.region")]
    assert asked
    for place in asked:
        query = f"select distinct cast({place.column_name} as text) as code from {place.relation}"
        assert not [row.code for row in rows_of(engine, query) if str(row.code).startswith("37")], place
    cells = {str(row.region_code) for row in rows_of(engine, "select region_code from report.indicator")}
    assert "410000" in cells
    assert {code[:2] for code in cells} == {"41"}


def test_no_view_and_no_message_speaks_of_another_province(lived: tuple[Hub, Publication]) -> None:
    engine = lived[0].engine
    asked = rows_of(engine, TEXTS)
    assert {"report.indicator", "report.held_row"} <= {row.relation for row in asked}
    for row in asked:
        texts = (str(value) for told in rows_of(engine, f"select {row.columns} from {row.relation}") for value in told)
        assert not [text for text in texts if ELSEWHERE.search(text)], row.relation


def test_no_workbook_and_no_answer_speaks_of_another_province(
    lived: tuple[Hub, Publication], tmp_path: pathlib.Path
) -> None:
    hub = lived[0]
    held = rows_of(hub.engine, "select min(batch_id) as batch_id from quarantine.row")[0].batch_id
    for contract in load_contracts().values():
        write_template(contract, tmp_path / f"{contract.record_type}.xlsx")
    environ = {
        **os.environ,
        "ANZE_DATABASE_URL": hub.settings.database_url,
        "ANZE_LANDING": str(hub.settings.landing_folder),
        "ANZE_CLOCK_OFFSET": str(hub.settings.clock_offset.total_seconds()),
        "ANZE_VAR": str(tmp_path),
    }
    for number, arguments in enumerate(
        (
            f"batch report {held} {tmp_path}/held.xlsx",
            f"batch report {held} {tmp_path}/held.csv",
            f"batch show {held}",
            "indicator show --level city",
            "indicator show --level county --json",
            "indicator explain I4 --left-out",
            "indicator at I1 --level city",
            "as-of policy --as-of 2026-11-20",
            "insurer list",
            "status",
        )
    ):
        call = [sys.executable, "-c", "from pipeline.cli import main; main()", *arguments.split()]
        done = subprocess.run(call, env=environ, cwd=ROOT, capture_output=True, text=True, check=True)
        (tmp_path / f"answer-{number}.txt").write_text(arguments + done.stdout + done.stderr, encoding="utf-8")
    reference_pages.write(tmp_path / "docs", "")
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path.name not in CITING]
    assert {path.suffix for path in written} == {".xlsx", ".csv", ".txt", ".md", ".json"}
    told = {path.name: _text(path) for path in written}
    assert "郑州市" in told["answer-3.txt"]
    assert {name: found[0] for name, text in told.items() if (found := ELSEWHERE.search(text))} == {}


def _text(path: pathlib.Path) -> str:
    if path.suffix != ".xlsx":
        return path.read_text(encoding="utf-8-sig")
    sheets = load_workbook(path).worksheets
    notes = [f"{cell.value} {cell.comment.text if cell.comment else ''}" for s in sheets for row in s for cell in row]
    return "\n".join([*notes, *(str(d.prompt) for s in sheets for d in s.data_validations.dataValidation)])
