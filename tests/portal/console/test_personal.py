"""Names and phones on a record's page: for accounts that were granted them, hidden from all others."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from tests.portal.front import Session
from tests.warehouse.building import one
from tests.warehouse.indicators.story import Hub


def policy_of(engine: sa.Engine, region: str) -> int:
    query = f"select version_id from report.policy where region_code = '{region}' and policy_no like 'R{region}%lichun'"
    return int(one(engine, query))


def test_personal_values_are_shown_to_whom_they_were_granted(hub: Hub, session_of: Callable[[str], Session]) -> None:
    path = f"records/policy/{policy_of(hub.engine, '370202')}"
    granted, other = session_of("another_city"), session_of("a_province")
    assert "张三" in granted.get(f"/console/{path}").text
    shown = {field["field"]: field["value"] for field in granted.get(f"/api/v1/{path}").json()["fields"]}
    assert shown["contact_name"].startswith("张三")
    assert "张三" not in other.get(f"/console/{path}").text
    hidden = other.get(f"/api/v1/{path}").text
    assert "张三" not in hidden
    assert "13800001111" not in hidden
