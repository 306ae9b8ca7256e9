"""A drop folder that is not mounted is told as such: it is not "nothing dropped", and stops nobody else's files."""

from __future__ import annotations

import pathlib
from collections.abc import Mapping
from dataclasses import replace

import pytest
import sqlalchemy as sa

from pipeline import steps
from pipeline.services.installation import NIGHT
from pipeline.settings import load_settings
from sandbox import drops
from sandbox.truth import build
from schemas.errors import SetupError
from tests.pipeline.telling import SomeInsurers, hub_at

CLERK, OTHER = "tianquan", "yuheng"
MARKER = ".anze-drop"
ROWS = [row for row in build(5, 0.02).feed(CLERK, "policy", None, NIGHT) if not row["previous_policy_no"]][:3]


def _hub(engine: sa.Engine, folder: pathlib.Path, environ: Mapping[str, str]) -> SomeInsurers:
    return hub_at(NIGHT, engine, folder, environ, (CLERK, OTHER))


def _write(folder: pathlib.Path) -> pathlib.Path:
    folder.mkdir(exist_ok=True)
    return drops.write_file("csv_utf8", folder, "policy", ROWS, NIGHT.date())


def test_a_share_without_its_marker_is_not_taken_for_empty(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    hub = _hub(engine, tmp_path, {"ANZE_DROP_MARKER": MARKER})
    (tmp_path / "drop").mkdir()
    definition = hub.insurers[CLERK]
    with pytest.raises(SetupError, match=rf"{tmp_path}/drop 中没有 {MARKER}.*mount it; on a new share, once: touch"):
        steps.collect(hub, definition, "policy", None, lambda: hub.settings.credentials(CLERK))
    (tmp_path / "drop" / MARKER).touch()
    assert steps.collect(hub, definition, "policy", None, lambda: hub.settings.credentials(CLERK)) == []
    _write(tmp_path / "drop" / CLERK)
    assert len(steps.collect(hub, definition, "policy", None, lambda: hub.settings.credentials(CLERK))) == 1


def test_what_was_handed_in_is_loaded_while_the_share_is_away(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    hub = _hub(engine, tmp_path, {"ANZE_DROP_MARKER": MARKER})
    landed = steps.submit(hub, CLERK, "policy", _write(tmp_path))
    with pytest.raises(SetupError, match=MARKER):
        steps.intake(hub)
    with engine.connect() as connection:
        state = connection.scalar(
            sa.text("select state from landing.batch where batch_id = :batch_id"), {"batch_id": landed.batch_id}
        )
    assert state != "received"


def test_a_folder_that_is_named_has_to_be_there(tmp_path: pathlib.Path) -> None:
    named = {"ANZE_DATABASE_URL": "postgresql://host/anze", "ANZE_VAR": str(tmp_path)}
    load_settings(named).require_drop_folder()  # the folder beside the rest is made by whoever drops first
    with pytest.raises(SetupError, match="share 不存在 is not there: mount it"):
        load_settings({**named, "ANZE_DROP": str(tmp_path / "share")}).require_drop_folder()


def test_a_folder_that_cannot_be_read_is_told_in_one_line(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    hub = _hub(engine, tmp_path, {})
    unreadable = replace(hub.settings, drop_folder=tmp_path / ("long" * 100))
    with pytest.raises(SetupError, match=f"{CLERK} 无法读取 cannot be read: .*mend the mount"):
        steps.intake(replace(hub, settings=unreadable))
