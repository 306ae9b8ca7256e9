"""The row of a delivery as it was received: for who sees the record that it became, without what is personal."""

from __future__ import annotations

import contextlib
import pathlib
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from pipeline.hub import Hub, open_hub
from pipeline.judging.places import HIDDEN, SourceRow
from pipeline.services.installation import FIRST_NIGHT, NIGHT
from portal.console import records
from portal.console.errors import NotShown
from sandbox import drops
from sandbox.truth import build
from tests.pipeline.conftest import Anze, anze, installed, nowhere  # noqa: F401
from tests.warehouse.building import one
from warehouse.database import access, accounts
from warehouse.database.engine import connect


@pytest.fixture
def hub(installed: pathlib.Path, anze: Anze) -> Hub:  # noqa: F811
    """A hub that was given one file of policies."""
    rows = build(5, 0.01).feed("tianji", "policy", None, FIRST_NIGHT)
    good = [row for row in rows if row["issue_date"].year == NIGHT.year and row["operation_code"] != "D"]
    folder = installed / "files"
    folder.mkdir()
    anze("submit", "tianji", "policy", drops.write_file("csv_utf8", folder, "policy", good, NIGHT.date()))
    return open_hub()


@contextlib.contextmanager
def reading(url: str, account: accounts.Account) -> Iterator[sa.Connection]:
    """A transaction of an account that is made for it."""
    admin = sa.create_engine(url)
    with admin.begin() as connection:
        access.protect_database(connection)
    login = connect(
        admin.url.set(username=account.role_name, password=accounts.add(admin, account)).render_as_string(False)
    )
    with login.connect() as connection:
        yield connection
    login.dispose()
    with admin.begin() as connection:
        connection.exec_driver_sql(f"drop owned by {account.role_name}")
        connection.exec_driver_sql(f"drop role {account.role_name}")
    admin.dispose()


def test_a_row_is_shown_as_it_arrived_without_what_is_personal(hub: Hub, database_url: str) -> None:
    version_id = one(hub.engine, "select min(version_id) from core.policy")
    policy_no = one(hub.engine, "select policy_no from core.policy where version_id = :id", id=version_id)
    with reading(database_url, accounts.Account("received_by_province", "province", granted_by="test")) as connection:
        found = records.received(connection, hub, "policy", version_id)
    assert isinstance(found.row, SourceRow)
    assert (found.row.batch_id, found.row.row_no) == (found.version.batch_id, found.version.row_no)
    cells = {cell.field: cell for cell in found.row.cells}
    assert cells["policy_no"].raw == cells["policy_no"].value == policy_no
    assert {cells[name].raw for name in ("contact_name", "contact_phone")} <= {HIDDEN, None}


def test_a_row_of_another_is_not_opened(hub: Hub, database_url: str) -> None:
    version_id = one(hub.engine, "select min(version_id) from core.policy")
    other = accounts.Account("received_by_other", "insurer_reader", insurer_id="yuheng", granted_by="test")
    with reading(database_url, other) as connection, pytest.raises(NotShown):
        records.received(connection, hub, "policy", version_id)
