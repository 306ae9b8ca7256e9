"""Clients that stall or go away, a full disk, killed processes, a database that leaves: nothing lost, nothing half done."""

from __future__ import annotations

import contextlib
import os
import pathlib
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
import sqlalchemy as sa

from portal.submissions import receiving
from tests.portal.front import Front, Session, another, settled
from tests.portal.spawned import CUT, answers, held, raw, spawned, wait, waiting
from tests.portal.submissions.test_hostile import left
from tests.warehouse.building import rows_of
from warehouse.database.credentials import Issue, issue_token

PATH = "/api/v1/submissions?record_type=claim"


@pytest.fixture(scope="module")
def token(office: Front) -> str:
    return issue_token(office.engine, "office_own", Issue("faults", ("read", "submit"), 1, "test"))


@pytest.fixture(scope="module")
def hasty(office: Front) -> Iterator[Front]:
    """A portal that waits for one second, and takes a megabyte."""
    with another(office, ANZE_PORTAL_PATIENCE="1", ANZE_PORTAL_LEAST_RATE="1000", ANZE_PORTAL_MAX_MB="1") as opened:
        yield opened


def records(number: int) -> bytes:
    """A delivery of its own: wrong, but a delivery."""
    return f'[{{"report_no": "FAULT-{number}"}}]'.encode()


def hand_in(address: str, token: str, content: object, key: str | None = None) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    headers |= {"Idempotency-Key": key} if key else {}
    return requests.post(address + PATH, data=content, headers=headers, timeout=60)  # type: ignore[arg-type]


def head(address: str, token: str, length: int) -> str:
    host = address.partition("//")[2]
    return f"POST {PATH} HTTP/1.1\nHost: {host}\nAuthorization: Bearer {token}\nContent-Type: application/json\nContent-Length: {length}"


def batches(office: Front) -> int:
    return int(rows_of(office.engine, "select count(*) from landing.batch")[0][0])


def drips() -> Iterator[bytes]:
    for _ in range(40):
        yield b" "
        time.sleep(0.1)


def stalls() -> Iterator[bytes]:
    yield b"["


@pytest.mark.parametrize("body", [drips, stalls])
def test_a_client_that_is_too_slow_is_not_waited_for(office: Front, hasty: Front, token: str, body: object) -> None:
    before = batches(office)
    answer = raw(hasty.address, head(hasty.address, token, 100_000), body())  # type: ignore[operator]
    assert b" 408 " in answer.partition(b"\r\n")[0]
    assert b"TOO-SLOW" in answer
    assert (batches(office), left(office)) == (before, [])


@pytest.mark.parametrize("path", ["/sign-in", "/language"])
def test_nor_is_one_that_is_slow_with_a_small_form(hasty: Front, path: str) -> None:
    form = f"POST {path} HTTP/1.1\nHost: h\nContent-Type: application/x-www-form-urlencoded\nContent-Length: 50"
    assert b"TOO-SLOW" in raw(hasty.address, form, stalls())


def test_a_client_that_goes_away_leaves_nothing(office: Front, token: str) -> None:
    before = batches(office)
    raw(office.address, head(office.address, token, 1 << 20), iter([bytes(1 << 19)]), hangs_up=True)
    form = head(office.address, token, 1 << 20).replace("application/json", "multipart/form-data; boundary=b")
    form = form.replace(PATH, "/submissions")
    begun = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.csv"\r\n\r\n'
    raw(office.address, form, iter([begun, bytes(1 << 18)]), hangs_up=True)
    time.sleep(0.5)
    wait(lambda: not left(office))
    assert batches(office) == before


@pytest.mark.parametrize("is_chunked", [False, True])
@pytest.mark.parametrize("path", ["/submissions", PATH, "/api/v1/checks?record_type=claim", "/evidence"])
def test_what_is_too_large_is_not_taken(office: Front, hasty: Front, token: str, path: str, is_chunked: bool) -> None:
    begun = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.csv"\r\n\r\n'
    is_form = path in ("/submissions", "/evidence")
    pieces = [begun if is_form else b"", *[bytes(1 << 18)] * 12]
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "multipart/form-data; boundary=b" if is_form else "text/csv",
    }
    before = batches(office)
    body: object = iter(pieces) if is_chunked else b"".join(pieces)
    try:
        answer = requests.post(hasty.address + path, data=body, headers=headers, timeout=60)  # type: ignore[arg-type]
    except requests.ConnectionError:
        answer = None  # it hung up while we went on sending
    if answer is not None:
        assert (answer.status_code, answer.json()["code"]) == (413, "TOO-LARGE")
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["limit_bytes"] == 1 << 20
    wait(lambda: not left(office))
    assert batches(office) == before


def test_a_full_disk_takes_nothing_and_loses_nothing(office: Front, token: str, small_disk: pathlib.Path) -> None:
    places = {"ANZE_VAR": str(small_disk), "ANZE_LANDING": str(small_disk / "landing"), "ANZE_PORTAL_FREE_MB": "0.001"}
    with spawned(office, **places) as small:
        before = batches(office)
        for megabytes in (5, 3):  # while it arrives; when it lands beside what arrived
            chunks = iter([b" " * (1 << 20)] * megabytes)  # no length is told, so that nobody knows before
            full = hand_in(small.front.address, token, chunks)
            assert (full.status_code, full.json()["code"]) == (507, "NO-ROOM"), megabytes
            assert full.headers["retry-after"]
        form = {"record_type": "claim", "action": "submit"}
        headers = {"Authorization": f"Bearer {token}"}
        files = [("files", ("a.csv", b" " * (3 << 20)))]
        answer = requests.post(
            f"{small.front.address}/submissions", data=form, files=files, headers=headers, timeout=60
        )
        assert answer.status_code == 507
        assert batches(office) == before
        assert not list((small_disk / "uploads").glob("request-*"))
        assert not [file for file in (small_disk / "landing").rglob("*") if file.is_file()]
        taken = hand_in(small.front.address, token, records(1))
        assert taken.status_code == 202, "it works again"
        assert settled(office.session("office_own"), taken.json()["batch_id"])["state"] != "received"


def test_room_that_is_kept_free_is_refused_beforehand(office: Front, token: str) -> None:
    with another(office, ANZE_PORTAL_FREE_MB="900000000") as careful:
        full = hand_in(careful.address, token, records(2))
        assert (full.status_code, full.json()["code"]) == (507, "NO-ROOM")


def test_a_landing_folder_that_cannot_be_written_is_told_as_for_later(
    office: Front, token: str, tmp_path: pathlib.Path
) -> None:
    (tmp_path / "landing").write_text("no folder")
    before = batches(office)
    with another(office, ANZE_LANDING=str(tmp_path / "landing")) as broken:
        answer = hand_in(broken.address, token, records(3))
    assert (answer.status_code, answer.json()["code"]) == (503, "NOT-NOW")
    assert answer.headers["retry-after"]
    assert batches(office) == before


def test_a_killed_loader_is_followed_by_another(office: Front, token: str) -> None:
    with held(office.engine, CUT):
        receipt = hand_in(office.address, token, records(4)).json()
        wait(lambda: waiting(office.engine, "pg_advisory"))
        (loader,) = office.app.state.worker._loads._processes
        os.kill(loader, signal.SIGKILL)
    assert settled(office.session("office_own"), receipt["batch_id"])["state"] != "received"


def test_what_a_killed_portal_acknowledged_is_loaded_by_the_next(office: Front, token: str) -> None:
    with spawned(office) as dying, held(office.engine, CUT):
        receipt = hand_in(dying.front.address, token, records(5)).json()
        dying.kill()
        state = rows_of(office.engine, f"select state from landing.batch where batch_id = {receipt['batch_id']}")
    assert state == [("received",)]
    with spawned(office) as following:
        headers = {"Authorization": f"Bearer {token}"}
        address = f"{following.front.address}/api/v1/submissions/{receipt['batch_id']}"
        wait(lambda: requests.get(address, headers=headers, timeout=60).json()["state"] != "received")


def test_a_key_that_is_sent_again_after_a_crash_has_the_receipt_of_before(office: Front, token: str) -> None:
    """The portal dies after the delivery landed and before its answer."""
    before, content = batches(office), records(6)
    with (
        spawned(office) as dying,
        held(office.engine, "lock table access.event in exclusive mode"),
        ThreadPoolExecutor(1) as pool,
    ):
        asked = pool.submit(hand_in, dying.front.address, token, content, "crash-1")
        wait(lambda: batches(office) == before + 1)
        dying.kill()
        with pytest.raises(requests.ConnectionError):
            asked.result()
    forget(office)
    first, second = (hand_in(office.address, token, content, "crash-1") for _ in range(2))
    assert first.status_code == second.status_code == 202
    assert first.json()["receipt_no"] == second.json()["receipt_no"]
    assert batches(office) == before + 1
    other = hand_in(office.address, token, records(7), "crash-1")
    assert (other.status_code, other.json()["code"]) == (409, "KEY-REUSED")


def forget(office: Front) -> None:
    """What a killed portal leaves is removed by the one that starts a while later, and not before."""
    receiving.empty(office.var_folder)
    assert left(office)
    for name in left(office):
        for path in (pathlib.Path(name), *pathlib.Path(name).rglob("*")):
            os.utime(path, (0, 0))
    receiving.empty(office.var_folder)
    assert left(office) == []


@contextlib.contextmanager
def gone(office: Front) -> Iterator[None]:
    """The database lets nobody in, and ends who is."""
    name = office.engine.url.database
    admin = sa.create_engine(office.engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"alter database {name} allow_connections false")
        connection.exec_driver_sql(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'")
        try:
            yield
        finally:
            connection.exec_driver_sql(f"alter database {name} allow_connections true")
    admin.dispose()
    office.engine.dispose()


def test_without_its_database_the_portal_says_later_and_acknowledges_nothing(office: Front, token: str) -> None:
    before, clerk = batches(office), office.session("office_own")
    csrf = clerk.csrf
    with gone(office):
        asked = [
            clerk.get("/submissions"), clerk.get("/healthz"), clerk.get("/api/v1/submissions"), clerk.get("/sign-in"),
            clerk.post(f"/submissions?csrf_token={csrf}", data={"record_type": "claim"}, files=[("files", ("a.csv", b"x"))]),
            hand_in(office.address, token, records(8)), requests.post(f"{office.address}/sign-in", data={"login": "a", "password": "b"}, timeout=60),
        ]  # fmt: skip
    for answer in asked:
        assert (answer.status_code, answer.headers.get("retry-after", "")) != (503, ""), answer.url
        assert answer.status_code == 503, answer.url
        assert "psycopg" not in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    wait(lambda: answers(office.address))
    assert batches(office) == before
    assert hand_in(office.address, token, records(8)).status_code == 202


def test_a_database_that_leaves_while_a_file_arrives_acknowledges_nothing(office: Front, token: str) -> None:
    before = batches(office)

    def body() -> Iterator[bytes]:
        yield records(9)[:5]
        time.sleep(0.3)
        with gone(office):
            yield records(9)[5:]
            time.sleep(1)

    answer = hand_in(office.address, token, body(), "left-1")
    wait(lambda: answers(office.address))
    assert answer.status_code in (202, 503)
    assert batches(office) == before + (answer.status_code == 202)
    assert hand_in(office.address, token, records(9), "left-1").status_code == 202
    assert batches(office) == before + 1


def test_a_clerk_sees_every_receipt_of_these(clerk: Session, office: Front) -> None:
    """And the books balance."""
    running = "select count(*) from landing.batch where state = 'received'"
    wait(lambda: rows_of(office.engine, running) == [(0,)])
    wrong = (
        "select batch_id from report.batch where received_count "
        "<> accepted_count + quarantined_count + duplicate_count + superseded_count"
    )
    assert rows_of(office.engine, wrong) == []
