"""The store alone is enough to land everything again, and a receipt's number is never given twice."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest
import sqlalchemy as sa

from pipeline.services.postgres import Cluster
from schemas.delivery import Control, Delivery, Payload, Replacement, Submitter
from schemas.errors import ReceiptsUnknown
from schemas.findings import Finding
from tests.conftest import fresh_database
from tests.warehouse.building import at, one, rows_of
from tests.warehouse.landing.conftest import Spoil
from tests.warehouse.landing.test_landing import delivery, end
from warehouse.landing import ledger, manifests, receipts
from warehouse.landing.receipts import land
from warehouse.landing.reconciling import OnlyInStore, Reconciled, only_in_store, reconcile
from warehouse.landing.store import Kept, Store

#: What a receipt says, in all its tables; nothing of it is a verdict.
SAID = (
    "select core.receipt_no(batch_id, received_at, digest), * from landing.batch order by batch_id",
    "select * from landing.batch_payload order by batch_id, position",
    "select * from landing.payload order by sha256",
    "select * from landing.submission order by batch_id",
    "select * from landing.cursor order by 1, 2",
    "select batch_id, rule_id, severity, value, message, opened_at from quality.finding order by batch_id",
    "select body from landing.attested where kind in ('receipt', 'refusal') order by kind, fact_no",
)
NOTHING = Reconciled((), (), (), ())


@pytest.fixture
def restored(cluster: Cluster, template: str) -> Iterator[sa.Engine]:
    """Another database, as it was before anything landed."""
    with fresh_database(cluster, template) as url:
        engine = sa.create_engine(url)
        yield engine
        engine.dispose()


def land_all_kinds(engine: sa.Engine, store: Store) -> int:
    """Deliveries that differ in everything that a receipt may say; how many."""
    account = Submitter("clerk", "api", "curl/8", "key-1", "f" * 64)
    refusal = Finding("FILE-061", "error", None, None, "保单.csv", None, "文件名 “保单” 不符合约定\n:b \\")
    sent = delivery(b"one", b"two")
    declared = replace(sent, control=Control(2, "premium_amount", Decimal("12.30")), definition_digest="d")
    window = Replacement(dt.date(2026, 10, 1), dt.date(2026, 10, 31))
    told = Delivery("tianji", "claim", "submit", at(20), (Payload("理赔 :b.csv", "text/csv", b"x"),), submitter=account)
    land(engine, store, sent)
    land(engine, store, delivery())
    land(engine, store, replace(declared, received_at=at(19)))
    land(engine, store, replace(sent, replaces=Replacement(), received_at=at(20), cursor=None))
    land(engine, store, replace(sent, replaces=window, received_at=at(21), window=None))
    land(engine, store, told)
    receipts.refuse(engine, store, replace(told, record_type="unknown", submitter=None), refusal)
    return 7


def said(engine: sa.Engine) -> list[list[tuple[object, ...]]]:
    return [[tuple(row) for row in rows_of(engine, query)] for query in SAID]


def test_every_receipt_comes_back_as_it_was(engine: sa.Engine, restored: sa.Engine, store: Store) -> None:
    count = land_all_kinds(engine, store)
    numbers = tuple(range(1, count + 1))
    assert reconcile(restored, store, is_dry_run=True) == replace(NOTHING, landed=numbers)
    assert one(restored, "select count(*) from landing.batch") == 0
    assert reconcile(restored, store) == replace(NOTHING, landed=numbers)
    assert said(restored) == said(engine)
    assert ledger.walk(restored, store).broken == ()
    assert reconcile(restored, store) == reconcile(engine, store) == NOTHING
    assert land(restored, store, delivery(b"new", received=at(23))).batch_id == count + 1


def test_a_duplicate_stays_one_of_the_same_batch(engine: sa.Engine, restored: sa.Engine, store: Store) -> None:
    land(engine, store, delivery(b"one"))
    end(engine, 1, "loaded")
    assert land(engine, store, delivery(b"one", received=at(19))).duplicate_of == 1
    reconcile(restored, store)
    assert [tuple(row) for row in rows_of(restored, "select state, duplicate_of from landing.batch order by 1")] == [
        ("duplicate", 1),
        ("received", None),
    ]


def test_an_account_that_asks_again_after_a_restore_has_its_receipt(
    engine: sa.Engine, restored: sa.Engine, store: Store
) -> None:
    land_all_kinds(engine, store)
    reconcile(restored, store)
    account = Submitter("clerk", "api", "curl/8", "key-1", "f" * 64)
    found = receipts.answered_before(restored, account)
    assert found is not None
    assert found.batch_id == 6


def test_nothing_lands_while_the_store_knows_more_than_the_database(
    engine: sa.Engine, restored: sa.Engine, store: Store
) -> None:
    land_all_kinds(engine, store)
    for _ in range(9):  # more often than there are numbers: a refusal uses none up
        with pytest.raises(ReceiptsUnknown, match="anze landing reconcile") as refused:
            land(restored, store, delivery(b"one"))
    assert "\n" not in str(refused.value)
    refusal = Finding("FILE-061", "error", None, None, "x", None, "x")
    with pytest.raises(ReceiptsUnknown):
        receipts.refuse(restored, store, delivery(b"one"), refusal)
    assert one(restored, "select count(*) from landing.batch") == 0


def test_a_number_is_not_given_again_where_the_store_was_not_looked_at(
    engine: sa.Engine, restored: sa.Engine, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look comes first and is a courtesy: what stands in the way of the same number is that a name is created once."""
    land(engine, store, delivery(b"one"))
    monkeypatch.setattr(manifests, "require_known", lambda *_: None)
    with pytest.raises(ReceiptsUnknown):
        land(restored, store, delivery(b"other"))
    assert one(restored, "select count(*) from landing.batch") == 0
    assert json.loads(store.read(manifests.name_of(1)))["received_at"] == "2026-11-18T01:00:00.000000Z"


def test_landings_beside_each_other_do_not_take_each_other_for_unknown(engine: sa.Engine, store: Store) -> None:
    def send(number: int) -> int:
        feed = replace(delivery(str(number).encode()), insurer_id=f"insurer{number % 5}")
        return land(engine, store, feed).batch_id

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(send, range(40))) == list(range(1, 41))
    assert reconcile(engine, store) == NOTHING


def test_what_arrived_and_was_never_acknowledged_is_landed(
    engine: sa.Engine, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The manifest is put, then the transaction fails: the bytes arrived, and nobody can say that they were not told of."""
    keep = manifests.keep

    def fail(*given: object) -> None:
        keep(*given)  # type: ignore[arg-type]
        raise ReceiptsUnknown("the database went away")

    monkeypatch.setattr(manifests, "keep", fail)
    with pytest.raises(ReceiptsUnknown, match="went away"):
        land(engine, store, delivery(b"one"))
    monkeypatch.undo()
    assert only_in_store(engine, store, [1]) == OnlyInStore((1,), ())
    again = delivery(b"one", received=at(19))
    assert land(engine, store, replace(again, cursor=None)).batch_id == 2
    assert only_in_store(engine, store, [1, 2]) == OnlyInStore((), (1,))
    assert reconcile(engine, store).landed == (1,)
    assert receipts.pending(engine) == [1, 2]
    assert ledger.walk(engine, store).broken == ()


def test_receipts_of_before_there_were_manifests_get_theirs(
    engine: sa.Engine, restored: sa.Engine, store: Store, spoil: Spoil
) -> None:
    count = land_all_kinds(engine, store)
    whole = store.read(manifests.name_of(count))
    for number in range(1, count + 1):
        spoil(store, manifests.name_of(number), None)
    assert reconcile(engine, store) == replace(NOTHING, written=tuple(range(1, count + 1)))
    assert store.read(manifests.name_of(count)) == whole
    assert reconcile(restored, store).landed == tuple(range(1, count + 1))
    assert said(restored)[0] == said(engine)[0]


@pytest.mark.parametrize("change", ["half", "moment", "another's"])
def test_a_manifest_that_was_changed_is_told_and_lands_nothing(
    engine: sa.Engine, restored: sa.Engine, store: Store, spoil: Spoil, change: str
) -> None:
    land(engine, store, delivery(b"one"))
    land(engine, store, delivery(b"two"))
    name = manifests.name_of(1)
    whole = store.read(name)
    changed = {
        "half": whole[:100],
        "moment": whole.replace(b"2026-11-18T01", b"2026-11-17T01"),
        "another's": store.read(manifests.name_of(2)),
    }
    spoil(store, name, changed[change])
    found = reconcile(restored, store)
    assert found.landed == (2,)
    (line,) = found.unreadable
    assert store.where(name) in line
    assert one(restored, "select array_agg(batch_id) from landing.batch") == [2]
    assert land(restored, store, delivery(b"three")).batch_id == 3


def test_receipts_without_bytes_are_told(engine: sa.Engine, restored: sa.Engine, store: Store, spoil: Spoil) -> None:
    land(engine, store, delivery(b"one", b"two"))
    if one(engine, "select max(version_id) from landing.batch_payload"):
        return  # the receipted version is still there
    for content in (b"one", b"two"):
        spoil(store, Kept(hashlib.sha256(content).hexdigest(), 3).name, None)
    found = reconcile(restored, store)
    assert [each.is_missing for each in found.without_bytes] == [True, True]
    assert found.landed == (1,)
    assert reconcile(engine, store).without_bytes == found.without_bytes
