"""The ledger: an entry a receipt, verdict, decision and publication, each chained to the one before it by SHA-256.

Entries are written by the database when the fact's transaction commits (migration v1_0004). Here they are walked and
compared with what the tables and the landing store say now.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from schemas.errors import LandingDamaged, NotFound, SetupError
from warehouse.database.engine import database_errors
from warehouse.database.statements import statement
from warehouse.landing.kept_heads import KeptHead
from warehouse.landing.store import Kept, Store

BEGINNING = "0" * 64
CHUNK_ROWS = 2_000


@dataclass(frozen=True)
class Head:
    """The newest entry: its position, 0 where there is none, and its hash (64 hexadecimal digits)."""

    position: int
    hash: str


@dataclass(frozen=True)
class Broken:
    """One entry, fact or kept head that does not agree with the others; ``position`` None: a fact without an entry."""

    position: int | None
    kind: str | None
    batch_id: int | None
    problem: str

    @property
    def line(self) -> str:
        """What a person reads."""
        where = f"第 {self.position} 条 entry {self.position}" if self.position else "未存证 no entry"
        of = f", 批次 batch {self.batch_id}" if self.batch_id else ""
        return f"{where} ({self.kind or '?'}{of}): {self.problem}"


@dataclass(frozen=True)
class Walk:
    """What a walk along the chain found: how many entries, the last of them, and what is broken, by position."""

    entries: int
    head: Head
    broken: tuple[Broken, ...]


def head(engine: sa.Engine) -> Head:
    """Read the newest entry."""
    with database_errors("reading the ledger"), engine.connect() as connection:
        row = connection.execute(statement("landing/ledger/head")).one_or_none()
    return Head(row.position, row.hash) if row else Head(0, BEGINNING)


def walk(engine: sa.Engine, store: Store | None = None, kept: Sequence[KeptHead] = (), since: int = 1) -> Walk:
    """Walk the chain from an entry on, and compare each with the tables, the store and heads that were kept outside.

    Without ``store`` no file is read. ``kept`` must have been read before. Raises NotFound for a start behind both.
    """
    with database_errors("reading the ledger"), engine.connect() as connection:
        before = _hash_before(connection, since, max((each.position for each in kept), default=0))
        rows = connection.execution_options(yield_per=CHUNK_ROWS).execute(
            statement("landing/ledger/walk"), {"since": since}
        )
        state = _State(since, before, store, _versions(connection) if store else {}, _by_position(kept, since))
        broken = [each for row in rows for each in _broken(row, state)]
    broken += _lost_heads(state)
    ordered = sorted(broken, key=lambda each: (each.position is None, each.position or 0))
    return Walk(state.entries, Head(state.expected - 1, state.previous or BEGINNING), tuple(ordered))


def lines_of(text: str) -> dict[str, str]:
    """The fields of an entry's text or of a fact's body, by name."""
    return {name: value for name, _, value in (line.partition("=") for line in text.split("\n")) if name}


@dataclass
class _State:
    """Where a walk stands: the next position, the hash before it, and which files were read."""

    expected: int
    previous: str | None
    store: Store | None
    versions: Mapping[str, str | None]
    """Of the object of each digest."""
    kept: dict[int, list[KeptHead]]
    entries: int = 0
    agreed: int | None = None
    files: dict[str, str | None] = field(default_factory=dict)


def _hash_before(connection: sa.Connection, since: int, last_kept: int) -> str | None:
    if since <= 1:
        return BEGINNING
    newest = connection.execute(statement("landing/ledger/head")).one_or_none()
    end = newest.position if newest else 0
    if since > max(end, last_kept):
        raise NotFound(f"the ledger has no entry {since}: it ends at {end}")
    found: str | None = connection.execute(statement("landing/ledger/hash_at"), {"position": since - 1}).scalar()
    return found


def _by_position(kept: Sequence[KeptHead], since: int) -> dict[int, list[KeptHead]]:
    found: dict[int, list[KeptHead]] = {}
    for each in kept:
        if each.position >= since:
            found.setdefault(each.position, []).append(each)
    return found


def _broken(row: sa.Row[Any], state: _State) -> Iterator[Broken]:
    """What is wrong with one row: a gap before it, and the first problem of its own."""
    if row.position is None:
        yield Broken(row.text_position, row.kind, row.batch_id, _without_link(row))
        return
    if row.position > state.expected:
        lost = "" if row.position == state.expected + 1 else f" .. {row.position - 1}"
        yield Broken(state.expected, None, None, f"存证缺失 missing: {state.expected}{lost}")
        state.previous = None
    if (problem := next(_problems(row, state), None)) is not None:
        yield Broken(row.position, row.kind, row.batch_id, problem)
    if (kept := state.kept.pop(row.position, None)) and all(each.hash == row.hash for each in kept):
        state.agreed = row.position
    state.entries, state.expected, state.previous = state.entries + 1, row.position + 1, row.hash


def _without_link(row: sa.Row[Any]) -> str:
    if row.text_position is not None:
        return "存证原文没有链值 a text without its link"
    return "库中有此事,存证中没有 a fact of the tables that the ledger does not know"


def _problems(row: sa.Row[Any], state: _State) -> Iterator[str]:
    """Every problem of one entry; what stands in its text first, since that names the field."""
    if row.text is None:
        yield "存证原文缺失 its text is missing"
        return
    yield from _of_fact(row)
    if _sha256(row.text) != row.text_sha256:
        yield "存证原文被改动 its text is not that of its digest"
    yield from _of_link(row, state)
    if not row.is_filed_right:
        yield "存证归属被改动 it is filed under another batch or insurer"
    for kept in state.kept.get(row.position, ()):
        if kept.hash != row.hash:
            yield f"与库外留存的链头不符 not the head that was kept outside: {kept.place}; {_since(state)}"
    if state.store is not None and row.kind == "receipt" and not row.is_discarded:
        yield from _of_files(row.text, state, state.store)


def _of_link(row: sa.Row[Any], state: _State) -> Iterator[str]:
    if state.previous is not None and row.previous != state.previous:
        yield "与上一条不相扣 it does not follow the entry before it"
    if _sha256(row.previous + row.text_sha256) != row.hash:
        yield "链值不符 its hash is not that of the previous hash and its text"


def _of_fact(row: sa.Row[Any]) -> Iterator[str]:
    """Where text and tables differ, field by field."""
    if row.body is None:
        yield "库中已无此事 the tables do not know it any more"
        return
    told = lines_of(row.text)
    now = {"position": str(row.position), "kind": row.kind, "salt": told.get("salt", ""), **lines_of(row.body)}
    for name in (*told, *(name for name in now if name not in told)):
        if told.get(name) != now.get(name):
            yield f"{name}: 存证 ledger {_shown(told, name)}, 现在 now {_shown(now, name)}"
    if row.text != _rebuilt(now):
        yield "存证原文的格式被改动 its text is not written as entries are"


def _shown(fields: Mapping[str, str], name: str) -> str:
    return fields.get(name, "(无 none)")


def _rebuilt(fields: Mapping[str, str]) -> str:
    return "".join(f"{name}={value}\n" for name, value in fields.items())


def _of_files(text: str, state: _State, store: Store) -> Iterator[str]:
    """Files of a receipt whose bytes are missing or changed; each file of the store is read once a walk."""
    for name, value in lines_of(text).items():
        if name.startswith("file."):
            sha256, size, _ = value.split(" ")
            if sha256 not in state.files:
                state.files[sha256] = _damage(store, Kept(sha256, int(size), state.versions.get(sha256)))
            if problem := state.files[sha256]:
                yield f"{name}: {problem}"


def _versions(connection: sa.Connection) -> dict[str, str | None]:
    rows = connection.execute(statement("landing/receipts/all_payloads"))
    return {row.sha256: row.version_id for row in rows}


def _damage(store: Store, kept: Kept) -> str | None:
    try:
        store.check(kept)
    except (LandingDamaged, SetupError) as error:
        return f"{error} ({store.where(kept.name)})"
    return None


def _lost_heads(state: _State) -> list[Broken]:
    """Heads that were kept outside of entries that are not there."""
    gone = "库外留存的链头已不在库中 a head that was kept outside has no entry"
    lost = ((position, kept) for position, several in state.kept.items() for kept in several)
    return [Broken(position, None, None, f"{gone}: {kept.place}; {_since(state)}") for position, kept in lost]


def _since(state: _State) -> str:
    """Behind which entry something was changed, as far as heads that were kept show."""
    if state.agreed is None:
        return "之前没有相符的链头 no head before it agrees"
    return f"第 {state.agreed} 条之后有改动 something was changed after entry {state.agreed}"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
