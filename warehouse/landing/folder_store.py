"""The store in a folder: written durably and without holding a file in memory, closed to others."""

from __future__ import annotations

import contextlib
import hashlib
import os
import pathlib
import stat
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from schemas.delivery import Payload, PayloadFile
from schemas.errors import FileChanging, LandingMissing, SetupError
from warehouse.landing.store import Kept, blocks, digest, measure, reading, require_same, unchanged

#: Landed bytes are personal and are evidence: their owner and a group read them, nobody writes, others see nothing.
FILE_MODE, FOLDER_MODE = 0o440, 0o750
UNFINISHED = ".landing-"


@dataclass(frozen=True)
class FolderStore:
    """A ``Store`` of immutable files under ``root``, 0440 in folders of 0750 whatever the umask."""

    root: pathlib.Path

    def prepare(self) -> None:
        """Give what stands there its rights."""
        self.restrict()

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
        return self.root / Kept(sha256, 0).name

    def where(self, name: str = "") -> str:
        """The path of a name."""
        return str(self.root / name)

    def keep(self, payload: Payload | PayloadFile) -> Kept:
        """Keep one part of a delivery under its digest, durably, a file in blocks."""
        if isinstance(payload, PayloadFile):
            return self.write_file(payload.path)
        return Kept(self.write(payload.content), len(payload.content))

    def write(self, content: bytes) -> str:
        """Keep bytes, and return their digest."""
        sha256 = hashlib.sha256(content).hexdigest()
        self._keep(sha256, [content])
        return sha256

    def write_file(self, path: pathlib.Path) -> Kept:
        """Keep a file's bytes."""
        with reading(path), unchanged(path), path.open("rb") as file:
            kept = digest(blocks(file))
            file.seek(0)
            self._keep(kept.sha256, blocks(file))
        return kept

    def check(self, kept: Kept) -> None:
        """Read the file again."""
        with self._reading(kept.name):
            require_same(measure(self.path(kept.sha256)), kept)

    def replaced(self, kept: Kept) -> None:  # noqa: ARG002 - a folder keeps no versions
        """Nothing: a file that was replaced is damaged."""
        return

    @contextlib.contextmanager
    def lend(self, kept: Kept) -> Iterator[pathlib.Path]:
        """Lend the file itself."""
        self.check(kept)
        yield self.path(kept.sha256)

    def create(self, name: str, content: bytes) -> bool:
        """Keep a document under a name that is new."""
        target = self.root / name
        with self._writing():
            with _written_beside(target, [content]) as (partial, _):
                try:
                    target.hardlink_to(partial)
                except FileExistsError:
                    return False
                finally:
                    partial.unlink()
            _sync_folders(target.parent, self.root)
        return True

    def read(self, name: str) -> bytes:
        """Read a document."""
        with self._reading(name):
            return (self.root / name).read_bytes()

    def names(self, prefix: str, after: str = "") -> Iterator[str]:
        """Names below a folder, in their order."""
        folder = self.root / prefix
        with self._reading(prefix):
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name) if folder.is_dir() else []
        for entry in entries:
            name = f"{prefix}{entry.name}"
            if entry.is_dir():
                if f"{name}/" >= after[: len(name) + 1]:
                    yield from self.names(f"{name}/", after)
            elif name > after and not entry.name.startswith(UNFINISHED):
                yield name

    def _keep(self, sha256: str, content: Iterable[bytes]) -> None:
        target = self.path(sha256)
        with self._writing():
            if not _is_intact(target, sha256):
                _write_durably(target, content)
            _sync_folders(target.parent, self.root)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise SetupError(f"landing folder {self.root} cannot be written: {error.strerror}") from error

    @contextlib.contextmanager
    def _reading(self, name: str) -> Iterator[None]:
        """Raise LandingMissing for what is not there, and SetupError for what is there and cannot be read."""
        told = f"landed file {pathlib.PurePath(name).name[:12]}"
        try:
            yield
        except (FileNotFoundError, NotADirectoryError) as error:
            raise LandingMissing(f"{told} is not in landing folder {self.root}") from error
        except OSError as error:
            raise SetupError(f"{told} cannot be read in landing folder {self.root}: {error.strerror}") from error


def _is_intact(target: pathlib.Path, sha256: str) -> bool:
    if not target.exists():
        return False
    return measure(target).sha256 == sha256


def _write_durably(target: pathlib.Path, content: Iterable[bytes]) -> None:
    """Write beside the target, fsync and rename over it: never half a file under the name.

    Raises FileChanging when the bytes are not those of the target's name.
    """
    with _written_beside(target, content) as (partial, sha256):
        if sha256 != target.name:
            raise FileChanging("a file changed while it was copied; somebody still writes it")
        partial.rename(target)


@contextlib.contextmanager
def _written_beside(target: pathlib.Path, content: Iterable[bytes]) -> Iterator[tuple[pathlib.Path, str]]:
    """A file beside the target that holds the content durably, and its digest; what fails leaves none."""
    _make_folder(target.parent)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=UNFINISHED)
    partial = pathlib.Path(name)
    try:
        hashed = hashlib.sha256()
        with os.fdopen(handle, "wb") as file:
            for block in content:
                file.write(block)
                hashed.update(block)
            file.flush()
            os.fchmod(file.fileno(), FILE_MODE)
            os.fsync(file.fileno())
        yield partial, hashed.hexdigest()
    except (OSError, FileChanging):
        partial.unlink(missing_ok=True)
        raise


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
