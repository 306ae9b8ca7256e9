"""Every lock of the hub. Whoever takes several takes them in the order of this table; so nobody waits in a circle.

| # | lock | shared by | alone | ends with |
|---|---|---|---|---|
| 1 | ``migration`` | | a migration | its transaction |
| 2 | ``session(name)`` | | who works on an insurer's parts of a plan; who made a twin database | its session, or ``release`` |
| 3 | ``feed`` | | a landing, from drawing its number until its receipt is committed | its transaction, or ``feed_alone`` |
| 3a | ``key`` | | a landing with an idempotency key, whatever its feed | its transaction |
| 4 | ``cut`` | loads, decisions, judging again | a publication, a freeze, a month's computing: what they know is complete; a change of release | its transaction |
| 5 | ``registers`` | loads of insurers' records | a load of a register; judging again | its transaction |
| 6 | ``insurer`` | | a load of the insurer's records: no child beside its parent | its transaction |
| 6a | ``clock`` | | a look of the clock, and a person's step on an alert: one after the other | its transaction |
| 6b | ``expected`` | | who brings the register of expected deliveries up to date | its transaction |
| 7 | the ledger's | | who commits a receipt, verdict, decision or publication: taken by the commit itself | its transaction |

The last is the table ``landing.ledger``'s (``landing.attest``, in SQL), taken by triggers that the commit fires: nothing is
waited for while it is held, so that loads wait for each other's last milliseconds and no longer. The others are advisory.

Two more things are waited for, between 3 and 4: the lease of a feed (``loading.lease``) and the row of a batch. Roles
are made under a lock on the shared catalogue (``access``), before 1.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import sqlalchemy as sa

_MIGRATION, _CUT = 7_420_001, 7_420_003
_NAMED = "hashtextextended(:name, 0)"


def migration(connection: sa.Connection) -> None:
    """One migration of a database at a time."""
    connection.execute(sa.text("select pg_advisory_xact_lock(:key)"), {"key": _MIGRATION})


def feed(connection: sa.Connection, insurer_id: str, record_type: str) -> None:
    """Two landings of one feed wait for each other, so that equal bytes are seen as such."""
    _named(connection, f"{insurer_id}/{record_type}")


@contextlib.contextmanager
def feed_alone(connection: sa.Connection, insurer_id: str, record_type: str) -> Iterator[None]:
    """The same lock over several transactions of a connection; where one of them fails, its session ends, and the lock with it."""
    name = {"name": f"{insurer_id}/{record_type}"}
    with connection.begin():
        connection.execute(sa.text(f"select pg_advisory_lock({_NAMED})"), name)
    try:
        yield
    except BaseException:
        connection.invalidate()
        raise
    with connection.begin():
        connection.execute(sa.text(f"select pg_advisory_unlock({_NAMED})"), name)


def key(connection: sa.Connection, login: str, idempotency_key: str) -> None:
    """Two landings with one key of one account wait for each other, so that the second finds the receipt of the first."""
    _named(connection, f"key/{login}/{idempotency_key}")


def cut(connection: sa.Connection, *, shared: bool = False) -> None:
    """What a publication knows is complete, and nothing is added below its cut later."""
    kind = "_shared" if shared else ""
    connection.execute(sa.text(f"select pg_advisory_xact_lock{kind}(:key)"), {"key": _CUT})


def is_cut_free(connection: sa.Connection) -> bool:
    """Whether no load runs now: what is known of this moment is complete."""
    probe = "select case when pg_try_advisory_lock(:key) then pg_advisory_unlock(:key) else false end"
    return bool(connection.execute(sa.text(probe), {"key": _CUT}).scalar_one())


def registers(connection: sa.Connection, *, shared: bool) -> None:
    """A register loads, and verdicts are judged again, beside no load that may refer to what they change."""
    _named(connection, "anze/registers", shared=shared)


def clock(connection: sa.Connection) -> None:
    """One look of the clock at a time, and no person's step on an alert beside it."""
    _named(connection, "anze/clock")


def expected(connection: sa.Connection) -> None:
    """The register of expected deliveries is brought up to date by one at a time."""
    _named(connection, "anze/expected")


def insurer(connection: sa.Connection, insurer_id: str) -> None:
    """Child and parent of one insurer never load at once: a child could miss its uncommitted parent."""
    _named(connection, f"anze/{insurer_id}")


def try_session(connection: sa.Connection, name: str) -> bool:
    """Take a lock that a killed holder gives back with its session; whether it was free."""
    return bool(connection.execute(sa.text(f"select pg_try_advisory_lock({_NAMED})"), {"name": name}).scalar_one())


def release_session(connection: sa.Connection, name: str) -> None:
    """Give back what ``try_session`` took."""
    connection.execute(sa.text(f"select pg_advisory_unlock({_NAMED})"), {"name": name})


def _named(connection: sa.Connection, name: str, *, shared: bool = False) -> None:
    kind = "_shared" if shared else ""
    connection.execute(sa.text(f"select pg_advisory_xact_lock{kind}({_NAMED})"), {"name": name})
