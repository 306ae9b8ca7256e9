"""One writer per feed: a lease row with a fencing token.

A loader that slept past its lease cannot commit: right before its commit it locks the lease row and checks that the
token is still its own. Leases run on the database's clock, whatever the hub's clock says.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa

from schemas.errors import WarehouseBusy
from warehouse.database.engine import database_errors
from warehouse.database.statements import statement


@dataclass(frozen=True)
class Lease:
    """A feed that is ours to write; ``token``, a fencing token, is larger than that of every earlier holder."""

    feed: str
    token: int
    seconds: float


class Session(NamedTuple):
    """A database session: its process number, and when it began (None: our role may not see that)."""

    session_pid: int
    session_started_at: dt.datetime | None


def acquire(engine: sa.Engine, feed: str, holder: str, session: Session, seconds: float) -> Lease:
    """Take the lease of a feed for some seconds, in a transaction of its own. Raises WarehouseBusy when another has it.

    ``session`` is the database session that will write: when it ends without giving the lease back (a killed
    loader), the lease is free at once; a loader that is only paused keeps it until it expires.
    """
    with database_errors(f"taking the lease of {feed}"), engine.begin() as connection:
        connection.exec_driver_sql("set local lock_timeout = '20s'")
        values = {"feed": feed, "holder": holder, "seconds": seconds, **session._asdict()}
        token = connection.execute(statement("loading/lease/acquire"), values).scalar_one_or_none()
        if token is None:
            other = connection.execute(statement("loading/lease/holder"), {"feed": feed}).scalar_one_or_none()
            raise WarehouseBusy(f"{feed} is being loaded by {other}", after_seconds=seconds)
    return Lease(feed, int(token), seconds)


def session_of(connection: sa.Connection) -> Session:
    """Name the database session of a connection; ends the transaction that asking began."""
    session = Session(*connection.execute(statement("loading/lease/session")).one())
    connection.rollback()
    return session


def renew(engine: sa.Engine, lease: Lease) -> None:
    """Prolong a lease from now on. Raises WarehouseBusy when another holder has taken it over."""
    values = {"feed": lease.feed, "token": lease.token, "seconds": lease.seconds}
    with database_errors(f"renewing the lease of {lease.feed}"), engine.begin() as connection:
        if connection.execute(statement("loading/lease/renew"), values).scalar_one_or_none() is None:
            raise _lost(lease)


def assert_token(connection: sa.Connection, lease: Lease) -> None:
    """Hold the lease row until the caller's commit. Raises WarehouseBusy when the token is no longer ours."""
    values = {"feed": lease.feed, "token": lease.token}
    if not connection.execute(statement("loading/lease/assert_token"), values).scalar_one_or_none():
        raise _lost(lease)


def release(engine: sa.Engine, lease: Lease) -> None:
    """Give the lease back; nothing happens when another holder has taken it over."""
    with database_errors(f"releasing the lease of {lease.feed}"), engine.begin() as connection:
        connection.execute(statement("loading/lease/release"), {"feed": lease.feed, "token": lease.token})


def _lost(lease: Lease) -> WarehouseBusy:
    return WarehouseBusy(f"the lease of {lease.feed} passed to another loader; nothing was written")
