"""Files that arrive: streamed to disk under a limit, with their digest, before anything else is done with them."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import hashlib
import os
import pathlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from portal.asking import door
from portal.problems import Problem

MAX_FILES, MAX_FIELDS = 20, 40
#: Of the form around the files.
FORM_BYTES = 1 << 20
#: A client that sends nothing for so long is not waited for.
PATIENCE_SECONDS = 60.0
#: What must stay free on the disk beside what arrives.
FLOOR_BYTES = 256 << 20
_FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True)
class Arrived:
    """A file that arrived, in a folder of this request: its name as its sender calls it, size and digest."""

    name: str
    path: pathlib.Path
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class Form:
    """A form: its texts by name, and its files in their order."""

    texts: Mapping[str, str]
    files: tuple[Arrived, ...]


@contextlib.asynccontextmanager
async def form_of(request: Request) -> AsyncIterator[Form]:
    """The form that a request sends; its files go when the block ends.

    Raises Problem TOO-LARGE, TOO-SLOW, NO-ROOM, REQUEST-INVALID.
    """
    with _folder_of(request) as folder:
        form = await _parsed(request)
        try:
            texts = {name: value for name, value in form.multi_items() if isinstance(value, str)}
            files = [value for _, value in form.multi_items() if isinstance(value, UploadFile) and value.filename]
            arrived = [
                await run_in_threadpool(_keep, file.file, file.filename or "", folder / f"{number}")
                for number, file in enumerate(files)
            ]
        finally:
            await form.close()
        yield Form(texts, tuple(arrived))


@contextlib.asynccontextmanager
async def body_of(request: Request, name: str) -> AsyncIterator[Arrived]:
    """The body of a request as one file. Raises as ``form_of`` does."""
    with _folder_of(request) as folder:
        path, digest, size = folder / "0", hashlib.sha256(), 0
        with _room(), path.open("wb") as file:
            async for chunk in limited(request):
                digest.update(chunk)
                size += len(chunk)
                await run_in_threadpool(file.write, chunk)
        yield Arrived(name, path, size, digest.hexdigest())


async def limited(request: Request) -> AsyncIterator[bytes]:
    """The body of a request, chunk by chunk, under the limits of size, time and disk."""
    limit = door(request).max_bytes
    told = request.headers.get("content-length", "")
    if told.isdigit() and int(told) > limit + FORM_BYTES:
        raise _too_large(limit)
    _require_room(request, int(told) if told.isdigit() else 0)
    size, chunks = 0, request.stream()
    while True:
        try:
            chunk = await asyncio.wait_for(anext(chunks, None), PATIENCE_SECONDS)
        except TimeoutError:
            raise Problem("TOO-SLOW") from None
        if chunk is None:
            return
        size += len(chunk)
        if size > limit + FORM_BYTES:
            raise _too_large(limit)
        yield chunk


async def _parsed(request: Request) -> FormData:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Problem("MEDIA-TYPE", "multipart/form-data")
    stream = limited(request)
    parser = MultiPartParser(request.headers, stream, max_files=MAX_FILES, max_fields=MAX_FIELDS)  # type: ignore[arg-type]
    try:
        with _room():
            return await parser.parse()
    except MultiPartException as error:
        raise Problem("REQUEST-INVALID", error.message) from None


def _keep(file: BinaryIO, name: str, path: pathlib.Path) -> Arrived:
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    with _room(), path.open("wb") as kept:
        while block := file.read(1 << 20):
            digest.update(block)
            size += len(block)
            kept.write(block)
    return Arrived(pathlib.PurePosixPath(name.replace("\\", "/")).name, path, size, digest.hexdigest())


@contextlib.contextmanager
def _folder_of(request: Request) -> Iterator[pathlib.Path]:
    root = uploads(door(request).hub.settings.var_folder)
    with _room(), tempfile.TemporaryDirectory(dir=root, ignore_cleanup_errors=True) as name:
        yield pathlib.Path(name)


def uploads(var_folder: pathlib.Path) -> pathlib.Path:
    """Where files stand while they arrive: on the disk of the installation, closed to others."""
    folder = var_folder / "uploads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def empty(var_folder: pathlib.Path) -> None:
    """Remove what an earlier process left there."""
    for left in uploads(var_folder).iterdir():
        shutil.rmtree(left, ignore_errors=True)


def _require_room(request: Request, coming: int) -> None:
    """Refuse before the disk is full: what arrives is written twice, while it arrives and when it lands."""
    settings = door(request).hub.settings
    for folder in (uploads(settings.var_folder), settings.landing_folder):
        here = folder if folder.exists() else folder.parent
        if shutil.disk_usage(here).free < FLOOR_BYTES + 2 * coming:
            raise Problem("NO-ROOM", retry_after=600)


@contextlib.contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise Problem("NO-ROOM", retry_after=600) from error
        raise


def _too_large(limit: int) -> Problem:
    return Problem(
        "TOO-LARGE", f"上限 {limit >> 20} MB,请分成几个文件报送 at most {limit >> 20} MB a file", limit_bytes=limit
    )


def spool_here(var_folder: pathlib.Path) -> None:
    """Let the form's parser spool on the installation's disk, not on the machine's."""
    os.environ["TMPDIR"] = tempfile.tempdir = str(uploads(var_folder))
