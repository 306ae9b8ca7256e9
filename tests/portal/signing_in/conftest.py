"""Two portals of one installation, and ways to try to get in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import requests

from pipeline.services.postgres import Cluster
from tests.conftest import fresh_database
from tests.portal.front import Front, another, front


@dataclass(frozen=True)
class Desk:
    """Two portals over one database."""

    first: Front
    second: Front

    def try_in(self, login: str, password: str, *, at: Front | None = None, **more: str) -> requests.Response:
        """Somebody without a session types into the form."""
        form = {"login": login, "password": password, **more}
        address = f"{(at or self.first).address}/sign-in"
        return requests.post(address, data=form, headers={"Accept": "text/html"}, timeout=60, allow_redirects=False)

    def account(self, name: str, kind: str = "province", **right: object) -> str:
        return self.first.account(name, kind, **right)

    def right(self, login: str, **more: str) -> requests.Response:
        """The same with the right password."""
        return self.try_in(login, self.first.passwords[login], **more)

    def run(self, text: str) -> None:
        """What time, or an administrator, does to the database."""
        with self.first.engine.begin() as connection:
            connection.exec_driver_sql(text)


@pytest.fixture(scope="session")
def desks(cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with (
        fresh_database(cluster, template) as url,
        front(url, tmp_path_factory.mktemp("desk")) as first,
        another(first, ANZE_PORTAL_URL="https://portal.example") as second,
    ):
        yield Desk(first, second)


@pytest.fixture
def desk(desks: Desk) -> Desk:
    """The two portals, every failure forgotten: all tests come from one address."""
    desks.run("delete from access.sign_in_failure")
    return desks
