"""``anze doctor`` on real parts, well and ill: what is bad is named, with what to do, and the rest is told all the same."""

from __future__ import annotations

import contextlib
import http.server
import json
import pathlib
import ssl
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline import settings, steps
from pipeline.clock import outages
from pipeline.doctor import machine
from pipeline.doctor.examining import side_by_side
from pipeline.doctor.finding import Finding, good
from pipeline.services.installation import PASSWORDS
from pipeline.services.postgres import free_port
from schemas.errors import SchemaDrift
from tests.object_server import ObjectServer
from tests.pipeline.conftest import Answer, Anze
from tests.pipeline.judging.test_dead_ends import land_drifted
from tests.pipeline.postgres.test_sessions import Shifted
from tests.portal.front import OWN_PASSWORDS
from tests.warehouse.rights.tls_front import certificate
from warehouse.database import access
from warehouse.landing import manifests, verifications
from warehouse.landing.verifications import Verification

HEALTHY = {"status": "healthy"}
HEALTH = {
    "metadatabase": HEALTHY, "scheduler": HEALTHY | {"latest_scheduler_heartbeat": "2026-11-30T09:00:00+00:00"},
    "dag_processor": HEALTHY, "triggerer": HEALTHY,
}  # fmt: skip


@pytest.fixture
def loader(installed: pathlib.Path, engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """An installation that works by the loader's login, and keeps to its folders."""
    password = OWN_PASSWORDS[PASSWORDS[access.LOADER]]
    access.set_passwords(engine, {access.LOADER: password})
    url = engine.url.set(username=access.LOADER, password=password)
    monkeypatch.setenv("ANZE_DATABASE_URL", url.render_as_string(hide_password=False))
    (installed / "landing").mkdir()
    return installed


def findings(answer: Answer, grade: str) -> dict[str, tuple[str, str]]:
    """What was seen and what to do, by part, of the parts in one state."""
    assert "Traceback" not in answer.err
    return {each["part"]: (each["seen"], each["to_do"]) for each in answer.json["findings"] if each["grade"] == grade}


def test_all_is_well_where_it_is(loader: pathlib.Path, anze: Anze) -> None:
    hub = steps.open_hub()
    for service in ("portal", "intake"):
        outages.beat(hub, service)  # type: ignore[arg-type]
    verifications.keep(hub.engine, Verification(hub.now(), 1, 1, 0))
    assert anze("publish").code == 0
    answer = anze("doctor", "--json")
    assert (answer.code, findings(answer, "bad"), findings(answer, "warning")) == (0, {}, {})
    assert answer.json["is_good"]
    told = anze("doctor")
    assert (told.code, "一切正常 all is well" in told.out) == (0, True)


def test_a_database_that_is_gone_is_told_and_the_rest_is_looked_at(
    loader: pathlib.Path, anze: Anze, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANZE_DATABASE_URL", f"postgresql+psycopg2://anze_loader:secret@127.0.0.1:{free_port()}/anze")
    answer = anze("doctor", "--json")
    assert (answer.code, answer.json["is_good"]) == (1, False)
    seen, to_do = findings(answer, "bad")["数据库 database"]
    assert "nothing listens there" in seen
    assert to_do
    assert {"接收存储 landing", "磁盘 disk"} <= set(findings(answer, "good"))
    assert "secret" not in answer.out + answer.err


def test_a_database_that_was_never_migrated_is_told(
    loader: pathlib.Path, anze: Anze, engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = engine.url.set(database="postgres")
    monkeypatch.setenv("ANZE_DATABASE_URL", other.render_as_string(hide_password=False))
    answer = anze("doctor", "--json")
    assert answer.code == 1
    assert "anze migrate" in findings(answer, "bad")["数据库结构 schema"][0]
    assert "待入库 waiting" not in {each["part"] for each in answer.json["findings"]}


def test_a_login_that_may_do_everything_is_bad(installed: pathlib.Path, anze: Anze) -> None:
    answer = anze("doctor", "--json")
    seen, to_do = findings(answer, "bad")["数据库登录 login"]
    assert (answer.code, "superuser" in seen, "anze_loader" in to_do) == (1, True, True)


def test_a_clock_that_is_off_is_bad(loader: pathlib.Path, anze: Anze, monkeypatch: pytest.MonkeyPatch) -> None:
    shifted = Shifted(**vars(settings.load_settings()), seconds=2)
    monkeypatch.setattr(settings, "load_settings", lambda: shifted)
    answer = anze("doctor", "--json")
    assert (answer.code, "NTP" in findings(answer, "bad")["会话与时钟 session"][0]) == (1, True)


def test_folders_that_are_missing_or_full_are_told(
    loader: pathlib.Path, anze: Anze, monkeypatch: pytest.MonkeyPatch
) -> None:
    (loader / "landing").rmdir()
    (loader / "drop").rmdir()
    monkeypatch.setattr(machine, "ROOM_BYTES", (1 << 60, 1 << 60))
    answer = anze("doctor", "--json")
    bad = findings(answer, "bad")
    assert answer.code == 1
    assert "不存在" in bad["接收存储 landing"][0]
    assert "GB" in bad["磁盘 disk"][0]
    assert "投递目录 drop folder" in findings(answer, "warning")


def test_a_bucket_is_probed_and_one_that_is_missing_is_told(
    loader: pathlib.Path, anze: Anze, object_server: ObjectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in object_server.environ().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ANZE_LANDING", object_server.bucket())
    assert "probed" in findings(anze("doctor", "--json"), "good")["接收存储 landing"][0]
    monkeypatch.setenv("ANZE_LANDING", "s3://absent/hub")
    answer = anze("doctor", "--json")
    assert (answer.code, "s3://absent/hub" in findings(answer, "bad")["接收存储 landing"][0]) == (1, True)
    assert object_server.environ()["AWS_SECRET_ACCESS_KEY"] not in answer.out + answer.err


@pytest.mark.parametrize(
    ("days", "grade", "told"), [(-0.5, "bad", "expired"), (10.5, "warning", "10"), (90.5, "good", "90")]
)
def test_days_that_certificates_have_left_are_counted(
    loader: pathlib.Path, anze: Anze, monkeypatch: pytest.MonkeyPatch, days: float, grade: str, told: str
) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate(loader, days), loader / "key.pem")
    with _answering({}, tls) as address:
        monkeypatch.setenv("ANZE_SANDBOX_URL", address.replace("http:", "https:"))
        answer = anze("doctor", "--json")
    seen = findings(answer, grade)["证书 certificates"][0]
    assert (told in seen, answer.code) == (True, grade == "bad")


def test_what_waits_for_a_person_and_what_is_broken_are_told(
    own_province: pathlib.Path, loader: pathlib.Path, anze: Anze
) -> None:
    drifted = land_drifted()
    assert "1 批" in findings(anze("doctor", "--json"), "good")["待入库 waiting"][0]
    with pytest.raises(SchemaDrift):
        steps.load(steps.open_hub(), drifted)
    assert "lichun" in findings(anze("doctor", "--json"), "warning")["无法判定 stuck"][0]
    (own_province / "insurers" / "tianquan.yml").write_text("name: [", encoding="utf-8")
    answer = anze("doctor", "--json")
    assert (answer.code, "tianquan.yml" in findings(answer, "bad")["定义 definitions"][0]) == (1, True)


def test_receipts_that_the_database_lost_are_told(loader: pathlib.Path, anze: Anze) -> None:
    """The store holds a receipt that the database, restored to before it, never gave."""
    steps.open_hub().store.create(manifests.name_of(7), b"{}")
    answer = anze("doctor", "--json")
    seen, to_do = findings(answer, "bad")["回执 receipts"]
    assert (answer.code, bool(seen), to_do) == (1, True, "anze landing reconcile")


def test_airflow_tells_of_its_own_processes(loader: pathlib.Path, anze: Anze, monkeypatch: pytest.MonkeyPatch) -> None:
    with _answering(HEALTH) as address:
        monkeypatch.setenv("AIRFLOW__API__BASE_URL", address)
        assert "triggerer" in findings(anze("doctor", "--json"), "good")["Airflow"][0]
    with _answering(HEALTH | {"scheduler": {"status": "unhealthy"}}) as address:
        monkeypatch.setenv("AIRFLOW__API__BASE_URL", address)
        answer = anze("doctor", "--json")
        assert (answer.code, findings(answer, "bad")["Airflow"][0]) == (1, "scheduler: unhealthy")
    answer = anze("doctor", "--json")
    assert (answer.code, "ConnectionError" in findings(answer, "bad")["Airflow"][0]) == (1, True)


def test_wrong_settings_are_told(loader: pathlib.Path, anze: Anze, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANZE_LINEAGE", "yes")
    monkeypatch.setenv("ANZE_LANDING", "s3://B")
    bad = findings(anze("doctor", "--json"), "bad")
    assert "ANZE_LINEAGE" in bad["设置 settings"][0]
    assert "s3://B" in bad["接收存储 landing"][0]


def test_a_part_that_hangs_or_fails_takes_no_other_with_it() -> None:
    is_over = threading.Event()

    def hangs() -> Iterator[Finding]:
        yield good("hangs", "begun")
        is_over.wait()

    def fails() -> Iterator[Finding]:
        raise KeyError("a fault of ours")

    found = side_by_side({"hangs": hangs, "fails": fails, "answers": lambda: [good("answers", "x")]}, seconds=2)
    is_over.set()
    assert [(each.part, each.grade) for each in found] == [
        ("hangs", "good"), ("hangs", "bad"), ("fails", "bad"), ("answers", "good"),
    ]  # fmt: skip


@contextlib.contextmanager
def _answering(told: dict[str, Any], tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """A server that answers every question with one JSON document."""

    class Answers(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(told).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
