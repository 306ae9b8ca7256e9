"""Files that arrive: streamed to disk under a limit, with their digest, before anything else is done with them."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import logging
import os
import pathlib
import shutil
import tempfile
import time
import unicodedata
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from fastapi import Request
from python_multipart.multipart import parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from portal.asking import door
from portal.problems import Problem

logger = logging.getLogger(__name__)
MAX_FILES, MAX_FIELDS = 20, 40
#: What nobody wrote to for so long is nobody's any more.
LEFT_SECONDS = 900
OF_A_REQUEST = "request-"
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

    Raises Problem MEDIA-TYPE, TOO-LARGE, TOO-SLOW, NO-ROOM, REQUEST-INVALID.
    """
    with _folder_of(request) as folder:
        form = await _parsed(request)
        try:
            texts = _texts(form)
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
            async for chunk in chunks(request):
                digest.update(chunk)
                size += len(chunk)
                await run_in_threadpool(file.write, chunk)
        yield Arrived(shown_name(name), path, size, digest.hexdigest())


async def chunks(request: Request) -> AsyncGenerator[bytes]:
    """The body of a request, chunk by chunk, under the bounds of the portal, while the disk has room."""
    told = request.headers.get("content-length", "")
    _require_room(request, int(told) if told.isdigit() else 0)
    async with contextlib.aclosing(request.stream()) as stream:
        async for chunk in stream:
            yield chunk


async def _parsed(request: Request) -> FormData:
    media_type, said = parse_options_header(request.headers.get("content-type"))
    if media_type != b"multipart/form-data":
        raise Problem("MEDIA-TYPE", "multipart/form-data")
    if said.get(b"charset", b"utf-8").lower() != b"utf-8":
        raise Problem("REQUEST-INVALID", "charset: utf-8")
    async with contextlib.aclosing(chunks(request)) as stream:
        parser = _Parser(request.headers, stream, max_files=MAX_FILES, max_fields=MAX_FIELDS)
        try:
            with _room():
                form = await parser.parse()
        except MultiPartException as error:
            raise Problem("REQUEST-INVALID", error.message) from None
    if not parser.is_complete:
        parser.close()
        raise Problem("REQUEST-INVALID", "表单不完整,请重新上传 the form was cut off: send it again")
    return form


class _Parser(MultiPartParser):
    """The form's parser; ``is_complete``: it saw the form's end."""

    is_complete = False

    def on_end(self) -> None:
        self.is_complete = True

    def close(self) -> None:
        """Give back the files that it opened."""
        for file in self._files_to_close_on_error:
            file.close()


def _texts(form: FormData) -> dict[str, str]:
    """What is said beside the files; what is said twice is not chosen from. Raises Problem REQUEST-INVALID."""
    texts: dict[str, str] = {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            continue
        if "\0" in value or value != texts.setdefault(name, value):
            raise Problem("REQUEST-INVALID", f"{name[:40]!a}: 含有无效字符或重复填写 NUL, or given twice")
    return texts


def shown_name(name: str) -> str:
    """A file's name as people may be shown it: without folders; what hides or turns text is seen as U+FFFD."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return "".join("\ufffd" if unicodedata.category(sign) in ("Cc", "Cf", "Cs") else sign for sign in last)


def _keep(file: BinaryIO, name: str, path: pathlib.Path) -> Arrived:
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    with _room(), path.open("wb") as kept:
        while block := file.read(1 << 20):
            digest.update(block)
            size += len(block)
            kept.write(block)
    return Arrived(shown_name(name), path, size, digest.hexdigest())


@contextlib.contextmanager
def _folder_of(request: Request) -> Iterator[pathlib.Path]:
    with _room():
        root = uploads(door(request).hub.settings.var_folder)
        folder = tempfile.TemporaryDirectory(dir=root, prefix=OF_A_REQUEST, ignore_cleanup_errors=True)
    with folder as name:
        yield pathlib.Path(name)


def uploads(var_folder: pathlib.Path) -> pathlib.Path:
    """Where files stand while they arrive: on the disk of the installation, closed to others."""
    folder = var_folder / "uploads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def empty(var_folder: pathlib.Path) -> None:
    """Remove what an earlier process left there; what was written to just now may be another's, which still runs."""
    for left in uploads(var_folder).glob(f"{OF_A_REQUEST}*"):
        newest = max((file.stat().st_mtime for file in (left, *left.rglob("*"))), default=0.0)
        if newest < time.time() - LEFT_SECONDS:
            shutil.rmtree(left, ignore_errors=True)


def _require_room(request: Request, coming: int) -> None:
    """Refuse before the disk is full: what arrives is written twice, while it arrives and when it lands."""
    settings, floor = door(request).hub.settings, door(request).bounds.free_bytes
    for folder in filter(None, (uploads(settings.var_folder), settings.landing_folder)):
        here = folder if folder.exists() else folder.parent
        if shutil.disk_usage(here).free < floor + 2 * coming:
            raise Problem("NO-ROOM", retry_after=600)


@contextlib.contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise Problem("NO-ROOM", retry_after=600) from error
        logger.exception("what arrives cannot be kept")
        raise Problem("NOT-NOW", retry_after=60) from error


def spool_here(var_folder: pathlib.Path) -> None:
    """Let the form's parser spool on the installation's disk, not on the machine's."""
    os.environ["TMPDIR"] = tempfile.tempdir = str(uploads(var_folder))
