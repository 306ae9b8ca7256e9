"""Everybody follows the chain; what an entry says is seen by those who see its delivery."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa

from tests.warehouse.building import one, rows_of
from tests.warehouse.rights.places import Reader


def test_every_reader_follows_the_whole_chain(world: sa.Engine, login: sa.Engine) -> None:
    links = rows_of(login, "select position, previous, text_sha256, hash from report.ledger order by position")
    assert len(links) == one(world, "select count(*) from landing.ledger")
    previous = "0" * 64
    for n, (position, before, digest, hash_) in enumerate(links, start=1):
        assert (position, before) == (n, previous)
        assert hash_ == hashlib.sha256((previous + digest).encode()).hexdigest()
        previous = hash_


def test_a_reader_reads_the_entries_of_its_deliveries_only(world: sa.Engine, reader: Reader, login: sa.Engine) -> None:
    query = (
        "select insurer_id, text from report.ledger where kind is not null or text is not null or batch_id is not null"
    )
    texts = rows_of(login, query)
    if reader.insurer is not None:
        assert texts
        assert {insurer for insurer, _ in texts} == {reader.insurer}
    elif reader.regions is not None or reader.domains is not None:
        assert texts == []
    else:
        assert len(texts) == one(world, "select count(*) from landing.ledger")
    assert all(text is not None for _, text in texts)
