"""A delivery that does not add up, as people see it: told on the batch, marked on the figures, healed by a correction."""

from __future__ import annotations

import datetime as dt
import functools
import pathlib
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline import steps
from pipeline.hub import Hub
from pipeline.services.installation import FIRST_NIGHT, NIGHT
from sandbox import drops
from sandbox.cast import cast
from sandbox.truth import Province, build
from tests.pipeline.conftest import Anze
from tests.pipeline.telling import hub_at, rows_of
from warehouse.indicators.explain import show
from warehouse.indicators.publication import Publication
from warehouse.publishing.imbalance import imbalances
from warehouse.publishing.publish import publish

CLERK, OTHER = "tianji", "tianquan"
DAY = dt.timedelta(days=1)


@pytest.fixture
def hub(installed: pathlib.Path, engine: sa.Engine) -> Hub:
    return hub_at(NIGHT, engine, installed, {}, [CLERK, OTHER])


def policies(insurer_id: str, count: int = 4) -> list[dict[str, Any]]:
    """New policies of the sandbox, as this insurer would send them."""
    sent = (row for i in cast() for row in province().feed(i.insurer_id, "policy", None, FIRST_NIGHT))
    recent = [r for r in sent if r["issue_date"].year == NIGHT.year and r["previous_policy_no"] is None]
    mine = {"insurer_code": insurer_id.upper()}
    return [row | mine for row in recent if row["operation_code"] == "I"][:count]


@functools.cache
def province() -> Province:
    return build(5, 0.005)


def drop(hub: Hub, insurer_id: str, rows: list[dict[str, Any]], day: dt.date) -> int:
    """Leave a file with its control file, and load it; its batch."""
    folder = hub.settings.drop_folder / insurer_id
    folder.mkdir(parents=True, exist_ok=True)
    drops.write_file("csv_utf8", folder, "policy", rows, day)
    (report,) = steps.sync_insurer(hub, insurer_id)
    return report.batch_id


def published(hub: Hub, moment: dt.datetime) -> Publication:
    """Figures of the two policy feeds alone, as known at a moment."""
    with hub.engine.begin() as connection:
        return publish(
            connection, moment.date() - DAY, moment, moment,
            expected=[(CLERK, "policy"), (OTHER, "policy")], delivered_since=NIGHT - 30 * DAY,
        )  # fmt: skip


def provisional_cells(hub: Hub, publication: Publication) -> dict[str, set[bool]]:
    """By insurer, ``*`` for all: whether the province's cells are provisional."""
    with hub.engine.connect() as connection:
        cells = show(connection, insurer_id=None, region_code="370000", publication_id=publication.publication_id)
    found: dict[str, set[bool]] = {}
    for cell in cells:
        found.setdefault(cell.insurer_id, set()).add(cell.is_provisional)
    return found


def spoilt(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"cover_end_date": row["cover_start_date"] - DAY}


def test_an_imbalance_marks_the_figures_of_its_feed_until_it_is_corrected(hub: Hub, anze: Anze) -> None:
    rows = policies(CLERK)
    drop(hub, OTHER, policies(OTHER), NIGHT.date())
    batch = drop(hub, CLERK, [spoilt(rows[0]), *rows[1:]], NIGHT.date())

    first = published(hub, NIGHT + DAY)
    assert (first.is_provisional, first.missing_feeds) == (True, ())
    assert first.imbalanced_feeds == (f"{CLERK}/policy",)
    cells = provisional_cells(hub, first)
    assert (cells["*"], cells[CLERK], cells[OTHER]) == ({True}, {True}, {False})
    told = anze("batch", "show", batch).out
    assert "DLV-001" in told
    assert "已入库3行(相差-1行),申报4行" in told.replace("\n", "")

    with hub.engine.connect() as connection:
        (why,) = imbalances(connection, first.publication_id)
    assert why.text.startswith(f"{CLERK}/policy 批次 {batch}: 申报4行,仍有1行被隔离;签单保费申报")
    (reason,) = rows_of(hub.engine, "select * from report.publication_imbalance where publication_id = 1")
    assert (reason.batch_id, reason.kind, reason.open_row_count) == (batch, "declared", 1)
    assert reason.amount_difference == rows[0]["written_premium_amount"]

    mended = rows[0] | {"source_updated_at": rows[0]["source_updated_at"] + DAY}
    drop(hub, CLERK, [mended], NIGHT.date() + DAY)
    second = published(hub, NIGHT + 2 * DAY)
    assert (second.is_provisional, second.imbalanced_feeds) == (False, ())
    assert set.union(*provisional_cells(hub, second).values()) == {False}
    again = published(hub, NIGHT + DAY)
    assert again == first, "what was published stays"


def test_a_file_that_lost_rows_is_refused_whole_and_marks_the_figures(hub: Hub, anze: Anze) -> None:
    rows = policies(CLERK)
    folder = hub.settings.drop_folder / CLERK
    folder.mkdir(parents=True)
    file = drops.write_file("csv_utf8", folder, "policy", rows, NIGHT.date())
    file.write_text("".join(file.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8")
    (report,) = steps.sync_insurer(hub, CLERK)
    assert report.state == "rejected"
    assert f"{CLERK}/policy 批次 {report.batch_id}: 整批3行被隔离,仍有3行未解决" in anze("publish").out
    drop(hub, CLERK, rows, NIGHT.date() + DAY)
    assert anze("publish", "--json").json["imbalances"] == []


def test_two_deliveries_side_by_side(hub: Hub, anze: Anze) -> None:
    rows = policies(CLERK)
    one = drop(hub, CLERK, rows[:3], NIGHT.date())
    changed = [row | {"contact_phone": None, "source_updated_at": row["source_updated_at"] + DAY} for row in rows[1:]]
    two = drop(hub, CLERK, changed, NIGHT.date() + DAY)
    found = anze("batch", "compare", one, two, "--json").json
    assert (found["keys_in_both"], found["keys_only_in_a"], found["keys_only_in_b"]) == (2, 1, 1)
    assert found["examples_only_in_a"] == [rows[0]["policy_no"]]
    assert found["a"]["declared_amount"] == str(sum(row["written_premium_amount"] for row in rows[:3]))
    shown = anze("batch", "compare", one, two).out
    assert "签单保费" in shown
    assert f"仅在 only in {two} 1: {rows[3]['policy_no']}" in shown
    assert f"与上次同类报送(批次 {one})相比" in anze("batch", "show", two).out
    assert anze("batch", "compare", one, 99).code == 2
