"""Evidence (影像资料) of services and hazards: pictures and documents, by content, kept by their SHA-256.

What a file is, its content says, never its name. A picture is shown re-encoded: without position, camera or comments; the
original stays as it came.
"""

from __future__ import annotations

import datetime as dt
import io
import pathlib
import struct
import threading
from dataclasses import dataclass

import sqlalchemy as sa
from PIL import Image, ImageOps, UnidentifiedImageError

from portal.door import Door
from portal.person import Person
from portal.problems import Problem
from portal.sql_text import statement
from portal.submissions.receiving import Arrived
from schemas.delivery import PayloadFile
from warehouse.database.engine import database_errors

MOST_BYTES, MOST_PIXELS, MOST_FILES = 10 << 20, 50_000_000, 50
#: The longest edge of a picture as it is shown.
SHOWN_PIXELS = 1600
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
#: A picture takes up to half a gigabyte while it is decoded.
_one_at_once = threading.Lock()
_FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png"}
PDF = "application/pdf"


@dataclass(frozen=True)
class Evidence:
    """A picture or document of a service; ``hazard_no`` None = of the whole service."""

    evidence_id: int
    insurer_id: str
    service_no: str
    hazard_no: str | None
    sha256: str
    size_bytes: int
    media_type: str
    file_name: str
    added_by: str
    added_at: dt.datetime

    @property
    def is_picture(self) -> bool:
        """Whether it is shown as a picture."""
        return self.media_type != PDF


def add(door: Door, person: Person, service_no: str, hazard_no: str | None, file: Arrived) -> None:
    """Keep a file as evidence of an insurer's own service. Raises Problem NOT-FOUND, TOO-LARGE, MEDIA-TYPE, HubError."""
    with door.reading_as(person) as connection:
        values = {"insurer_id": person.insurer_id, "service_no": service_no, "hazard_no": hazard_no}
        service = connection.execute(statement("submissions/service"), values).one_or_none()
    if service is None or not service.has_hazard:
        raise Problem(
            "NOT-FOUND", "没有这个服务编号或隐患编号,请先报送服务记录 no such service or hazard: submit it first"
        )
    media_type = media_type_of(file)
    kept = door.hub.store.keep(PayloadFile(file.name, media_type, file.path))
    added = values | {
        "sha256": kept.sha256, "size_bytes": kept.size_bytes, "media_type": media_type, "file_name": file.name[:200],
        "added_by": person.login,
    }  # fmt: skip
    with database_errors("keeping evidence"), door.hub.engine.begin() as connection:
        connection.execute(statement("submissions/add_evidence"), added)


def listed(
    connection: sa.Connection, *, evidence_id: int | None = None, insurer_id: str | None = None,
    service_no: str | None = None,
) -> list[Evidence]:  # fmt: skip
    """Evidence that the caller may see: one, or all of a service."""
    values = {"evidence_id": evidence_id, "insurer_id": insurer_id, "service_no": service_no, "row_limit": 500}
    return [Evidence(**row._asdict()) for row in connection.execute(statement("submissions/evidence"), values)]


def media_type_of(file: Arrived) -> str:
    """What a file's content is. Raises Problem TOO-LARGE, MEDIA-TYPE."""
    if file.size_bytes > MOST_BYTES:
        raise Problem("TOO-LARGE", f"每份不超过 {MOST_BYTES >> 20} MB at most")
    with file.path.open("rb") as opened:
        if opened.read(5) == b"%PDF-":
            return PDF
    try:
        with _opened(file.path) as picture:
            found = _FORMATS.get(picture.format or "")
        shown(file.path)  # what cannot be shown to the end is refused now, not when somebody looks
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, struct.error, *_BOMBS):
        found = None
    if found is None:
        raise Problem("MEDIA-TYPE", "只收 JPEG、PNG、PDF,以内容为准 JPEG, PNG and PDF only, told by content")
    return found


def shown(path: pathlib.Path) -> bytes:
    """A picture as it is shown: a JPEG, upright, at most ``SHOWN_PIXELS`` wide and high, without metadata."""
    with _one_at_once, _opened(path) as picture:
        picture.draft("RGB", (SHOWN_PIXELS, SHOWN_PIXELS))
        picture.thumbnail((SHOWN_PIXELS, SHOWN_PIXELS))
        upright = ImageOps.exif_transpose(picture).convert("RGB")
    bare = Image.frombytes(upright.mode, upright.size, upright.tobytes())
    written = io.BytesIO()
    bare.save(written, "JPEG", quality=85)
    return written.getvalue()


def _opened(path: pathlib.Path) -> Image.Image:
    """A picture of an allowed format and size, not decoded yet. Raises what Pillow raises, and ValueError."""
    picture = Image.open(path, formats=[*_FORMATS])
    if picture.width * picture.height > MOST_PIXELS:
        picture.close()
        raise ValueError("too many pixels")
    return picture
