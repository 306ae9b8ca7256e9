"""Editions: the texts that judged batches (definitions, rule catalogues), kept by digest so that any load can be redone."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from schemas.errors import SetupError
from warehouse.database.engine import database_errors
from warehouse.database.statements import statement

EditionKind = Literal["definition", "ruleset"]


@dataclass(frozen=True)
class Edition:
    """A set of texts by file name, under the digest that loads name it by."""

    digest: str
    kind: EditionKind
    texts: Mapping[str, str]


def keep(engine: sa.Engine, editions: Sequence[Edition], first_used_at: dt.datetime) -> None:
    """Keep editions that are not kept yet, in a transaction of their own: a long load makes no other one wait.

    Costs one look-up when all are known. An edition whose load fails afterwards stays, and harms nothing.
    """
    with database_errors("keeping an edition"), engine.begin() as connection:
        digests = [edition.digest for edition in editions]
        missing = set(connection.execute(statement("landing/editions/missing"), {"digests": digests}).scalars())
        for edition in editions:
            if edition.digest in missing:
                values = {"digest": edition.digest, "kind": edition.kind, "texts": json.dumps(dict(edition.texts))}
                connection.execute(statement("landing/editions/insert"), {**values, "first_used_at": first_used_at})


def read(engine: sa.Engine, kind: EditionKind, digest: str) -> dict[str, str]:
    """The texts of an edition, by file name. Raises SetupError when it was never kept."""
    with database_errors("reading an edition"), engine.connect() as connection:
        values = {"digest": digest, "kind": kind}
        texts: dict[str, str] | None = connection.execute(
            statement("landing/editions/read"), values
        ).scalar_one_or_none()
    if texts is None:
        raise SetupError(f"{kind} {digest[:12]} is not kept: what it judged cannot be judged again")
    return texts


def read_all(engine: sa.Engine, kind: EditionKind) -> dict[str, dict[str, str]]:
    """Digest -> texts of every edition of a kind."""
    with database_errors("reading editions"), engine.connect() as connection:
        return {row.digest: row.texts for row in connection.execute(statement("landing/editions/all"), {"kind": kind})}
