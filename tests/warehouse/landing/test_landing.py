"""What was acknowledged is kept as it arrived, once."""

from __future__ import annotations

import datetime as dt
import hashlib
import pathlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from schemas.contract import load_contract
from schemas.delivery import Control, Delivery, Payload, PayloadFile, Window
from schemas.errors import FileChanging, LandingDamaged, LandingMissing
from schemas.findings import Finding
from tests.warehouse.building import at, one, rows_of
from tests.warehouse.landing.conftest import Spoil
from warehouse.landing import batches, feeds, receipts
from warehouse.landing.bucket_store import BucketStore
from warehouse.landing.receipts import land
from warehouse.landing.store import Kept, Store


def delivery(*contents: bytes, record_type: str = "policy", received: dt.datetime | None = None) -> Delivery:
    parts = tuple(Payload(f"page-{n}.json", "application/json", content) for n, content in enumerate(contents, 1))
    when = received or at(18)
    return Delivery("lichun", record_type, "api", when, parts, window=Window(None, when), cursor=when)


def test_bytes_are_lent_as_they_arrived(engine: sa.Engine, store: Store) -> None:
    landed = land(engine, store, delivery(b"one", b"two", b""))
    with receipts.lent(engine, store, landed.batch_id) as parts:
        assert [part.path.read_bytes() for part in parts] == [b"one", b"two", b""]
        assert [part.name for part in parts] == ["page-1.json", "page-2.json", "page-3.json"]
    assert list(receipts.damaged(engine, store)) == []


def test_the_same_bytes_again_are_a_duplicate_and_only_move_the_cursor(engine: sa.Engine, store: Store) -> None:
    first = land(engine, store, delivery(b"one", b"two"))
    end(engine, first.batch_id, "loaded")
    before = rows_of(engine, "select * from landing.batch")
    again = land(engine, store, delivery(b"one", b"two", received=at(19)))
    assert (again.state, again.duplicate_of) == ("duplicate", first.batch_id)
    assert rows_of(engine, "select * from landing.batch where batch_id = :b", b=first.batch_id) == before
    assert one(engine, "select count(*) from landing.payload") == 2
    assert feeds.cursor(engine, "lichun", "policy") == at(19)
    assert receipts.pending(engine) == []


@pytest.mark.parametrize("state", ["received", "stuck", "rejected"])
def test_the_same_bytes_are_judged_again_while_no_verdict_stands(engine: sa.Engine, store: Store, state: str) -> None:
    first = land(engine, store, delivery(b"one", b"two"))
    end(engine, first.batch_id, state)
    again = land(engine, store, delivery(b"one", b"two", received=at(19)))
    assert (again.state, again.duplicate_of, again.again_of) == ("received", None, first.batch_id)
    last = land(engine, store, delivery(b"one", b"two", received=at(20)))
    assert (last.state, last.again_of) == ("received", first.batch_id)


@pytest.mark.parametrize(
    ("state", "changed", "is_same"),
    [
        ("loaded", {}, True),
        ("loaded", {"ruleset_version": "later"}, True),
        ("loaded", {"definition_digest": "later"}, False),
        ("loaded", {"control": Control(2)}, False),
        ("partly_loaded", {}, True),
        ("partly_loaded", {"ruleset_version": "later"}, False),
        ("partly_loaded", {"definition_digest": "later"}, False),
    ],
)
def test_the_same_bytes_are_a_duplicate_only_where_the_verdict_would_be_the_same(
    engine: sa.Engine, store: Store, state: str, changed: dict[str, Any], is_same: bool
) -> None:
    sent = replace(delivery(b"one"), definition_digest="d", ruleset_version="r")
    first = land(engine, store, sent)
    end(engine, first.batch_id, state)
    again = land(engine, store, replace(sent, **changed))
    expected = ("duplicate", first.batch_id, None) if is_same else ("received", None, first.batch_id)
    assert (again.state, again.duplicate_of, again.again_of) == expected


def end(engine: sa.Engine, batch_id: int, state: str) -> None:
    """End a batch as a load by definition d and rules r would."""
    ended = state in ("loaded", "partly_loaded", "rejected")
    counts = ", ".join(
        f"{name}_count = 0" for name in ("received", "accepted", "quarantined", "duplicate", "superseded")
    )
    with engine.begin() as connection:
        if ended:
            connection.execute(
                sa.text(
                    "insert into landing.load select nextval('landing.load_no'), :b, 'first', now(), :c, 'r', '2026.1', 'd',"
                    " :s, 0, 0, 0, 0, 0, 0, null, null"
                ),
                {"b": batch_id, "c": load_contract("policy").version, "s": state},
            )
        connection.execute(
            sa.text(
                f"update landing.batch set state = :s, reason_code = 'X', reason_text = 'x', loaded_at = :at, {counts}"
                " where batch_id = :b"
            ),
            {"s": state, "b": batch_id, "at": at(18) if ended else None},
        )


def test_other_feed_or_other_order_is_no_duplicate(engine: sa.Engine, store: Store) -> None:
    land(engine, store, delivery(b"one", b"two"))
    assert land(engine, store, delivery(b"two", b"one")).state == "received"
    assert land(engine, store, delivery(b"one", b"two", record_type="claim")).state == "received"


def test_a_window_without_pages_gets_a_receipt(engine: sa.Engine, store: Store) -> None:
    landed = land(engine, store, delivery())
    assert landed.state == "received"
    with receipts.lent(engine, store, landed.batch_id) as parts:
        assert parts == ()


def test_a_cursor_never_moves_back_but_by_hand(engine: sa.Engine, store: Store) -> None:
    land(engine, store, delivery(b"new", received=at(19)))
    land(engine, store, delivery(b"old", received=at(3)))
    assert feeds.cursor(engine, "lichun", "policy") == at(19)
    feeds.reset_cursor(engine, "lichun", "policy", at(3), at(20))
    assert feeds.cursor(engine, "lichun", "policy") == at(3)
    feeds.reset_cursor(engine, "lichun", "policy", None, at(20))
    assert feeds.cursor(engine, "lichun", "policy") is None


@pytest.mark.parametrize("content", [b"evidencf", b"evid", None])
def test_what_was_changed_and_what_is_not_there_are_two_things(
    engine: sa.Engine, store: Store, spoil: Spoil, content: bytes | None
) -> None:
    landed = land(engine, store, delivery(b"evidence"))
    kept = Kept(hashlib.sha256(b"evidence").hexdigest(), 8)
    spoil(store, kept.name, content)
    if isinstance(store, BucketStore) and receipted_version(engine):
        with receipts.lent(engine, store, landed.batch_id) as (part,):
            assert part.path.read_bytes() == b"evidence"
        assert list(receipts.damaged(engine, store)) == []
        (line,) = receipts.replaced(engine, store)
        assert store.where(kept.name) in line
        return
    with (
        pytest.raises(LandingMissing if content is None else LandingDamaged),
        receipts.lent(engine, store, landed.batch_id),
    ):
        pass
    (found,) = receipts.damaged(engine, store)
    assert (found.where, found.batches) == (store.where(kept.name), ("1 lichun/policy",))
    assert found.is_missing == (content is None)
    again = land(engine, store, delivery(b"evidence", received=at(19)))
    assert again.again_of == landed.batch_id
    assert list(receipts.damaged(engine, store)) == []


def receipted_version(engine: sa.Engine) -> str | None:
    found: str | None = one(engine, "select version_id from landing.batch_payload")
    return found


def test_receipts_cannot_be_rewritten(engine: sa.Engine, store: Store) -> None:
    land(engine, store, delivery(b"one"))
    for statement in (
        "update landing.batch set received_at = received_at - interval '1 day'",
        "delete from landing.batch",
        "truncate landing.batch cascade",
    ):
        with pytest.raises(sa.exc.DBAPIError, match="receipts are never"), engine.begin() as connection:
            connection.exec_driver_sql(statement)


def test_a_file_in_a_drop_folder_is_known_by_name_and_bytes(engine: sa.Engine, store: Store) -> None:
    land(engine, store, delivery(b"one"))
    assert feeds.has_receipt(engine, delivery(b"one"))
    renamed = (Payload("renamed.json", "", b"one"),)
    assert not feeds.has_receipt(engine, replace(delivery(b"one"), payloads=renamed))
    assert not feeds.has_receipt(engine, delivery(b"one", record_type="claim"))
    assert not feeds.has_receipt(engine, replace(delivery(b"one"), control=Control(1)))


def test_a_file_lands_as_bytes_do(engine: sa.Engine, store: Store, tmp_path: pathlib.Path) -> None:
    source = tmp_path / "policy.csv"
    for content in (b"", b"one\n" * 1_000_000):
        source.write_bytes(content)
        whole = Delivery("lichun", "policy", "drop", at(18), (PayloadFile("policy.csv", "text/csv", source),))
        with receipts.lent(engine, store, land(engine, store, whole).batch_id) as (part,):
            assert part.path.read_bytes() == content


def test_many_keep_the_same_bytes_at_once(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        kept = set(pool.map(store.keep, [Payload("x", "text/csv", b"the same")] * 8))
    assert len({each.version_id for each in kept}) == 1
    store.check(kept.pop())


def test_of_many_who_create_a_name_one_wins_and_the_others_are_told(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda n: store.create("receipts/1.json", str(n).encode()), range(8)))
    assert won.count(True) == 1
    assert store.read("receipts/1.json") == str(won.index(True)).encode()
    with pytest.raises(LandingMissing):
        store.read("receipts/2.json")


def test_names_are_told_in_their_order_from_anywhere(store: Store) -> None:
    names = [f"receipts/{n // 3:03d}/{n:04d}.json" for n in range(8)]
    for name in reversed(names):
        store.create(name, b"{}")
    store.keep(Payload("x", "text/csv", b"bytes"))
    assert list(store.names("receipts/")) == names
    for number, name in enumerate(names):
        assert list(store.names("receipts/", name)) == names[number + 1 :]
    assert list(store.names("nothing/")) == []
    assert {Kept(hashlib.sha256(b"bytes").hexdigest(), 5).name, *names} <= set(store.names(""))


def test_a_file_that_is_taken_away_does_not_land(engine: sa.Engine, store: Store, tmp_path: pathlib.Path) -> None:
    gone = PayloadFile("policy.csv", "text/csv", tmp_path / "policy.csv")
    with pytest.raises(FileChanging):
        land(engine, store, Delivery("lichun", "policy", "drop", at(18), (gone,)))
    with pytest.raises(FileChanging):
        feeds.has_receipt(engine, Delivery("lichun", "policy", "drop", at(18), (gone,)))


def test_a_refused_delivery_is_kept_rejected_and_its_bytes_may_come_again(engine: sa.Engine, store: Store) -> None:
    text = "policy.csv: 文件名不符合约定"
    refusal = Finding("FILE-061", "error", None, None, "policy.csv", None, text)
    wrong = delivery(b"one", record_type="unknown")
    landed = receipts.refuse(engine, store, wrong, refusal)
    view = batches.show_batch(engine, landed.batch_id)
    assert (landed.state, view.receipt.state, view.receipt.received_count) == ("rejected", "rejected", 0)
    assert (view.receipt.reason_code, view.receipt.reason_text) == ("FILE-061", text)
    assert [found.rule_id for found in view.findings] == ["FILE-061"]
    with receipts.lent(engine, store, landed.batch_id) as (part,):
        assert part.path.read_bytes() == b"one"
    assert receipts.pending(engine) == []
    assert feeds.has_receipt(engine, wrong, text)
    assert not feeds.has_receipt(engine, wrong, "policy.csv: 控制文件有误")
    assert receipts.refuse(engine, store, wrong, refusal).again_of == landed.batch_id
    assert land(engine, store, delivery(b"one")).state == "received"
