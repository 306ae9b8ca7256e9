"""The ledger holds for whatever happened in whatever order, and every fact has its entry."""

from __future__ import annotations

import datetime as dt
import hashlib
import pathlib
import random
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.delivery import Delivery, Payload
from schemas.errors import SetupError
from tests.warehouse.building import at, land_rows, load_rows, one, policy, rows_of
from tests.warehouse.landing.forging import story
from warehouse.database import access
from warehouse.database.engine import connect, driver
from warehouse.landing import decisions, kept_heads, ledger, receipts
from warehouse.landing.folder_store import FolderStore
from warehouse.landing.kept_heads import KeptHead
from warehouse.landing.ledger import BEGINNING, Head, walk
from warehouse.landing.receipt_bundles import bundle
from warehouse.migrations.migrate import SCRIPTS

#: When what each entry attests happened, in the order of the entries.
MOMENTS = """
select a.happened_at from landing.ledger_text as t inner join landing.attested as a using (kind, fact_no)
order by t.position limit 8
"""


def kinds(engine: sa.Engine) -> list[str]:
    return [kind for (kind,) in rows_of(engine, "select kind from landing.ledger_text order by position")]


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
    found = walk(engine, FolderStore(tmp_path))
    assert (found.entries, found.head, found.broken) == (8, Head(8, previous), ())
    assert ledger.head(engine) == found.head


def test_the_loaders_login_lands_loads_and_verifies(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    with engine.begin() as connection:
        access.protect_database(connection)
    loader = connect(engine.url.render_as_string(hide_password=False), role=access.LOADER)
    story(loader, tmp_path)
    found = walk(loader, FolderStore(tmp_path))
    assert (found.entries, found.broken, ledger.head(loader)) == (8, (), found.head)
    assert bundle(loader, "1")["head"] == {"position": 8, "hash": found.head.hash}
    loader.dispose()


def test_a_receipt_tells_files_in_order_and_no_name(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    parts = (Payload("张三 13800000000.csv", "text/csv", b"one"), Payload("b\\n=\n.csv", "text/csv", b"twoo"))
    receipts.land(engine, FolderStore(tmp_path), Delivery("tianji", "policy", "submit", at(18), parts))
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
    assert walk(engine, FolderStore(tmp_path)).broken == ()


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
    found = walk(engine, FolderStore(tmp_path), [KeptHead(head.position, head.hash, "before")] if entries else ())
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


def test_what_was_before_there_was_a_ledger_is_in_it_in_its_order(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    """The last statement of the migration that brought the ledger, over facts that have no entry."""
    story(engine, tmp_path)
    migration = (SCRIPTS / "sql" / "v1_0004" / "02_ledger.sql").read_text(encoding="utf-8")
    with engine.begin() as connection:
        connection.exec_driver_sql("set local session_replication_role = replica")
        connection.exec_driver_sql("truncate landing.ledger, landing.ledger_text")
    with engine.begin() as connection, driver(connection).cursor() as cursor:
        cursor.execute(migration[migration.rindex("\ndo $$") : migration.rindex("$$;") + len("$$;")])
    land_rows(engine, tmp_path, "policy", [policy("P7", at(16))], at(20))
    found = walk(engine, FolderStore(tmp_path))
    assert (found.entries, found.broken) == (9, ())
    moments = rows_of(engine, MOMENTS)
    assert moments == sorted(moments)


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
