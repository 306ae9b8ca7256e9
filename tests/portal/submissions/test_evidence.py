"""Evidence of services: told by content, shown without metadata, seen by who sees the service."""

from __future__ import annotations

import io
import pathlib

import pytest
import requests
from PIL import Image

from pipeline.services.installation import FIRST_NIGHT, NIGHT
from sandbox import drops
from sandbox.truth import Record, build
from tests.portal.front import Front, Session, settled
from tests.portal.spawned import spawned
from tests.portal.submissions.conftest import INSURER


def picture(form: str = "JPEG", exif: bool = True) -> bytes:
    image = Image.new("RGB", (80, 40), "red")
    told = Image.Exif()
    told[0x010F] = "CAMERA-MAKER"
    out = io.BytesIO()
    image.save(out, form, **({"exif": told} if exif else {}))
    return out.getvalue()


@pytest.fixture(scope="module")
def service(office: Front, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The number of a service that was submitted."""
    clerk = office.session("office_own")
    rows: list[Record] = build(5, 0.01).feed(INSURER, "service_record", None, FIRST_NIGHT)
    rows = [row for row in rows if row["operation_code"] != "D"][:1]
    file = drops.write_file("csv_utf8", tmp_path_factory.mktemp("service"), "service_record", rows, NIGHT.date())
    answer = clerk.post(
        "/api/v1/submissions", params={"record_type": "service_record"}, data=file.read_bytes(),
        headers={"X-CSRF-Token": clerk.csrf},
    )  # fmt: skip
    verdict = settled(clerk, answer.json()["batch_id"])
    assert verdict["accepted_count"] == 1, clerk.get(verdict["links"]["findings"]).text  # type: ignore[index]
    return str(rows[0]["service_no"])


def add(clerk: Session, service_no: str, content: bytes, **more: str) -> object:
    asked = {"service_no": service_no, "file_name": "现场.jpg", **more}
    return clerk.post("/api/v1/evidence", params=asked, data=content, headers={"X-CSRF-Token": clerk.csrf})


def test_a_picture_is_shown_without_its_metadata(office: Front, clerk: Session, service: str) -> None:
    content = picture()
    assert b"CAMERA-MAKER" in content
    answer = add(clerk, service, content)
    assert answer.status_code == 201, answer.text  # type: ignore[attr-defined]
    (kept,) = answer.json()  # type: ignore[attr-defined]
    assert kept["media_type"] == "image/jpeg"
    shown = clerk.get(kept["links"]["content"])
    assert shown.headers["content-type"] == "image/jpeg"
    assert b"CAMERA-MAKER" not in shown.content
    assert Image.open(io.BytesIO(shown.content)).size == (80, 40)
    again = add(clerk, service, content).json()  # type: ignore[attr-defined]
    assert [each["evidence_id"] for each in again] == [kept["evidence_id"]]
    assert office.session("office_province").get(kept["links"]["content"]).status_code == 200
    assert office.session("office_other").get(kept["links"]["content"]).status_code == 404


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "MEDIA-TYPE"),
        (b"GIF89a", "MEDIA-TYPE"),
        (picture()[:60], "MEDIA-TYPE"),
    ],
)
def test_what_is_no_picture_is_refused_whatever_its_name(
    clerk: Session, service: str, content: bytes, code: str
) -> None:
    answer = add(clerk, service, content)
    assert answer.json()["code"] == code  # type: ignore[attr-defined]


def test_evidence_of_no_service_of_ones_own_is_refused(office: Front, service: str) -> None:
    assert add(office.session("office_other"), service, picture()).json()["code"] == "NOT-FOUND"  # type: ignore[attr-defined]
    assert add(office.session("office_own"), service, picture(), hazard_no="none").json()["code"] == "NOT-FOUND"  # type: ignore[attr-defined]


def test_the_page_lists_what_a_service_has(clerk: Session, service: str) -> None:
    add(clerk, service, picture("PNG", exif=False), file_name="b.png")
    assert "b.png" in clerk.get("/evidence", params={"service_no": service}).text


def test_a_file_that_finds_no_room_stops_no_other_and_each_is_told(
    office: Front, service: str, small_disk: pathlib.Path
) -> None:
    too_much = ("files", ("报告.pdf", b"%PDF-" + bytes(5 << 20)))
    first, last = (("files", (name, picture("PNG") + name.encode())) for name in ("先.png", "后.png"))
    places = {"ANZE_LANDING": str(small_disk / "landing"), "ANZE_PORTAL_FREE_MB": "0.001"}
    with spawned(office, **places) as small:
        clerk = small.front.session("office_own")
        address = f"/evidence?csrf_token={clerk.csrf}"

        def answer_to(*files: tuple[str, tuple[str, bytes]]) -> requests.Response:
            asked = requests.Request("POST", small.front.address, data={"service_no": service}, files=files).prepare()
            assert isinstance(asked.body, bytes)
            headers = {"Content-Type": asked.headers["Content-Type"]}
            return clerk.post(address, data=iter([asked.body]), headers=headers)  # no length is told beforehand

        some = answer_to(first, too_much, last)
        assert some.status_code == 200
        assert "报告.pdf: 平台存储空间不足" in some.text
        assert "先.png: " not in some.text
        assert all(f'alt="{name}"' in some.text for name in ("先.png", "后.png"))
        none = answer_to(too_much)
        assert none.status_code == 507
        assert none.headers["retry-after"]
