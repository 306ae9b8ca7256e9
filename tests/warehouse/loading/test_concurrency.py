"""One writer per feed; whatever dies on the way, running it again heals it."""

from __future__ import annotations

import pathlib
import threading
import time

import pytest
import sqlalchemy as sa

from schemas.contract import load_contract
from schemas.errors import HubError, RetryLater, WarehouseBusy, WarehouseUnreachable
from schemas.findings import Finding, Observation
from tests.warehouse.building import (
    VERSIONS,
    at,
    land_rows,
    load_rows,
    one,
    policy,
    rows_of,
    sql_rule,
    table,
    tell,
    telling_by,
)
from warehouse.database.engine import connect
from warehouse.landing import receipts
from warehouse.landing.load_report import LoadReport
from warehouse.landing.receipts import read_batch
from warehouse.loading import lease
from warehouse.loading.load import Loading
from warehouse.publishing.publish import publish

POLICY = load_contract("policy")


def load_one(engine: sa.Engine, batch_id: int, holder: str = "again") -> LoadReport:
    with Loading(engine, read_batch(engine, batch_id), holder, POLICY, at(18), VERSIONS, tell) as loading:
        loading.stage(table(POLICY, [policy("P1", at(16)), policy("P2", at(16))]))
        return loading.merge([])


def assert_loaded_once(engine: sa.Engine, batch_id: int) -> None:
    assert one(engine, "select state from landing.batch where batch_id = :b", b=batch_id) == "loaded"
    assert rows_of(engine, "select policy_no from core.policy order by 1") == [("P1",), ("P2",)]
    assert receipts.pending(engine) == []


def kill_backend(engine: sa.Engine, loading: Loading) -> None:
    loading._await_copy()
    pid = loading._connection.exec_driver_sql("select pg_backend_pid()").scalar_one()
    one(engine, "select pg_terminate_backend(:pid)", pid=pid)
    time.sleep(0.1)


@pytest.mark.parametrize("moment", ["opened", "staged", "merged"])
def test_a_killed_backend_leaves_nothing_and_a_plain_rerun_loads(
    engine: sa.Engine, tmp_path: pathlib.Path, moment: str
) -> None:
    batch_id = land_rows(engine, tmp_path, "policy", [], at(18)).batch_id
    rows = table(POLICY, [policy("P1", at(16)), policy("P2", at(16))])
    held = Loading(engine, read_batch(engine, batch_id), "first", POLICY, at(18), VERSIONS, tell)
    with pytest.raises(WarehouseUnreachable), held as loading:  # noqa: PT012
        if moment == "opened":
            kill_backend(engine, loading)
        loading.stage(rows)
        if moment == "staged":
            kill_backend(engine, loading)
        loading.merge([])
        if moment == "merged":
            kill_backend(engine, loading)
    assert one(engine, "select count(*) from core.policy") == 0
    assert receipts.pending(engine) == [batch_id]
    load_one(engine, batch_id)
    assert_loaded_once(engine, batch_id)


def test_a_second_loader_of_the_feed_is_told_who_has_it(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    batch_id = land_rows(engine, tmp_path, "policy", [], at(18)).batch_id
    other_id = land_rows(engine, tmp_path, "policy", [], at(19)).batch_id
    with Loading(engine, read_batch(engine, batch_id), "first", POLICY, at(18), VERSIONS, tell) as loading:
        loading.stage(table(POLICY, [policy("P1", at(16)), policy("P2", at(16))]))
        with pytest.raises(WarehouseBusy, match="lichun/policy is being loaded by first"):
            load_one(engine, other_id)
        loading.merge([])
    assert one(engine, "select state from landing.batch where batch_id = :b", b=batch_id) == "loaded"
    assert load_one(engine, other_id).duplicate == 2


def test_two_loaders_of_one_batch_load_it_once(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    batch_id = land_rows(engine, tmp_path, "policy", [], at(18)).batch_id
    outcomes: list[str] = []

    def run(holder: str) -> None:
        try:
            outcomes.append(load_one(engine, batch_id, holder).state)
        except HubError as error:
            outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=run, args=(f"loader {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("loaded") == 1
    assert_loaded_once(engine, batch_id)


def test_a_paused_loader_that_wakes_after_its_lease_cannot_commit(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    batch_id = land_rows(engine, tmp_path, "policy", [], at(18)).batch_id
    other_id = land_rows(engine, tmp_path, "policy", [], at(19)).batch_id
    zombie = Loading(engine, read_batch(engine, batch_id), "zombie", POLICY, at(18), VERSIONS, tell, lease_seconds=0.2)
    with pytest.raises(WarehouseBusy, match="passed to another loader"), zombie:  # noqa: PT012
        zombie.stage(table(POLICY, [policy("P1", at(16), employee_count=666)]))
        time.sleep(0.3)
        load_one(engine, other_id)
        zombie.merge([])
    assert one(engine, "select count(*) from core.policy where employee_count = 666") == 0
    assert receipts.pending(engine) == [batch_id]


def test_a_server_that_goes_away_between_what_a_rule_finds_and_its_writing_is_tried_again(
    engine: sa.Engine, tmp_path: pathlib.Path
) -> None:
    batch_id = land_rows(engine, tmp_path, "policy", [], at(18)).batch_id

    rule = sql_rule("select row_no, policy_no, 'x' from staged")

    def last_words(seen: Observation) -> Finding:
        kill_backend(engine, loading)
        return telling_by([rule])(seen)

    with (  # noqa: PT012
        pytest.raises(RetryLater),
        Loading(engine, read_batch(engine, batch_id), "first", POLICY, at(18), VERSIONS, last_words) as loading,
    ):
        loading.stage(table(POLICY, [policy("P1", at(16))]))
        loading.merge([rule])
    load_one(engine, batch_id)
    assert_loaded_once(engine, batch_id)


def test_a_lease_of_a_dead_session_is_free_at_once_and_of_a_live_one_when_expired(engine: sa.Engine) -> None:
    doomed = sa.create_engine(engine.url, poolclass=sa.NullPool)
    with doomed.connect() as connection:
        session = lease.session_of(connection)
        first = lease.acquire(engine, "lichun/policy", "first", session, 600)
        with pytest.raises(WarehouseBusy):
            lease.acquire(engine, "lichun/policy", "second", session, 600)
    deadline = time.monotonic() + 60
    while one(engine, "select count(*) from pg_stat_activity where pid = :pid", pid=session.session_pid):
        assert time.monotonic() < deadline
    second = lease.acquire(engine, "lichun/policy", "second", session, 0.0)
    assert second.token == first.token + 1
    with pytest.raises(WarehouseBusy):
        lease.renew(engine, first)


def test_child_and_parent_loaded_at_once_never_leave_an_orphan_open(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    orphan = sql_rule(
        """select s.row_no, s.policy_no from staged as s where not exists (
            select from core.policy_current as p where p.insurer_id = s.insurer_id and p.policy_no = s.policy_no)""",
        "CLM-050", tier="orphan", severity="warning", parent="policy", record_type="claim",
    )  # fmt: skip
    for n in range(8):
        claim = {"report_no": f"R{n}", "policy_no": f"P{n}", "operation_code": "I", "source_updated_at": at(16)}
        jobs = (
            ("claim", [claim], [orphan]),
            ("policy", [policy(f"P{n}", at(16))], []),
        )
        threads = [
            threading.Thread(target=load_rows, args=(engine, tmp_path, kind, rows, at(18, n)), kwargs={"rules": rules})
            for kind, rows, rules in jobs
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert one(engine, "select count(*) from core.claim") == 8
    assert one(engine, "select count(*) from quality.finding where resolved_at is null") == 0


def test_a_loader_role_loads_and_needs_no_more(database_url: str, engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    loader = connect(database_url, role="anze_loader")
    batch_id = land_rows(loader, tmp_path, "policy", [], at(18)).batch_id
    load_one(loader, batch_id)
    assert_loaded_once(engine, batch_id)
    loader.dispose()


def test_a_publication_waits_for_running_loads_and_later_ones_come_after_its_cut(
    engine: sa.Engine, tmp_path: pathlib.Path
) -> None:
    running = land_rows(engine, tmp_path, "policy", [], at(18)).batch_id
    cut = at(20)
    published: list[int] = []

    def publish_now() -> None:
        with engine.begin() as connection:
            publish(connection, cut.date(), cut, cut, expected=[], delivered_since=at(18))
            published.append(one(engine, "select count(*) from core.policy"))

    with Loading(engine, read_batch(engine, running), "running", POLICY, at(18), VERSIONS, tell) as loading:
        loading.stage(table(POLICY, [policy("P1", at(16))]))
        publishing = threading.Thread(target=publish_now)
        publishing.start()
        publishing.join(1.0)
        assert publishing.is_alive()
        loading.merge([])
    publishing.join(60)
    assert published == [1]
    load_rows(engine, tmp_path, "policy", [policy("P2", at(19))], at(19))
    assert one(engine, "select recorded_at > :cut from core.policy where policy_no = 'P2'", cut=cut)
