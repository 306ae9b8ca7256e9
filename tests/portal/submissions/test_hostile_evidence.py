"""Evidence is what its content says, shown without what a camera adds, and never run."""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Iterator

import pytest
from PIL import Image

from tests.portal.front import Session
from tests.portal.pictures import picture
from tests.portal.stand import CALLERS, Stand

SERVICE = "R370203D11Ilichun"


@pytest.fixture(scope="module")
def giver(standing: Stand) -> Session:
    (caller,) = (each for each in CALLERS if each.name == "stand_a_rival")
    session = standing.session(caller)
    session.headers["Connection"] = "close"  # large pictures take longer to make than an idle connection is kept
    return session


def add(giver: Session, name: str, content: bytes, service_no: str = SERVICE) -> object:
    form = {"service_no": service_no}
    return giver.post(f"/evidence?csrf_token={giver.csrf}", data=form, files=[("files", (name, content))])


def newest(giver: Session) -> str:
    page = giver.get("/evidence", params={"service_no": SERVICE}).text
    return f"/evidence/{max(map(int, re.findall(r'/evidence/([0-9]+)', page)))}"


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def bomb(side: int) -> bytes:
    """A small PNG of many pixels."""
    pixels = zlib.compress(bytes(side // 8 + 1) * side, 9)
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def odd_pictures() -> Iterator[tuple[str, bytes]]:
    """Right pictures of rarer kinds."""
    for mode in ("1", "L", "LA", "P", "RGBA", "I;16"):
        written = io.BytesIO()
        Image.new(mode, (30, 20)).save(written, "PNG")
        yield mode, written.getvalue()
    written = io.BytesIO()
    Image.new("CMYK", (30, 20)).save(written, "JPEG")
    yield "CMYK", written.getvalue()


def test_a_picture_is_shown_without_its_place_and_camera(giver: Session) -> None:
    given = picture("JPEG", has_place=True)
    assert b"CANARY-CAMERA" in given
    assert add(giver, "现场.jpg", given).status_code == 200  # type: ignore[attr-defined]
    shown = giver.get(newest(giver))
    assert shown.headers["content-type"] == "image/jpeg"
    assert b"CANARY-CAMERA" not in shown.content
    with Image.open(io.BytesIO(shown.content)) as opened:
        assert not opened.getexif()
        assert opened.size == (40, 30)


def test_a_name_does_not_make_a_picture_another(giver: Session) -> None:
    assert add(giver, "现场.jpg", picture("PNG")).status_code == 200  # type: ignore[attr-defined]
    shown = giver.get(newest(giver))
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.content.startswith(b"\xff\xd8")


@pytest.mark.parametrize(
    ("mode", "content"), list(odd_pictures()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_pictures_of_every_kind_are_shown(giver: Session, mode: str, content: bytes) -> None:
    assert add(giver, "a.png", content).status_code == 200  # type: ignore[attr-defined]
    assert giver.get(newest(giver)).content.startswith(b"\xff\xd8"), mode


def test_what_else_is_in_a_picture_is_not_shown(giver: Session) -> None:
    """A picture that is a page, too, is a picture and nothing else."""
    polyglot = picture("JPEG") + b"<script>alert(1)</script>PK\x03\x04"
    assert add(giver, "a.html", polyglot).status_code == 200  # type: ignore[attr-defined]
    shown = giver.get(newest(giver))
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert b"<script>" not in shown.content


def test_a_document_is_saved_and_never_opened_in_the_page(giver: Session) -> None:
    document = b"%PDF-1.7\n1 0 obj <</OpenAction <</S /JavaScript /JS (app.alert(1))>> >> endobj\n%%EOF"
    assert add(giver, "报告.pdf", document).status_code == 200  # type: ignore[attr-defined]
    answer = giver.get(newest(giver))
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "script-src 'self'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'), ("a.jpg", b"<html><script>1</script>"), ("a.gif", picture("GIF")),
        ("a.png", picture("BMP")), ("a.png", picture("TIFF")), ("a.png", b""), ("a.png", b"\x89PNG\r\n\x1a\n"), ("a.jpg", picture("JPEG", (400, 400))[:300]),
        ("a.png", picture("PNG", (400, 400))[:-60]), ("a.pdf", b" %PDF-1.7"), ("a.jpg", b"PK\x03\x04"),
        ("a.jpg", b"\xff\xd8" + bytes(100)), ("a.png", b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(13))), ("a.jpg", bytes(11 << 20)),
    ],
    ids=lambda value: ascii(value[:12]),
)  # fmt: skip
def test_what_is_no_picture_or_document_is_refused_by_its_content(giver: Session, name: str, content: bytes) -> None:
    is_refused(giver, name, content)


@pytest.mark.parametrize("side", [8000, 60_000])
def test_a_picture_of_too_many_pixels_is_refused(giver: Session, side: int) -> None:
    is_refused(giver, "a.png", bomb(side))


def is_refused(giver: Session, name: str, content: bytes) -> None:
    before = giver.get("/evidence", params={"service_no": SERVICE}).text.count("/evidence/")
    answer = add(giver, name, content)
    assert answer.status_code in (413, 415)  # type: ignore[attr-defined]
    assert name in answer.text  # type: ignore[attr-defined]
    assert giver.get("/evidence", params={"service_no": SERVICE}).text.count("/evidence/") == before


def test_pictures_of_many_pixels_are_shown_in_bounded_size(giver: Session) -> None:
    assert add(giver, "a.png", bomb(7000)).status_code == 200  # type: ignore[attr-defined]
    with Image.open(io.BytesIO(giver.get(newest(giver)).content)) as opened:
        assert max(opened.size) <= 1600
