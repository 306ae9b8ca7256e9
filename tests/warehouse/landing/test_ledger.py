"""The ledger holds for whatever happened in whatever order, and names the entry where somebody changed anything."""

from __future__ import annotations

import datetime as dt
import hashlib
import pathlib
import random
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.services.postgres import Cluster
from schemas.delivery import Delivery, Payload
from schemas.errors import NotFound, SetupError
from schemas.findings import Finding
from tests.conftest import fresh_database
from tests.warehouse.building import at, fault, land_rows, load_rows, one, policy, rows_of
from warehouse.database import access
from warehouse.database.engine import connect
from warehouse.landing import decisions, kept_heads, ledger, receipts
from warehouse.landing.kept_heads import KeptHead
from warehouse.landing.ledger import BEGINNING, Head, walk
from warehouse.landing.receipt_bundles import bundle
from warehouse.landing.store import Store
from warehouse.migrations.migrate import SCRIPTS, migrate

HELD = Finding("FIL-001", "error", None, None, "x", None, "读不了")


def story(engine: sa.Engine, folder: pathlib.Path) -> None:
    """Two loads, a refusal on arrival, a batch that a person gave up: entries 1 to 7."""
    load_rows(engine, folder, "policy", [policy("P1", at(16)), policy("P2", at(16))], at(18), findings=[fault(2)])
    load_rows(engine, folder, "policy", [policy("P2", at(17))], at(19))
    refused = Delivery("tianji", "policy", "submit", at(19), (Payload("坏.xlsx", "x/y", b"bad"),))
    receipts.refuse(engine, Store(folder), refused, HELD)
    given_up = land_rows(engine, folder, "policy", [policy("P9", at(17))], at(20))
    decisions.discard(engine, given_up.batch_id, "李工", "重复的文件", at(20, 10))


def kinds(engine: sa.Engine) -> list[str]:
    return [kind for (kind,) in rows_of(engine, "select kind from landing.ledger_text order by position")]


def forge(engine: sa.Engine, *statements: str) -> None:
    """What a superuser can do: no trigger and no reference stops it."""
    with engine.begin() as connection:
        connection.exec_driver_sql("set local session_replication_role = replica")
        for each in statements:
            connection.exec_driver_sql(each)


def rechain(engine: sa.Engine) -> None:
    """Compute every digest and hash anew, as somebody who covers his tracks does."""
    previous = BEGINNING
    for position, text in rows_of(engine, "select position, text from landing.ledger_text order by position"):
        digest = hashlib.sha256(text.encode()).hexdigest()
        hash_ = hashlib.sha256((previous + digest).encode()).hexdigest()
        forge(
            engine,
            f"update landing.ledger set previous = '{previous}', text_sha256 = '{digest}', hash = '{hash_}'"
            f" where position = {position}",
        )
        previous = hash_


def test_every_fact_has_its_entry_and_the_chain_is_sha256(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    story(engine, tmp_path)
    assert kinds(engine) == ["receipt", "verdict", "receipt", "verdict", "receipt", "refusal", "receipt", "discard"]
    previous = BEGINNING
    query = "select l.position, l.previous, l.hash, t.text from landing.ledger as l inner join landing.ledger_text as t using (position) order by 1"
    for n, (position, before, hash_, text) in enumerate(rows_of(engine, query), start=1):
        digest = hashlib.sha256(text.encode()).hexdigest()
        assert (position, before) == (n, previous)
        assert hash_ == hashlib.sha256((previous + digest).encode()).hexdigest()
        assert text.startswith(f"position={n}\nkind=")
        previous = hash_
    found = walk(engine, Store(tmp_path))
    assert (found.entries, found.head, found.broken) == (8, Head(8, previous), ())
    assert ledger.head(engine) == found.head


def test_the_loaders_login_lands_loads_and_verifies(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    with engine.begin() as connection:
        access.protect_database(connection)
    loader = connect(engine.url.render_as_string(hide_password=False), role=access.LOADER)
    story(loader, tmp_path)
    found = walk(loader, Store(tmp_path))
    assert (found.entries, found.broken, ledger.head(loader)) == (8, (), found.head)
    assert bundle(loader, "1")["head"] == {"position": 8, "hash": found.head.hash}
    loader.dispose()


def test_a_receipt_tells_files_in_order_and_no_name(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    parts = (Payload("张三 13800000000.csv", "text/csv", b"one"), Payload("b\\n=\n.csv", "text/csv", b"twoo"))
    receipts.land(engine, Store(tmp_path), Delivery("tianji", "policy", "submit", at(18), parts))
    told = ledger.lines_of(one(engine, "select text from landing.ledger_text"))
    digests = [hashlib.sha256(part.content).hexdigest() for part in parts]
    names = [hashlib.sha256(part.name.encode()).hexdigest() for part in parts]
    assert told["file.1"] == f"{digests[0]} 3 {names[0]}"
    assert told["file.2"] == f"{digests[1]} 4 {names[1]}"
    assert told["receipt_no"] == one(engine, "select receipt_no from report.batch")
    assert told["received_at"] == "2026-11-18T01:00:00.000000Z"


def test_what_is_rolled_back_leaves_no_entry_and_no_gap(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql(
            "insert into landing.batch (insurer_id, record_type, channel, received_at, digest)"
            " values ('tianji', 'policy', 'drop', now(), 'x')"
        )
        connection.exec_driver_sql("set constraints all immediate")
        assert connection.exec_driver_sql("select count(*) from landing.ledger").scalar() == 1
        connection.rollback()
    land_rows(engine, tmp_path, "policy", [policy("P1", at(16))], at(18))
    assert rows_of(engine, "select position from landing.ledger") == [(1,)]
    assert walk(engine, Store(tmp_path)).broken == ()


#: When what each entry attests happened, in the order of the entries.
MOMENTS = """
select a.happened_at from landing.ledger_text as t inner join landing.attested as a using (kind, fact_no)
order by t.position limit 8
"""
Forgery = tuple[tuple[str, ...], int | None, str]
FORGERIES: dict[str, Forgery] = {
    "receipt's moment": (("update landing.batch set received_at = received_at - interval '1 day' where batch_id = 2",), 3, "receipt_no:"),
    "receipt's insurer": (("update landing.batch set insurer_id = 'tianji' where batch_id = 1",), 1, "insurer_id:"),
    "receipt deleted": (("delete from landing.batch where batch_id = 3",), 5, "库中已无此事"),
    "file's digest": (("update landing.batch_payload set sha256 = (select sha256 from landing.payload order by landed_at desc, sha256 limit 1) where batch_id = 1",), 1, "file.1:"),
    "file's name": (("update landing.batch_payload set name = 'other' where batch_id = 2",), 3, "file.1:"),
    "file's size": (("update landing.payload set size_bytes = size_bytes + 1 where sha256 = (select sha256 from landing.batch_payload where batch_id = 2)",), 3, "file.1:"),
    "file deleted": (("delete from landing.batch_payload where batch_id = 2",), 3, "file.1:"),
    "file added": (("insert into landing.batch_payload select batch_id, 2, sha256, 'more' from landing.batch_payload where batch_id = 2",), 3, "file.2:"),
    "count of the log": (("update landing.load set accepted_count = 2, quarantined_count = 0 where batch_id = 1",), 2, "accepted_count:"),
    "count of the receipt": (("update landing.batch set accepted_count = 2, quarantined_count = 0 where batch_id = 1",), 2, "accepted_count:"),
    "count of both": (tuple(f"update landing.{t} set accepted_count = 2, quarantined_count = 0 where batch_id = 1" for t in ("load", "batch")), 2, "accepted_count:"),
    "verdict's state": (tuple(f"update landing.{t} set state = 'rejected' where batch_id = 2" for t in ("load", "batch")), 4, "state:"),
    "verdict deleted": (("delete from landing.load where batch_id = 2",), 4, "库中已无此事"),
    "verdict added": (("insert into landing.load select nextval('landing.load_no'), batch_id, 'replay', now(), contract_version, ruleset_version, calendar_version, definition_digest, state, 0, 0, 0, 0, 0, 0, null, null from landing.load where batch_id = 1",), None, "存证中没有"),
    "refusal's reason": (("update landing.batch set reason_text = '其他' where batch_id = 3",), 6, "reason_sha256:"),
    "who discarded": (("update landing.discard set discarded_by = '王工'",), 8, "discarded_by:"),
    "receipt added": (("insert into landing.batch (insurer_id, record_type, channel, received_at, digest) values ('tianji', 'policy', 'drop', '2026-11-18', 'x')",), None, "存证中没有"),
    "submitter added": (("insert into landing.submission (batch_id, insurer_id, submitted_by, via, client) values (1, 'lichun', 'eve', 'api', '-')",), 1, "submitted_by:"),
    "entry's text": (("update landing.ledger_text set text = replace(text, 'accepted_count=1', 'accepted_count=9') where position = 2",), 2, "accepted_count:"),
    "entry's salt": (("update landing.ledger_text set text = replace(text, 'salt=', 'salt=0') where position = 4",), 4, "its text is not that"),
    "text's blank line": (("update landing.ledger_text set text = text || chr(10) where position = 4",), 4, "格式被改动"),
    "entry's hash": (("update landing.ledger set hash = repeat('a', 64) where position = 3",), 3, "链值不符"),
    "entry's filing": (("update landing.ledger_text set insurer_id = 'yuheng' where position = 5",), 5, "归属"),
    "text deleted": (("delete from landing.ledger_text where position = 5",), 5, "原文缺失"),
    "link deleted": (("delete from landing.ledger where position = 5",), 5, "缺失"),
    "entry deleted": (("delete from landing.ledger where position = 2", "delete from landing.ledger_text where position = 2"), 2, "缺失"),
    "entries swapped": (("update landing.ledger_text set position = -position where position in (1, 3)", "update landing.ledger_text set position = 4 + position where position < 0"), 1, "position:"),
    "entry added": (("insert into landing.ledger values (9, (select hash from landing.ledger where position = 8), repeat('b', 64), repeat('c', 64))",), 9, "原文缺失"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGERIES)
def test_a_superusers_change_is_named_at_its_entry(engine: sa.Engine, tmp_path: pathlib.Path, name: str) -> None:
    story(engine, tmp_path)
    statements, position, told = FORGERIES[name]
    forge(engine, *statements)
    first = walk(engine, Store(tmp_path)).broken[0]
    assert (first.position, told in first.problem) == (position, True), first.line


@pytest.mark.parametrize("name", ["receipt's moment", "count of both", "receipt deleted", "who discarded"])
def test_who_changes_facts_entries_and_all_hashes_is_shown_by_a_head_kept_outside(
    engine: sa.Engine, tmp_path: pathlib.Path, name: str
) -> None:
    story(engine, tmp_path)
    heads = {p: KeptHead(p, h, f"kept {p}") for p, h in rows_of(engine, "select position, hash from landing.ledger")}
    statements, position, _ = FORGERIES[name]
    assert position is not None
    forge(engine, *statements)
    rewrite_texts(engine)
    rechain(engine)
    assert walk(engine).broken == ()
    before = [heads[n] for n in range(1, position)]
    assert walk(engine, kept=before).broken == ()
    last = max(heads)
    first = walk(engine, kept=[*before, heads[last]]).broken[0]
    assert (first.position, f"kept {last}" in first.problem) == (last, True), first.line
    assert f"after entry {position - 1}" in first.problem


def rewrite_texts(engine: sa.Engine) -> None:
    """Make the ledger's texts say what the tables say now, one after the other without a gap."""
    forge(
        engine,
        "delete from landing.ledger_text as t where not exists (select from landing.attested as a where a.kind = t.kind and a.fact_no = t.fact_no)",
        "update landing.ledger_text set position = -position",
        "update landing.ledger_text as t set position = n.position from (select kind, fact_no, row_number() over (order by -position) as position from landing.ledger_text) as n where (n.kind, n.fact_no) = (t.kind, t.fact_no)",
        "update landing.ledger_text as t set text = 'position=' || t.position || chr(10) || 'kind=' || t.kind || chr(10) || 'salt=' || substring(t.text from 'salt=([0-9a-f]*)') || chr(10) || a.body, insurer_id = a.insurer_id, batch_id = a.batch_id from landing.attested as a where (a.kind, a.fact_no) = (t.kind, t.fact_no)",
        "delete from landing.ledger where position > (select max(position) from landing.ledger_text)",
    )


def test_an_end_that_is_cut_off_is_shown_by_a_head_kept_outside(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    story(engine, tmp_path)
    newest = ledger.head(engine)
    forge(
        engine,
        "delete from landing.discard",
        "update landing.batch set state = 'received', loaded_at = null, reason_code = null where batch_id = 4",
        *(f"delete from landing.{table} where position = 8" for table in ("ledger", "ledger_text")),
    )
    assert walk(engine, Store(tmp_path)).broken == ()
    (lost,) = walk(engine, kept=[KeptHead(newest.position, newest.hash, "2026-11-20.txt line 1")]).broken
    assert lost.position == 8
    assert walk(engine, kept=[KeptHead(newest.position, newest.hash, "-")], since=8).broken[0].position == 8
    assert "2026-11-20.txt line 1" in lost.line


@pytest.mark.parametrize("harm", ["flip", "remove"])
def test_one_byte_of_the_store_is_named(engine: sa.Engine, tmp_path: pathlib.Path, harm: str) -> None:
    story(engine, tmp_path)
    (part,) = receipts.payloads(engine, Store(tmp_path), 2)
    content = bytearray(part.path.read_bytes())
    content[len(content) // 2] ^= 1
    part.path.unlink()
    if harm == "flip":
        part.path.write_bytes(content)
    (broken,) = walk(engine, Store(tmp_path)).broken
    assert (broken.position, broken.kind, broken.batch_id) == (3, "receipt", 2)
    assert str(part.path) in broken.problem
    assert walk(engine).broken == ()


def test_files_of_a_discarded_batch_may_be_gone(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    story(engine, tmp_path)
    (part,) = receipts.payloads(engine, Store(tmp_path), 4)
    part.path.unlink()
    assert walk(engine, Store(tmp_path)).broken == ()


def test_a_walk_from_an_entry_on_believes_what_came_before(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    story(engine, tmp_path)
    forge(engine, *FORGERIES["receipt's insurer"][0])
    whole = walk(engine)
    assert {each.position for each in whole.broken} == {1, 2}
    later = walk(engine, since=3)
    assert (later.entries, later.head, later.broken) == (6, whole.head, ())
    with pytest.raises(NotFound, match="no entry 9: it ends at 8"):
        walk(engine, since=9)


@given(seed=st.integers(0, 10_000), workers=st.integers(2, 6))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_facts_in_any_parallel_order_make_one_chain(
    engine: sa.Engine, tmp_path: pathlib.Path, seed: int, workers: int
) -> None:
    chance = random.Random(seed)
    entries, head = walk(engine).entries, ledger.head(engine)
    acts = [chance.choice((_land, _load, _discard, _roll_back)) for _ in range(12)]
    with ThreadPoolExecutor(workers) as pool:
        added = sum(pool.map(lambda n: acts[n](engine, tmp_path, f"{seed}-{n}-{entries}", n), range(len(acts))))
    found = walk(engine, Store(tmp_path), [KeptHead(head.position, head.hash, "before")] if entries else ())
    assert (found.entries, found.broken) == (entries + added, ())


INSURERS = ("tianji", "yuheng", "dahan", "lichun")


def _land(engine: sa.Engine, folder: pathlib.Path, name: str, n: int) -> int:
    land_rows(engine, folder, "policy", [policy(name, at(16))], at(18), insurer_id=INSURERS[n % 4])
    return 1


def _load(engine: sa.Engine, folder: pathlib.Path, name: str, n: int) -> int:
    load_rows(engine, folder, "policy", [policy(name, at(16))], at(18), insurer_id=f"{INSURERS[n % 4]}{n}")
    return 2


def _discard(engine: sa.Engine, folder: pathlib.Path, name: str, n: int) -> int:
    landed = land_rows(engine, folder, "claim", [policy(name, at(16))], at(18), insurer_id=INSURERS[n % 4])
    decisions.discard(engine, landed.batch_id, "李工", "测试", at(19))
    return 2


def _roll_back(engine: sa.Engine, folder: pathlib.Path, name: str, n: int) -> int:
    with engine.connect() as connection:
        connection.exec_driver_sql(
            "insert into landing.batch (insurer_id, record_type, channel, received_at, digest)"
            " values ('tianji', 'policy', 'drop', now(), 'x')"
        )
        connection.rollback()
    return 0


def test_an_entry_waits_for_no_load_that_runs(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    """A transaction that has written its facts and goes on working holds nobody up: only a commit does."""
    insert = "insert into landing.batch (insurer_id, record_type, channel, received_at, digest) values ('tianji', 'policy', 'drop', now(), 'x')"
    with engine.connect() as working:
        working.exec_driver_sql(insert)
        with engine.begin() as other:
            other.exec_driver_sql("set local lock_timeout = '1s'")
            other.exec_driver_sql(insert)
        assert one(engine, "select count(*) from landing.ledger") == 1
        working.commit()
    assert walk(engine).entries == 2


@pytest.mark.parametrize("role", ["anze_loader", "anze_regulator", "anze_owner"])
@pytest.mark.parametrize(
    "act",
    [
        "delete from landing.ledger_text",
        "truncate landing.ledger, landing.ledger_text",
        "update landing.ledger_text set text = ''",
        "update landing.ledger set hash = previous",
    ],
)
def test_no_role_of_the_hub_rewrites_the_ledger(engine: sa.Engine, tmp_path: pathlib.Path, role: str, act: str) -> None:
    land_rows(engine, tmp_path, "policy", [policy("P1", at(16))], at(18))
    with engine.connect() as connection:
        connection.exec_driver_sql(f"set role {role}")
        with pytest.raises(sa.exc.DBAPIError):
            connection.exec_driver_sql(act)


def test_the_loader_writes_entries_by_facts_only(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    land_rows(engine, tmp_path, "policy", [policy("P1", at(16))], at(18))
    for act in (
        "select landing.attest('receipt', 1)",
        "insert into landing.ledger select 2, hash, hash, previous from landing.ledger",
    ):
        with engine.connect() as connection:
            connection.exec_driver_sql("set role anze_loader")
            with pytest.raises(sa.exc.DBAPIError, match="permission denied"):
                connection.exec_driver_sql(act)


def test_what_was_before_there_was_a_ledger_is_in_it_in_its_order(cluster: Cluster, tmp_path: pathlib.Path) -> None:
    older = tmp_path / "migrations"
    shutil.copytree(SCRIPTS, older, ignore=shutil.ignore_patterns("__pycache__", "*.sql"))
    for path in (older / "versions").glob("v*.py"):
        if path.name >= "v1_0004":
            path.unlink()
    with fresh_database(cluster) as url:
        migrate(url, older)
        engine = sa.create_engine(url)
        story(engine, tmp_path)
        migrate(url)
        land_rows(engine, tmp_path, "policy", [policy("P7", at(16))], at(20))
        found = walk(engine, Store(tmp_path))
        assert (found.entries, found.broken) == (9, ())
        moments = rows_of(engine, MOMENTS)
        assert moments == sorted(moments)
        engine.dispose()


def test_heads_are_kept_a_file_a_day_each_once(tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "ledger"
    late = dt.datetime(2026, 11, 20, 17, tzinfo=dt.UTC)
    for position, hash_, moment in ((1, "a", late), (1, "a", late), (2, "b", late), (2, "b", late + dt.timedelta(1))):
        path = kept_heads.keep(folder, position, hash_ * 64, moment)
        assert path.stat().st_mode & 0o777 == 0o640
    found = [(each.position, each.hash[0], each.place) for each in kept_heads.read(folder)]
    assert found == [(1, "a", "2026-11-21.txt line 1"), (2, "b", "2026-11-21.txt line 2"), (2, "b", "2026-11-22.txt line 1")]  # fmt: skip
    (folder / "2026-11-21.txt").write_text("1 aaa 2026-11-21T00:00:00\n", encoding="ascii")
    with pytest.raises(SetupError, match=r"2026-11-21.txt line 1 is no head"):
        kept_heads.read(folder)
    assert kept_heads.read(tmp_path / "none") == []
