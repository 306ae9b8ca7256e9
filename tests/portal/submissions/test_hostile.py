"""Whatever is uploaded: a receipt, one final state with a reason, and a portal that goes on answering."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Self

import pytest
import requests

from sandbox.truth import Record
from tests.portal.front import Front, Session, settled
from tests.portal.submissions.conftest import changed
from tests.portal.submissions.files import hostile
from tests.warehouse.building import rows_of

FINAL = {"loaded", "partly_loaded", "rejected", "duplicate"}
PARTS = ("accepted_count", "quarantined_count", "duplicate_count", "superseded_count")
AT_ONCE, OF_A_FORM = 50, 20
FileOf = Callable[..., bytes]


class Pulse:
    """Whether the portal is well, asked again and again beside a test. State: the longest wait for an answer."""

    def __init__(self, front: Front) -> None:
        self.longest, self.answers = 0.0, 0
        self._front, self._over = front, threading.Event()
        self._thread = threading.Thread(target=self._ask)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _ask(self) -> None:
        while not self._over.wait(0.2):
            begun = time.monotonic()
            assert requests.get(f"{self._front.address}/healthz", timeout=60).status_code == 200
            self.longest, self.answers = max(self.longest, time.monotonic() - begun), self.answers + 1


def by_form(clerk: Session, files: list[tuple[str, bytes]]) -> list[int]:
    """Batches of files that are handed in together."""
    form = {"record_type": "policy", "action": "submit"}
    sent = [("files", file) for file in files]
    answer = clerk.post(f"/submissions?csrf_token={clerk.csrf}", data=form, files=sent)
    assert answer.status_code == 200, answer.text
    one = re.search(r"/submissions/(\d+)$", answer.url)
    return [int(one[1])] if one else [int(each) for each in re.findall(r'href="/submissions/(\d+)"', answer.text)]


def by_api(clerk: Session, name: str, content: bytes) -> int:
    """The batch of a file that a program hands in."""
    headers = {"X-CSRF-Token": clerk.csrf, "Content-Type": "application/octet-stream", "Accept": "application/json"}
    asked = {"record_type": "policy", "file_name": name}
    answer = clerk.post("/api/v1/submissions", params=asked, data=content, headers=headers)
    assert answer.status_code == 202, answer.text
    return int(answer.json()["batch_id"])


@pytest.fixture(scope="module")
def handed_in(office: Front, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, list[int]], Pulse]]:
    """Every file by the form, the first of each kind by the API too; batches by what is wrong, once all have a verdict."""
    files, clerk = hostile(tmp_path_factory.mktemp("hostile")), office.session("office_own")
    names, found = list(files), {}
    with Pulse(office) as pulse:
        for at in range(0, len(names), OF_A_FORM):
            part = names[at : at + OF_A_FORM]
            found |= {n: [b] for n, b in zip(part, by_form(clerk, [files[n] for n in part]), strict=True)}
        for name in names[::6]:
            found[name].append(by_api(clerk, *files[name]))
        for batch_id in [batch for batches in found.values() for batch in batches]:
            settled(clerk, batch_id)
    return found, pulse


def test_every_hostile_file_ends_in_one_final_state_with_a_reason(
    office: Front, clerk: Session, handed_in: tuple[dict[str, list[int]], Pulse]
) -> None:
    for name, batches in handed_in[0].items():
        for batch_id in batches:
            told = clerk.get(f"/api/v1/submissions/{batch_id}").json()
            assert told["state"] in FINAL, name
            assert told["received_count"] == sum(told[part] for part in PARTS), name
            if told["state"] == "rejected":
                assert re.fullmatch(r"[A-Z]+-\d+", told["reason_code"]), name
                assert told["reason_text"], name
            page = clerk.get(f"/submissions/{batch_id}")
            assert page.status_code == 200, name
            assert not re.search(r"Traceback|Exception|psycopg|None\b", page.text), name
            assert clerk.get(f"/submissions/{batch_id}/findings").status_code == 200, name
    assert rows_of(office.engine, "select count(*) from landing.batch where state = 'received'") == [(0,)]


def test_files_that_cannot_be_read_are_rejected(clerk: Session, handed_in: tuple[dict[str, list[int]], Pulse]) -> None:
    for name, batches in handed_in[0].items():
        if name.startswith(("xlsx, ", "a ")):
            assert clerk.get(f"/api/v1/submissions/{batches[0]}").json()["state"] == "rejected", name


def test_reports_of_hostile_files_are_made(clerk: Session, handed_in: tuple[dict[str, list[int]], Pulse]) -> None:
    for name, batches in list(handed_in[0].items())[::3]:
        for what in ("report.xlsx", "report.csv", "report.json"):
            assert clerk.get(f"/submissions/{batches[0]}/{what}").status_code == 200, (name, what)
        assert clerk.get(f"/submissions/{batches[0]}/annotated.xlsx").status_code in (200, 404, 422), name


def test_the_portal_answered_all_the_while(handed_in: tuple[dict[str, list[int]], Pulse]) -> None:
    """Loosely: ``bench`` measures."""
    assert handed_in[1].answers > 3
    assert handed_in[1].longest < 5


def test_fifty_uploads_at_once_all_get_a_receipt_and_a_verdict(
    office: Front, clerk: Session, policies: list[Record], file_of: FileOf
) -> None:
    content = file_of(policies[:1])
    files = [changed(content, 0, "policy_no", f"AT-ONCE-{number}") for number in range(AT_ONCE)]
    token = clerk.csrf
    headers = {"X-CSRF-Token": token, "Content-Type": "text/csv", "Accept": "application/json"}

    def hand_in(number: int) -> dict[str, object]:
        asked = {"record_type": "policy", "file_name": f"{number}.csv"}
        answer = requests.post(
            f"{office.address}/api/v1/submissions", params=asked, data=files[number], headers=headers, cookies=clerk.cookies, timeout=60
        )  # fmt: skip
        assert answer.status_code == 202, answer.text
        return answer.json()  # type: ignore[no-any-return]

    with Pulse(office) as pulse, ThreadPoolExecutor(AT_ONCE) as pool:
        receipts = list(pool.map(hand_in, range(AT_ONCE)))
    assert len({receipt["receipt_no"] for receipt in receipts}) == AT_ONCE
    verdicts = [settled(clerk, receipt["batch_id"]) for receipt in receipts]  # type: ignore[arg-type]
    assert {verdict["state"] for verdict in verdicts} <= FINAL
    assert all(v["received_count"] == 1 == sum(v[part] for part in PARTS) for v in verdicts)  # type: ignore[misc]
    assert pulse.longest < 5


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"), ("..\\..\\evil.csv", "evil.csv"), ("C:\\报送\\保单.csv", "保单.csv"), ("a\x01\x1fb.csv", "a\ufffd\ufffdb.csv"),
        ("\u202evsc.exe", "\ufffdvsc.exe"), ("保" * 300 + ".csv", "保" * 300 + ".csv"), ("<b>.csv", "<b>.csv"), ("..", ".."), ("%00.csv", "%00.csv"),
    ],
    ids=ascii,
)  # fmt: skip
def test_a_files_name_is_shown_as_it_is_and_leads_nowhere(office: Front, clerk: Session, given: str, kept: str) -> None:
    batch_id = by_multipart(clerk, given.encode(), b"odd name " + given.encode())
    (file,) = clerk.get(f"/api/v1/submissions/{batch_id}").json()["files"]
    assert file["file_name"] == kept
    settled(clerk, batch_id)
    for what in ("", "/receipt", "/findings", "/report.csv"):
        assert clerk.get(f"/submissions/{batch_id}{what}").status_code == 200
    assert "<b>.csv" not in clerk.get(f"/submissions/{batch_id}").text
    assert not list(office.var_folder.parent.rglob("passwd"))


def by_multipart(clerk: Session, name: bytes, content: bytes) -> int:
    """The batch of a file whose name is sent as it is, which no library does."""
    quoted = name.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    body = b'--b\r\nContent-Disposition: form-data; name="record_type"\r\n\r\npolicy\r\n'
    body += b'--b\r\nContent-Disposition: form-data; name="files"; filename="' + quoted + b'"\r\n\r\n' + content
    answer = send(clerk, body + b"\r\n--b--\r\n")
    found = re.search(r"/submissions/(\d+)$", answer.headers.get("location", ""))
    assert found, answer.text
    return int(found[1])


def send(clerk: Session, body: bytes, media_type: str = "multipart/form-data; boundary=b") -> requests.Response:
    headers = {"Content-Type": media_type, "X-CSRF-Token": clerk.csrf}
    return clerk.post("/submissions", data=body, headers=headers, allow_redirects=False)


def field(name: str, value: bytes) -> bytes:
    return f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + value + b"\r\n"


FILE = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.csv"\r\n\r\nx\r\n'
END = b"--b--\r\n"


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (FILE + END, "multipart/form-data"), (FILE + END, "multipart/form-data; boundary="), (b"", "multipart/form-data; boundary=b"),
        (field("record_type", b"policy") + field("record_type", b"claim") + FILE + END, "multipart/form-data; boundary=b"),
        (b"".join(field(f"f{n}", b"x") for n in range(500)) + FILE + END, "multipart/form-data; boundary=b"),
        (field("record_type", b"policy") + FILE * 21 + END, "multipart/form-data; boundary=b"), (field("record_type", b"pol\0icy") + FILE + END, "multipart/form-data; boundary=b"),
        (field("record_type", b"policy") + field("row_count", b"1\0") + FILE + END, "multipart/form-data; boundary=b"),
        (field("record_type", b"a" * (2 << 20)) + FILE + END, "multipart/form-data; boundary=b"), (FILE + END, "multipart/form-data; boundary=b; charset=utf-7"),
        (b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n" + END, "multipart/form-data; boundary=b"), (b"--b\r\n\r\nx\r\n" + END, "multipart/form-data; boundary=b"),
        (FILE, "multipart/form-data; boundary=b"), (b"\xff" * 1000, "multipart/form-data; boundary=b"), (FILE + END, "application/json"), (FILE + END, "text/plain"),
        (FILE + END, "multipart/mixed; boundary=b"), (FILE + END, f"multipart/form-data; boundary={'b' * 5000}"),
        (b'--b\r\nContent-Disposition: form-data; name="files"; filename="a\0.csv"\r\n\r\nx\r\n' + END, "multipart/form-data; boundary=b"),
        (b"--b\r\n" + b"X-H: " + b"a" * 200_000 + b"\r\n\r\nx\r\n" + END, "multipart/form-data; boundary=b"),
    ],
    ids=lambda value: ascii(value)[:30],
)  # fmt: skip
def test_tricks_with_the_form_are_refused_and_nothing_lands(
    office: Front, clerk: Session, body: bytes, media_type: str
) -> None:
    before = rows_of(office.engine, "select count(*) from landing.batch")
    answer = send(clerk, body, media_type)
    assert 400 <= answer.status_code < 500, answer.text
    assert rows_of(office.engine, "select count(*) from landing.batch") == before
    assert left(office) == []


def left(office: Front) -> list[str]:
    """What stands in the folder of uploads."""
    return [str(each) for each in (office.var_folder / "uploads").glob("request-*")]
