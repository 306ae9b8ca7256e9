"""The store, content-addressed: immutable files under their SHA-256, written durably and without holding a file in memory."""

from __future__ import annotations

import hashlib
import os
import pathlib
import stat
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from schemas.delivery import Payload, PayloadFile
from schemas.errors import FileChanging, SetupError

BLOCK_BYTES = 1 << 20
#: Landed bytes are personal and are evidence: their owner and a group read them, nobody writes, others see nothing.
FILE_MODE, FOLDER_MODE = 0o440, 0o750
UNFINISHED = ".landing-"


@dataclass(frozen=True)
class Kept:
    """Bytes in the store: their digest and how many they are."""

    sha256: str
    size_bytes: int


@dataclass(frozen=True)
class Store:
    """Immutable files under ``root``: root/ab/cd/<sha256>, 0440 in folders of 0750 whatever the umask."""

    root: pathlib.Path

    def restrict(self) -> int:
        """Give what stands there its rights, too, and say how many files and folders had others. Raises SetupError."""
        changed = 0
        try:
            for name, _, names in os.walk(self.root):
                folder = pathlib.Path(name)
                changed += _restrict(folder, FOLDER_MODE) + sum(_restrict(folder / n, FILE_MODE) for n in names)
        except OSError as error:
            raise SetupError(f"rights of {error.filename} cannot be set: {error.strerror}") from error
        return changed

    def path(self, sha256: str) -> pathlib.Path:
        """Where the bytes of a digest stand."""
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def keep(self, payload: Payload | PayloadFile) -> Kept:
        """Keep one part of a delivery. Raises as ``write`` and ``write_file`` do."""
        if isinstance(payload, PayloadFile):
            return self.write_file(payload.path)
        return Kept(self.write(payload.content), len(payload.content))

    def write(self, content: bytes) -> str:
        """Keep bytes, durably, and return their digest. Raises SetupError: full disk, no permission."""
        sha256 = hashlib.sha256(content).hexdigest()
        self._keep(sha256, [content])
        return sha256

    def write_file(self, path: pathlib.Path) -> Kept:
        """Keep a file's bytes, durably, in blocks. Raises FileChanging when it changes meanwhile, SetupError."""
        try:
            with path.open("rb") as file:
                before = _mark(path)
                kept = _digest(_blocks(file))
                file.seek(0)
                self._keep(kept.sha256, _blocks(file))
                if before != _mark(path) or before[0] != kept.size_bytes:
                    raise FileChanging(f"{path.name!a} is still being written")
        except FileNotFoundError as error:
            raise FileChanging(f"{path.name!a} was moved away") from error
        except OSError as error:
            raise SetupError(f"{path.name!a} cannot be read: {error.strerror}") from error
        return kept

    def _keep(self, sha256: str, blocks: Iterable[bytes]) -> None:
        target = self.path(sha256)
        try:
            if not _is_intact(target, sha256):
                _write_durably(target, blocks)
            else:
                _sync_folders(target.parent, self.root)
        except OSError as error:
            raise SetupError(f"landing folder {self.root} cannot be written: {error.strerror}") from error


def digest_of(payload: Payload | PayloadFile) -> str:
    """SHA-256 of a part that may not be kept yet. Raises FileChanging when its file is gone, SetupError."""
    if isinstance(payload, Payload):
        return hashlib.sha256(payload.content).hexdigest()
    try:
        return measure(payload.path).sha256
    except FileNotFoundError as error:
        raise FileChanging(f"{payload.path.name!a} was moved away") from error
    except OSError as error:
        raise SetupError(f"{payload.path.name!a} cannot be read: {error.strerror}") from error


def measure(path: pathlib.Path) -> Kept:
    """Digest and size of a file, read in blocks. Raises OSError."""
    with path.open("rb") as file:
        return _digest(_blocks(file))


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    while block := file.read(BLOCK_BYTES):
        yield block


def _digest(blocks: Iterable[bytes]) -> Kept:
    digest, size = hashlib.sha256(), 0
    for block in blocks:
        digest.update(block)
        size += len(block)
    return Kept(digest.hexdigest(), size)


def _mark(path: pathlib.Path) -> tuple[int, int, int]:
    """What changes when somebody writes a file: size, time of change, and which file it is."""
    found = path.stat()
    return found.st_size, found.st_mtime_ns, found.st_ino


def _is_intact(target: pathlib.Path, sha256: str) -> bool:
    if not target.exists():
        return False
    return measure(target).sha256 == sha256


def _write_durably(target: pathlib.Path, blocks: Iterable[bytes]) -> None:
    """Write beside the target, fsync, rename over it and fsync the folders: never half a file under the name.

    Raises FileChanging when the bytes are not those of the target's name.
    """
    _make_folder(target.parent)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=UNFINISHED)
    partial = pathlib.Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            _copy(blocks, file, target.name)
            file.flush()
            os.fchmod(file.fileno(), FILE_MODE)
            os.fsync(file.fileno())
        partial.rename(target)
    except (OSError, FileChanging):
        partial.unlink(missing_ok=True)
        raise
    _sync_folders(target.parent, target.parents[2])


def _make_folder(folder: pathlib.Path) -> None:
    """Make a folder and those above it; each that is new is closed to others before anything stands in it."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    try:
        folder.mkdir(mode=FOLDER_MODE)
    except FileExistsError:
        return  # another loader was faster
    folder.chmod(FOLDER_MODE)


def _restrict(path: pathlib.Path, mode: int) -> bool:
    """Give a file or folder its rights; links, and what is being written, are left alone."""
    if path.is_symlink() or path.name.startswith(UNFINISHED) or stat.S_IMODE(path.stat().st_mode) == mode:
        return False
    path.chmod(mode)
    return True


def _copy(blocks: Iterable[bytes], file: BinaryIO, sha256: str) -> None:
    found = hashlib.sha256()
    for block in blocks:
        file.write(block)
        found.update(block)
    if found.hexdigest() != sha256:
        raise FileChanging("a file changed while it was copied; somebody still writes it")


def _sync_folders(folder: pathlib.Path, root: pathlib.Path) -> None:
    """Fsync a folder and those above it up to ``root``: a new name in each of them must be durable."""
    for each in (folder, *folder.parents):
        descriptor = os.open(each, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if each == root:
            return
