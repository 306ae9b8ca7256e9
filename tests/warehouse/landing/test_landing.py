"""What was acknowledged is kept as it arrived, once."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import pathlib
import stat
import tracemalloc
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from schemas.contract import load_contract
from schemas.delivery import Control, Delivery, Payload, PayloadFile, Window
from schemas.errors import FileChanging, LandingDamaged, SetupError
from schemas.findings import Finding
from tests.warehouse.building import at, one, rows_of
from warehouse.landing import batches, feeds, receipts
from warehouse.landing.receipts import land
from warehouse.landing.store import Store


def delivery(*contents: bytes, record_type: str = "policy", received: dt.datetime | None = None) -> Delivery:
    parts = tuple(Payload(f"page-{n}.json", "application/json", content) for n, content in enumerate(contents, 1))
    when = received or at(18)
    return Delivery("lichun", record_type, "api", when, parts, window=Window(None, when), cursor=when)


def test_bytes_are_kept_unchanged_and_read_only(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    store = Store(tmp_path)
    landed = land(engine, store, delivery(b"one", b"two"))
    parts = receipts.payloads(engine, store, landed.batch_id)
    assert [part.path.read_bytes() for part in parts] == [b"one", b"two"]
    assert [part.name for part in parts] == ["page-1.json", "page-2.json"]
    sha256 = hashlib.sha256(b"one").hexdigest()
    assert parts[0].path == tmp_path / sha256[:2] / sha256[2:4] / sha256
    assert stat.S_IMODE(parts[0].path.stat().st_mode) == 0o440


def test_the_same_bytes_again_are_a_duplicate_and_only_move_the_cursor(
    engine: sa.Engine, tmp_path: pathlib.Path
) -> None:
    store = Store(tmp_path)
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
def test_the_same_bytes_are_judged_again_while_no_verdict_stands(
    engine: sa.Engine, tmp_path: pathlib.Path, state: str
) -> None:
    store = Store(tmp_path)
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
    engine: sa.Engine, tmp_path: pathlib.Path, state: str, changed: dict[str, Any], is_same: bool
) -> None:
    store, sent = Store(tmp_path), replace(delivery(b"one"), definition_digest="d", ruleset_version="r")
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


def test_other_feed_or_other_order_is_no_duplicate(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    store = Store(tmp_path)
    land(engine, store, delivery(b"one", b"two"))
    assert land(engine, store, delivery(b"two", b"one")).state == "received"
    assert land(engine, store, delivery(b"one", b"two", record_type="claim")).state == "received"


def test_a_window_without_pages_gets_a_receipt(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    landed = land(engine, Store(tmp_path), delivery())
    assert landed.state == "received"
    assert receipts.payloads(engine, Store(tmp_path), landed.batch_id) == ()


def test_a_cursor_never_moves_back_but_by_hand(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    land(engine, Store(tmp_path), delivery(b"new", received=at(19)))
    land(engine, Store(tmp_path), delivery(b"old", received=at(3)))
    assert feeds.cursor(engine, "lichun", "policy") == at(19)
    feeds.reset_cursor(engine, "lichun", "policy", at(3), at(20))
    assert feeds.cursor(engine, "lichun", "policy") == at(3)
    feeds.reset_cursor(engine, "lichun", "policy", None, at(20))
    assert feeds.cursor(engine, "lichun", "policy") is None


@pytest.mark.parametrize("damage", ["changed", "cut", "gone"])
def test_damaged_bytes_are_found_out(engine: sa.Engine, tmp_path: pathlib.Path, damage: str) -> None:
    store = Store(tmp_path)
    landed = land(engine, store, delivery(b"evidence"))
    path = receipts.payloads(engine, store, landed.batch_id)[0].path
    path.chmod(0o644)
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(b"evidencf" if damage == "changed" else b"evid")
    with pytest.raises(LandingDamaged):
        receipts.payloads(engine, store, landed.batch_id)
    (found,) = receipts.damaged(engine, store)
    assert (found.path, found.batches) == (path, ("1 lichun/policy",))


def test_a_file_that_cannot_be_kept_gets_no_receipt(
    engine: sa.Engine, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(SetupError, match="No space left"):
        land(engine, Store(tmp_path), delivery(b"one"))
    assert one(engine, "select count(*) from landing.batch") == 0
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_receipts_cannot_be_rewritten(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    land(engine, Store(tmp_path), delivery(b"one"))
    for statement in (
        "update landing.batch set received_at = received_at - interval '1 day'",
        "delete from landing.batch",
        "truncate landing.batch cascade",
    ):
        with pytest.raises(sa.exc.DBAPIError, match="receipts are never"), engine.begin() as connection:
            connection.exec_driver_sql(statement)


def test_a_file_in_a_drop_folder_is_known_by_name_and_bytes(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    land(engine, Store(tmp_path), delivery(b"one"))
    assert feeds.has_receipt(engine, delivery(b"one"))
    renamed = (Payload("renamed.json", "", b"one"),)
    assert not feeds.has_receipt(engine, replace(delivery(b"one"), payloads=renamed))
    assert not feeds.has_receipt(engine, delivery(b"one", record_type="claim"))
    assert not feeds.has_receipt(engine, replace(delivery(b"one"), control=Control(1)))


def test_a_file_is_kept_in_blocks_whatever_its_size(tmp_path: pathlib.Path) -> None:
    source = tmp_path / "large.csv"
    with source.open("wb") as file:
        file.truncate(100_000_000)
    tracemalloc.start()
    kept = Store(tmp_path / "store").write_file(source)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert kept.size_bytes == Store(tmp_path / "store").path(kept.sha256).stat().st_size == 100_000_000
    assert peak < 10_000_000


class WrittenMeanwhile(Store):
    """A store whose source file is written by somebody else between its first reading and its copying."""

    def path(self, sha256: str) -> pathlib.Path:
        with (self.root.parent / "policy.csv").open("ab") as file:
            file.write(b"one more\n")
        return super().path(sha256)


def test_a_file_that_changes_while_it_is_read_does_not_land(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    source = tmp_path / "policy.csv"
    source.write_bytes(b"half\n")
    half = Delivery("lichun", "policy", "drop", at(18), (PayloadFile("policy.csv", "text/csv", source),))
    with pytest.raises(FileChanging):
        land(engine, WrittenMeanwhile(tmp_path / "store"), half)
    assert one(engine, "select count(*) from landing.batch") == 0
    assert not [path for path in (tmp_path / "store").rglob("*") if path.is_file()]
    assert land(engine, Store(tmp_path / "store"), half).state == "received"


def test_a_file_that_is_taken_away_does_not_land(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    gone = PayloadFile("policy.csv", "text/csv", tmp_path / "policy.csv")
    with pytest.raises(FileChanging):
        land(engine, Store(tmp_path), Delivery("lichun", "policy", "drop", at(18), (gone,)))
    with pytest.raises(FileChanging):
        feeds.has_receipt(engine, Delivery("lichun", "policy", "drop", at(18), (gone,)))


def test_a_refused_delivery_is_kept_rejected_and_its_bytes_may_come_again(
    engine: sa.Engine, tmp_path: pathlib.Path
) -> None:
    store, text = Store(tmp_path), "policy.csv: 文件名不符合约定"
    refusal = Finding("FILE-061", "error", None, None, "policy.csv", None, text)
    wrong = delivery(b"one", record_type="unknown")
    landed = receipts.refuse(engine, store, wrong, refusal)
    view = batches.show_batch(engine, landed.batch_id)
    assert (landed.state, view.receipt.state, view.receipt.received_count) == ("rejected", "rejected", 0)
    assert (view.receipt.reason_code, view.receipt.reason_text) == ("FILE-061", text)
    assert [found.rule_id for found in view.findings] == ["FILE-061"]
    assert receipts.payloads(engine, store, landed.batch_id)[0].path.read_bytes() == b"one"
    assert receipts.pending(engine) == []
    assert feeds.has_receipt(engine, wrong, text)
    assert not feeds.has_receipt(engine, wrong, "policy.csv: 控制文件有误")
    assert receipts.refuse(engine, store, wrong, refusal).again_of == landed.batch_id
    assert land(engine, store, delivery(b"one")).state == "received"


def test_landed_bytes_are_closed_to_others_whatever_the_umask(tmp_path: pathlib.Path) -> None:
    before = os.umask(0)
    try:
        sha256 = Store(tmp_path / "store").write(b"content")
        os.umask(0o077)
        other = Store(tmp_path / "store").write(b"other")
    finally:
        os.umask(before)
    for path in (Store(tmp_path / "store").path(sha256), Store(tmp_path / "store").path(other)):
        assert stat.S_IMODE(path.stat().st_mode) == 0o440
        folders = [folder for folder in path.parents if folder.is_relative_to(tmp_path / "store")]
        assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o750}


def test_an_older_store_is_closed_to_others_too(tmp_path: pathlib.Path) -> None:
    store = Store(tmp_path / "store")
    path = store.path(store.write(b"content"))
    path.chmod(0o444)
    path.parent.chmod(0o755)
    assert (store.restrict(), store.restrict()) == (2, 0)
    assert stat.S_IMODE(path.stat().st_mode) == 0o440
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o750
    assert Store(tmp_path / "nowhere").restrict() == 0
