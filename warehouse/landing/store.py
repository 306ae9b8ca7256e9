"""The landing store: immutable bytes under their SHA-256, and small documents under names, in a folder or in a bucket.

    ab/cd/<sha256>                        what arrived
    receipts/000000/000000000123.json     what a receipt says: ``manifests``

Both hold the same names, so that one is copied into the other as it stands.
"""

from __future__ import annotations

import contextlib
import hashlib
import pathlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from schemas.delivery import Payload, PayloadFile
from schemas.errors import FileChanging, LandingDamaged, SetupError

BLOCK_BYTES = 1 << 20
BUCKET = "s3://"


@dataclass(frozen=True)
class Kept:
    """Bytes in the store: their digest, how many they are, and the object's version where a bucket keeps versions."""

    sha256: str
    size_bytes: int
    version_id: str | None = None

    @property
    def name(self) -> str:
        """Where they stand in the store."""
        return f"{self.sha256[:2]}/{self.sha256[2:4]}/{self.sha256}"


class Store(Protocol):
    """Where landed bytes stand. Nothing in it is ever changed, and what is kept is durable when the call returns.

    Every call raises SetupError (full disk, no rights, no such bucket) or, where it may pass by itself, LandingUnreachable.
    """

    def prepare(self) -> None:
        """Make it fit to be written to: rights of a folder; a bucket is probed."""

    def keep(self, payload: Payload | PayloadFile) -> Kept:
        """Keep one part of a delivery under its digest. Raises FileChanging when its file changes meanwhile."""

    def lend(self, kept: Kept) -> contextlib.AbstractContextManager[pathlib.Path]:
        """Lend a file that holds the bytes, checked, to be read only while the context is open.

        Raises LandingMissing, LandingDamaged.
        """

    def check(self, kept: Kept) -> None:
        """Check the bytes against their digest, without holding them in memory. Raises LandingMissing, LandingDamaged."""

    def replaced(self, kept: Kept) -> str | None:
        """How somebody laid other bytes, or nothing, over an object whose receipted version is still read; else None."""

    def create(self, name: str, content: bytes) -> bool:
        """Keep a document under a name that is new; False, and nothing is changed, where the name is taken."""

    def read(self, name: str) -> bytes:
        """Read a document. Raises LandingMissing."""

    def names(self, prefix: str, after: str = "") -> Iterator[str]:
        """Names that begin with a prefix (a folder, with its slash), in their order, those behind ``after``."""

    def where(self, name: str = "") -> str:
        """How a person finds a name: a path or a URL."""


def open_store(landing: str, environ: Mapping[str, str]) -> Store:
    """Open the store that ``ANZE_LANDING`` names: a folder, or ``s3://bucket/prefix``. Raises SetupError."""
    if landing.startswith(BUCKET):
        from warehouse.landing.bucket_store import open_bucket

        return open_bucket(landing, environ)
    if "://" in landing:
        raise SetupError(f"ANZE_LANDING is {landing}: a folder, or s3://bucket/prefix")
    from warehouse.landing.folder_store import FolderStore

    return FolderStore(pathlib.Path(landing))


def digest_of(payload: Payload | PayloadFile) -> str:
    """SHA-256 of a part that may not be kept yet. Raises FileChanging when its file is gone, SetupError."""
    if isinstance(payload, Payload):
        return hashlib.sha256(payload.content).hexdigest()
    with reading(payload.path):
        return measure(payload.path).sha256


def measure(path: pathlib.Path) -> Kept:
    """Digest and size of a file, read in blocks. Raises OSError."""
    with path.open("rb") as file:
        return digest(blocks(file))


def digest(found: Iterable[bytes]) -> Kept:
    """Digest and size of what comes in blocks."""
    hashed, size = hashlib.sha256(), 0
    for block in found:
        hashed.update(block)
        size += len(block)
    return Kept(hashed.hexdigest(), size)


def blocks(file: BinaryIO) -> Iterator[bytes]:
    """What a file still holds, in blocks."""
    while block := file.read(BLOCK_BYTES):
        yield block


def require_same(found: Kept, wanted: Kept) -> None:
    """Raise LandingDamaged where bytes are not those of their receipt."""
    if (found.sha256, found.size_bytes) != (wanted.sha256, wanted.size_bytes):
        raise LandingDamaged(f"landed file {wanted.sha256[:12]} no longer matches its digest")


@contextlib.contextmanager
def reading(path: pathlib.Path) -> Iterator[None]:
    """Reading of a file that somebody hands in. Raises FileChanging when it is gone, SetupError when it cannot be read."""
    try:
        yield
    except FileNotFoundError as error:
        raise FileChanging(f"{path.name!a} was moved away") from error
    except OSError as error:
        raise SetupError(f"{path.name!a} cannot be read: {error.strerror}") from error


@contextlib.contextmanager
def unchanged(path: pathlib.Path) -> Iterator[None]:
    """Raise FileChanging when a file is written to meanwhile."""
    before = _mark(path)
    yield
    if before != _mark(path):
        raise FileChanging(f"{path.name!a} is still being written")


def _mark(path: pathlib.Path) -> tuple[int, int, int]:
    """What changes when somebody writes a file: size, time of change, and which file it is."""
    found = path.stat()
    return found.st_size, found.st_mtime_ns, found.st_ino
