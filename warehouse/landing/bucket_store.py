"""The store in a bucket of an S3 server: objects are created and never put over, each with its SHA-256.

Account and place come by the usual names: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION,
AWS_ENDPOINT_URL, and AWS_VIRTUAL_HOSTED_STYLE_REQUEST=true for a server that wants the bucket in the host's name.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import hashlib
import mmap
import os
import pathlib
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from schemas.delivery import Payload, PayloadFile
from schemas.errors import HubError, LandingDamaged, LandingMissing, LandingUnreachable, SetupError
from warehouse.landing.bucket_probe import Account, require_trusted
from warehouse.landing.store import BLOCK_BYTES, BUCKET, Kept, blocks, digest, reading, require_same, unchanged

try:
    from obstore import exceptions
    from obstore.store import S3Store
except ImportError as missing:
    raise SetupError("a bucket needs the package obstore: install requirements/prod.txt") from missing

if TYPE_CHECKING:
    from obstore import PutMode
    from obstore.store import S3Config

CONNECT_SECONDS, REQUEST_SECONDS, RETRY_SECONDS, RETRIES = 5, 600, 30, 3
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_URL = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:/[A-Za-z0-9._-]+)*)/?")
_STATUS = re.compile(r"status code: (\d{3})")
_CODE = re.compile(r"<Code>(\w+)</Code>")
#: Answers of 4xx that pass by themselves.
_PASSING = (408, 425, 429)


@dataclass(frozen=True)
class BucketStore:
    """A ``Store`` of objects below ``s3://bucket/prefix``. It is probed before a process writes to it first."""

    account: Account
    client: S3Store = field(repr=False, compare=False)

    def prepare(self) -> None:
        """Probe the bucket."""
        require_trusted(self.account)

    def where(self, name: str = "") -> str:
        """The URL of a name."""
        return f"{self.account.url}/{name}".rstrip("/")

    def keep(self, payload: Payload | PayloadFile) -> Kept:
        """Keep one part of a delivery; a file is copied aside first, so that what is sent cannot change meanwhile."""
        if isinstance(payload, Payload):
            sha256 = hashlib.sha256(payload.content).hexdigest()
            return self._keep(Kept(sha256, len(payload.content)), payload.content)
        with _scratch() as copy:
            with reading(payload.path), unchanged(payload.path), payload.path.open("rb") as source:
                kept = digest(_copied(blocks(source), copy))
            with copy.open("rb") as file:
                if not kept.size_bytes:
                    return self._keep(kept, b"")
                with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
                    return self._keep(kept, mapped)

    def check(self, kept: Kept) -> None:
        """Read the object again."""
        require_same(digest(self._blocks(kept)), kept)

    def replaced(self, kept: Kept) -> str | None:
        """What stands under the key today, where that is not the receipted version."""
        if kept.version_id is None:
            return None
        try:
            version_id = self._version(kept.name)
        except LandingMissing:
            return (
                f"{self.where(kept.name)} 已被删除,仍按回执的版本读取 was deleted; the receipted version is still read"
            )
        if version_id == kept.version_id:
            return None
        return f"{self.where(kept.name)} 已被覆盖,仍按回执的版本读取 was put over; the receipted version is still read"

    @contextlib.contextmanager
    def lend(self, kept: Kept) -> Iterator[pathlib.Path]:
        """Lend a copy, which is gone afterwards."""
        with _scratch() as copy:
            require_same(digest(_copied(self._blocks(kept), copy)), kept)
            yield copy

    def create(self, name: str, content: bytes) -> bool:
        """Keep a document under a name that is new."""
        self.prepare()
        try:
            self._put(name, content, "create")
        except _Taken:
            return False
        return True

    def read(self, name: str) -> bytes:
        """Read a document."""
        with self._errors("read", name):
            return bytes(self.client.get(name).bytes())

    def names(self, prefix: str, after: str = "") -> Iterator[str]:
        """Names below a prefix, in their order."""
        with self._errors("read", prefix):
            for found in self.client.list(prefix.rstrip("/") or None, offset=after or None):
                yield from (each["path"] for each in found)

    def _keep(self, kept: Kept, content: bytes | mmap.mmap) -> Kept:
        """Create the object; bytes that are there are read, and put over only where they are others than their name says."""
        self.prepare()
        try:
            return Kept(kept.sha256, kept.size_bytes, self._put(kept.name, content, "create"))
        except _Taken:
            there = Kept(kept.sha256, kept.size_bytes, self._version(kept.name))
        try:
            self.check(there)
        except LandingDamaged:
            return Kept(kept.sha256, kept.size_bytes, self._put(kept.name, content, "overwrite"))
        return there

    def _put(self, name: str, content: bytes | mmap.mmap, mode: PutMode) -> str | None:
        """Put an object in one request; returns its version. Raises _Taken."""
        with self._errors("written", name):
            return self.client.put(name, content, mode=mode, use_multipart=False)["version"]

    def _version(self, name: str) -> str | None:
        with self._errors("read", name):
            return self.client.head(name)["version"]

    def _blocks(self, kept: Kept) -> Iterator[bytes]:
        """The receipted version; without one, or in a copy of the bucket, whose versions are others, what the key says."""
        with self._errors("read", kept.name):
            try:
                found = self.client.get(kept.name, options={"version": kept.version_id} if kept.version_id else None)
            except FileNotFoundError:
                if kept.version_id is None:
                    raise
                found = self.client.get(kept.name)
            for block in found.stream(min_chunk_size=BLOCK_BYTES):
                yield bytes(block)

    @contextlib.contextmanager
    def _errors(self, done: str, name: str) -> Iterator[None]:
        """Turn the client's errors into ours, each in one line, without what the server wrote at length.

        Raises RuntimeError in a process that was forked from one which used the client: its threads are not here, and it
        would wait for them for ever.
        """
        if _first_user() != os.getpid():
            raise RuntimeError("the client of buckets was used before this process was forked")
        shown = self.account.shown
        try:
            yield
        except FileNotFoundError as error:
            if done == "written" or "NoSuchBucket" in str(error):
                raise SetupError(f"{shown} cannot be {done}: there is no such bucket") from error
            raise LandingMissing(f"landed file {name.rpartition('/')[2][:12]} is not in {shown}") from error
        except exceptions.AlreadyExistsError as error:
            raise _Taken(name) from error
        except exceptions.BaseError as error:
            raise _told(f"{shown} cannot be {done}", str(error)) from error


@functools.cache
def _first_user() -> int:
    """The process that used the client first."""
    return os.getpid()


class _Taken(Exception):
    """Raised when an object of a name is there, from ``_put``."""


def open_bucket(url: str, environ: Mapping[str, str]) -> BucketStore:
    """Open the bucket of ``s3://bucket/prefix``; nothing is asked of it yet. Raises SetupError."""
    if not (match := _URL.fullmatch(url)):
        raise SetupError(f"ANZE_LANDING is {url}: write s3://bucket/prefix, of letters, digits, . _ and -")
    if missing := [name for name in KEYS if not environ.get(name)]:
        raise SetupError(f"{url} needs an account: set {' and '.join(missing)}")
    bucket, prefix = match[1], match[2]
    region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    endpoint = (environ.get("AWS_ENDPOINT_URL") or f"https://s3.{region}.amazonaws.com").rstrip("/")
    is_in_host = environ.get("AWS_VIRTUAL_HOSTED_STYLE_REQUEST", "").lower() == "true"
    key_id, secret = (environ[name] for name in KEYS)
    token = environ.get("AWS_SESSION_TOKEN") or None
    config: S3Config = {
        "endpoint": endpoint,
        "region": region,
        "access_key_id": key_id,
        "secret_access_key": secret,
        "checksum_algorithm": "SHA256",
        "virtual_hosted_style_request": is_in_host,
    }
    if token:
        config["session_token"] = token
    client = S3Store(
        bucket,
        prefix=prefix.strip("/") or None,
        config=config,
        client_options={
            "allow_http": True,
            "connect_timeout": dt.timedelta(seconds=CONNECT_SECONDS),
            "timeout": dt.timedelta(seconds=REQUEST_SECONDS),
        },
        retry_config={"max_retries": RETRIES, "retry_timeout": dt.timedelta(seconds=RETRY_SECONDS)},
    )
    address = endpoint if is_in_host else f"{endpoint}/{bucket}"
    return BucketStore(
        Account(f"{BUCKET}{bucket}{prefix}", f"{address}{prefix}", region, key_id, secret, token), client
    )


@contextlib.contextmanager
def _scratch() -> Iterator[pathlib.Path]:
    """A file to be, for as long as the context is open."""
    with tempfile.TemporaryDirectory(prefix="anze-landing-") as folder:
        yield pathlib.Path(folder) / "bytes"


def _copied(found: Iterator[bytes], target: pathlib.Path) -> Iterator[bytes]:
    """Hand on blocks that are written to a new file at the same time. Raises SetupError when its disk is full."""
    with target.open("wb", buffering=0) as file:
        for block in found:
            try:
                file.write(block)
            except OSError as error:
                raise SetupError(f"{tempfile.gettempdir()} cannot be written: {error.strerror}") from error
            yield block


def _told(what: str, said: str) -> HubError:
    """The error of an answer that is no refusal of what we asked: a person's affair, or one that may pass."""
    status, code = _STATUS.search(said), _CODE.search(said)
    if status is None:
        return LandingUnreachable(f"{what}: no answer")
    number, name = int(status[1]), code[1] if code else "no reason given"
    told = f"{what}: {name} (HTTP {number})"
    if number == 507:
        return SetupError(f"{told}: it is full")
    if number >= 500 or number in _PASSING:
        return LandingUnreachable(f"{told}: is it up, and has it room?")
    return SetupError(told)
