"""Which release this program is, and which one is in force in a database: only that one loads and publishes."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import pathlib
from collections.abc import Iterator

import sqlalchemy as sa

from schemas.errors import OtherRelease
from warehouse.database import locks
from warehouse.database.statements import statement

ROOT = pathlib.Path(__file__).parents[2]
#: What decides what a load or a publication comes to. An installation's own province is none of it: its definitions
#: are kept as editions, and change without a release.
PACKAGES = ("connectors", "pipeline", "quality", "schemas", "warehouse")
SUFFIXES = frozenset({".csv", ".py", ".sql", ".yaml", ".yml"})
SHOWN_DIGITS = 12


@functools.cache
def own() -> str:
    """This program's release: its version, and a digest of its files as this process found them, ``0.1.0+3f2a9c1b7d04``.

    The same on every machine of one image. A process that forks others asks first: its files may be exchanged meanwhile.
    """
    digest = hashlib.sha256()
    for path in _files():
        digest.update(f"{path.relative_to(ROOT).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return f"{importlib.metadata.version('anze-hub')}+{digest.hexdigest()[:SHOWN_DIGITS]}"


def in_force(connection: sa.Connection) -> str | None:
    """The release that loads; None in a database that no migration has put one into force in."""
    return connection.execute(statement("database/release/in_force")).scalar_one_or_none()


def is_in_force(connection: sa.Connection) -> bool:
    """Whether this release is in force in a database that may have no tables yet."""
    is_known = connection.exec_driver_sql("select to_regclass('migration.release') is not null").scalar_one()
    return bool(is_known) and in_force(connection) == own()


def put_in_force(connection: sa.Connection) -> None:
    """Let this release load from the end of the transaction on, and no other; the caller holds ``locks.cut``."""
    if not is_in_force(connection):
        connection.execute(statement("database/release/put_in_force"), {"release": own()})


def hold(connection: sa.Connection, *, shared: bool = False) -> None:
    """Take ``locks.cut``: until the transaction ends no other release comes into force. Raises OtherRelease."""
    locks.cut(connection, shared=shared)
    require_own(connection)


def require_own(connection: sa.Connection) -> None:
    """Raise OtherRelease, saying what to do, when another release than this program's is in force."""
    found = in_force(connection)
    if found != own():
        raise OtherRelease(
            f"本程序版本 this program is release {own()}, 现行版本 in force is {found}: 本机暂不入库 it does not load; "
            "请换成现行版本并重启 run that release here, or, if this one is newer, `anze migrate`"
        )


def _files() -> Iterator[pathlib.Path]:
    paths = (path for package in PACKAGES for path in (ROOT / package).rglob("*"))
    return iter(sorted(path for path in paths if path.suffix in SUFFIXES))
