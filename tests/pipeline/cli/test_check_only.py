"""``anze submit --check``: what a delivery would be told, and nothing of it kept."""

from __future__ import annotations

import pathlib

import pytest
import sqlalchemy as sa

from sandbox.truth import build
from tests.pipeline.collecting.test_submit import policies, written
from tests.pipeline.conftest import Anze
from tests.pipeline.telling import rows_of


@pytest.mark.parametrize(("status", "state", "code"), [("20", "loaded", 0), ("77", "rejected", 1)])
def test_a_check_keeps_nothing(
    installed: pathlib.Path, engine: sa.Engine, anze: Anze, status: str, state: str, code: int
) -> None:
    row = policies(build(5, 0.01), "lichun")[0] | {"policy_status_code": status}
    file = written(installed / "a", [row])
    answer = anze("submit", "lichun", "policy", file, "--check", "--json")
    assert (answer.code, answer.json["state"]) == (code, state)
    assert any(found["rule_id"] == "FLD-011" for found in answer.json["problems"]) == (status == "77")
    assert rows_of(engine, "select count(*) from landing.batch") == [(0,)]
    assert not list((installed / "landing").rglob("*.csv"))
    assert anze("submit", "lichun", "policy", file, "--json").code == code
