"""A bucket is trusted once it has refused what it must refuse; whatever else is wrong with it is told in one line."""

from __future__ import annotations

import pathlib
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import sqlalchemy as sa

from pipeline.services.postgres import free_port
from schemas.delivery import Payload, PayloadFile
from schemas.errors import FileChanging, HubError, LandingUnreachable, SetupError
from tests.object_server import KEY_ID, READER, SECRET, ObjectServer
from tests.warehouse.building import one
from tests.warehouse.landing.test_landing import delivery
from warehouse.landing import receipts
from warehouse.landing.bucket_store import open_bucket
from warehouse.landing.folder_store import FolderStore
from warehouse.landing.receipts import land
from warehouse.landing.reconciling import Reconciled, reconcile
from warehouse.landing.store import Kept, open_store

ANYTHING = Payload("x", "text/csv", b"anything")
Careless = Callable[..., str]


class _Careless(BaseHTTPRequestHandler):
    """A server that keeps objects and ignores some of what it is told."""

    heeds_if_none_match = heeds_checksums = False
    objects: set[str] = set()  # noqa: RUF012 - each server has a class of its own

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        is_probe_of_checksums = "x-amz-checksum-sha256" in self.headers
        if self.heeds_if_none_match and self.path in self.objects:
            self.send_error(412)
        elif self.heeds_checksums and is_probe_of_checksums:
            self.send_error(400)
        else:
            self.objects.add(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def careless() -> Iterator[Careless]:
    """Start a server that heeds only what is named; gives its address."""
    servers: list[ThreadingHTTPServer] = []

    def start(**heeds: bool) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Careless,), {**heeds, "objects": set()}))
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def at_address(address: str, key_id: str = KEY_ID, secret: str = SECRET) -> dict[str, str]:
    return {"AWS_ACCESS_KEY_ID": key_id, "AWS_SECRET_ACCESS_KEY": secret, "AWS_ENDPOINT_URL": address}


@pytest.mark.parametrize(
    ("heeds", "told"),
    [
        ({}, "ignores If-None-Match"),
        ({"heeds_checksums": True}, "ignores If-None-Match"),
        ({"heeds_if_none_match": True}, "not those of their SHA-256"),
    ],
)
def test_a_bucket_that_would_replace_or_spoil_what_landed_is_refused(
    engine: sa.Engine, careless: Careless, heeds: dict[str, bool], told: str
) -> None:
    store = open_bucket("s3://bucket/hub", at_address(careless(**heeds)))
    with pytest.raises(SetupError, match=told) as refused:
        land(engine, store, delivery(b"one"))
    assert "s3://bucket/hub" in str(refused.value)
    assert "\n" not in str(refused.value)
    assert one(engine, "select count(*) from landing.batch") == 0
    with pytest.raises(SetupError, match=told):
        store.prepare()


def test_a_bucket_is_probed_before_a_process_writes_and_not_again(object_server: ObjectServer) -> None:
    url = object_server.bucket()
    store = object_server.store(url)
    assert list(store.names("")) == []
    store.keep(ANYTHING)
    probes = list(store.names("probe/"))
    object_server.store(url).keep(ANYTHING)
    assert list(store.names("probe/")) == probes == ["probe/created-once"]


def said(url: str, environ: dict[str, str]) -> HubError:
    with pytest.raises(HubError) as fault:
        open_store(url, environ).keep(ANYTHING)
    assert "\n" not in str(fault.value)
    assert SECRET not in str(fault.value)
    return fault.value


def test_what_is_wrong_with_a_bucket_is_told_in_one_line(object_server: ObjectServer) -> None:
    url = object_server.bucket()
    nobody = said(url, at_address(f"http://127.0.0.1:{free_port()}"))
    assert isinstance(nobody, LandingUnreachable)
    assert "cannot be reached" in str(nobody)
    wrong = said(url, object_server.environ(secret="wrong"))
    assert isinstance(wrong, SetupError)
    assert "SignatureDoesNotMatch" in str(wrong)
    assert "AccessDenied" in str(said(url, object_server.environ(key_id=READER)))
    assert "AWS_SECRET_ACCESS_KEY" in str(said(url, {"AWS_ACCESS_KEY_ID": "x"}))
    for mistaken in ("s3://", "s3://UPPER/x", "s3://bucket/a b", "s3://bucket//x", "https://bucket"):
        assert mistaken in str(said(mistaken, object_server.environ()))


def test_reading_from_a_server_that_is_gone_is_no_damage() -> None:
    store = open_bucket("s3://bucket/hub", at_address(f"http://127.0.0.1:{free_port()}"))
    for read in (lambda: store.check(Kept("0" * 64, 1)), lambda: store.read("x"), lambda: list(store.names(""))):
        with pytest.raises(LandingUnreachable) as fault:
            read()
        assert "\n" not in str(fault.value)


def test_a_full_bucket_may_pass_and_leaves_no_receipt(engine: sa.Engine, tmp_path: pathlib.Path) -> None:
    with ObjectServer(tmp_path / "small", most_volumes=1) as server:
        server.ask("PUT", "taken")
        server.ask("PUT", "landing")
        server.ask("PUT", "taken/it", b"all of the room")
        store = open_bucket("s3://landing/hub", server.environ())
        with pytest.raises(LandingUnreachable, match="cannot be written: InternalError"):
            land(engine, store, delivery(b"one"))
    assert one(engine, "select count(*) from landing.batch") == 0


def test_a_file_that_somebody_writes_meanwhile_does_not_land(
    object_server: ObjectServer, tmp_path: pathlib.Path
) -> None:
    source, is_done = tmp_path / "policy.csv", threading.Event()
    source.write_bytes(b"one\n" * 5_000_000)

    def write() -> None:
        while not is_done.is_set():
            with source.open("ab") as file:
                file.write(b"one more\n")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        with pytest.raises(FileChanging):
            object_server.store(object_server.bucket()).keep(PayloadFile(source.name, "text/csv", source))
    finally:
        is_done.set()
        writer.join()


def test_a_process_that_was_forked_from_one_that_used_a_bucket_does_not_wait_for_ever() -> None:
    code = (
        "import os, sys; from schemas.errors import LandingUnreachable; from warehouse.landing.store import open_store\n"
        "store = open_store('s3://bucket/hub', {'AWS_ACCESS_KEY_ID': 'x', 'AWS_SECRET_ACCESS_KEY': 'x',"
        " 'AWS_ENDPOINT_URL': 'http://127.0.0.1:1'})\n"
        "try: store.read('x')\n"
        "except LandingUnreachable: pass\n"
        "if child := os.fork(): sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
        "try: store.read('x')\n"
        "except RuntimeError: os._exit(7)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=120).returncode == 7


def test_the_folder_needs_no_client_of_buckets() -> None:
    code = (
        "import sys; from warehouse.landing.store import open_store; import pipeline.hub, oracle.landed;"
        "open_store('/tmp', {}); sys.exit('obstore' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=120).returncode == 0


def test_a_folder_is_moved_into_a_bucket_by_copying_it(
    engine: sa.Engine, object_server: ObjectServer, tmp_path: pathlib.Path
) -> None:
    folder, bucket = FolderStore(tmp_path), object_server.store(object_server.bucket(versioned=True))
    first = land(engine, folder, delivery(b"one", b"two"))
    for name in folder.names(""):
        bucket.create(name, folder.read(name))
    assert list(receipts.damaged(engine, bucket)) == []
    assert reconcile(engine, bucket) == Reconciled((), (), (), ())
    assert land(engine, bucket, delivery(b"three")).batch_id == first.batch_id + 1
