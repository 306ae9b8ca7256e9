"""One installation's front door, opened: the hub for what is handed in, and three logins of the database.

The login of the portal keeps sessions and the audit; by the other two, one for insurers and one for everybody else, it
reads as the account that asks, the latter from a standby where ANZE_READ_DATABASE_URL names one. Neither of them has a
right of its own, and none can become an account of the other side.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from pipeline.hub import Hub, open_hub
from pipeline.settings import Settings, load_settings
from portal.bounds import Bounds, bounds_of
from portal.person import Person
from portal.signing_in.oidc import Provider, provider_of
from portal.sql_text import statement
from schemas.errors import RetryLater, SetupError
from warehouse.database import access
from warehouse.database.engine import connect, database_errors
from warehouse.database.session import Lag, lag


@dataclass(frozen=True)
class Door:
    """What every page needs. ``address``: where people find it, with scheme; secure cookies need https.

    ``pulse`` is the portal's login as ``state`` is, of the look after itself alone: that waits for no request's connection.
    """

    hub: Hub
    state: sa.Engine
    pulse: sa.Engine
    of_insurers: sa.Engine
    of_regulators: sa.Engine
    address: str
    bounds: Bounds
    #: Who vouches for people, beside the passwords of here; None = nobody.
    provider: Provider | None

    @property
    def is_secure(self) -> bool:
        """Whether people reach it by TLS."""
        return self.address.startswith("https://")

    @contextlib.contextmanager
    def reading_as(self, person: Person) -> Iterator[sa.Connection]:
        """A read-only transaction as the account itself: PostgreSQL decides what it sees, and bounds its time.

        Raises WarehouseBusy and WarehouseUnreachable.
        """
        engine = self.of_insurers if person.is_of_insurer else self.of_regulators
        with database_errors("reading"), engine.begin() as connection:
            became = connection.execute(statement("signing_in/become"), {"login": person.login}).one().became
            if became != person.login:
                connection.invalidate()
                raise SetupError("a connection of the portal was no longer itself; it is closed")
            yield connection

    @property
    def has_standby(self) -> bool:
        """Whether regulators are answered from a database of their own, by ANZE_READ_DATABASE_URL."""
        return self.hub.settings.read_database_url is not None

    def lag(self, person: Person) -> Lag | None:
        """How far the standby is behind by which a person reads, not known while it does not answer; None = the primary."""
        if not self.has_standby or person.is_of_insurer:
            return None
        try:
            return lag(self.of_regulators)
        except RetryLater:
            return Lag(None, None)

    def record(self, event: Event) -> None:
        """Append to the audit. Raises WarehouseBusy and WarehouseUnreachable: what cannot be recorded is not done."""
        with database_errors("recording"), self.state.begin() as connection:
            connection.execute(statement("signing_in/record"), event.values)

    def close(self) -> None:
        """Give back every connection."""
        for engine in (self.state, self.pulse, self.of_insurers, self.of_regulators, self.hub.engine):
            engine.dispose()


@dataclass(frozen=True)
class Event:
    """What the audit keeps: who, what, by which condition, how many rows. ``identifiers`` are kept as keyed digests."""

    login: str
    kind: str
    target: str
    client: str
    via: str
    filter: Mapping[str, object] | None = None
    identifiers: Mapping[str, str] | None = None
    row_count: int | None = None

    @property
    def values(self) -> dict[str, object]:
        """As the statement takes them."""
        return {
            "login": self.login, "kind": self.kind, "object": self.target, "client": self.client, "via": self.via,
            "filter": json.dumps(dict(self.filter or {}), ensure_ascii=False, default=str),
            "identifiers": json.dumps(dict(self.identifiers or {}), ensure_ascii=False), "row_count": self.row_count,
        }  # fmt: skip


def open_door(settings: Settings | None = None) -> Door:
    """Open the installation that ``settings`` (default: this environment's) describe. Raises as ``open_hub`` does."""
    chosen = settings or load_settings()
    environ = chosen.environ
    return Door(
        hub=open_hub(chosen),
        state=_login(chosen, access.PORTAL),
        pulse=_login(chosen, access.PORTAL),
        of_insurers=_login(chosen, access.PORTAL_INSURER),
        of_regulators=_login(chosen, access.PORTAL_REGULATOR, chosen.read_database_url),
        address=environ.get("ANZE_PORTAL_URL", "http://127.0.0.1:8060").rstrip("/"),
        bounds=bounds_of(environ),
        provider=provider_of(environ),
    )


def _login(settings: Settings, role: str, database_url: str | None = None) -> sa.Engine:
    name = f"{role.upper()}_PASSWORD"
    if name not in settings.environ:
        raise SetupError(f"{name} is not set: `anze up` makes one for a local installation")
    url = sa.make_url(database_url or settings.database_url).set(username=role, password=settings.environ[name])
    return connect(url.render_as_string(hide_password=False))
