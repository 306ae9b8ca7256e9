"""The oracle's own reader of landed bytes, from a folder or from a bucket."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
from collections.abc import Callable, Mapping
from pathlib import Path

Read = Callable[[str, str | None], bytes]
"""The bytes of a digest, of the version that the receipt names. Raises OSError when they are not there or cannot be had."""


def reader(landing: str, environ: Mapping[str, str]) -> Read:
    """A reader of ``ANZE_LANDING``: a folder, or ``s3://bucket/prefix`` with the usual AWS names in ``environ``."""
    if landing.startswith("s3://"):
        return _of_bucket(landing.removeprefix("s3://"), environ)
    root = Path(landing)
    return lambda sha256, _version_id: (root / _name(sha256)).read_bytes()


def _name(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _of_bucket(place: str, environ: Mapping[str, str]) -> Read:
    from obstore import exceptions
    from obstore.store import S3Store

    bucket, _, prefix = place.partition("/")
    names = (
        "ACCESS_KEY_ID",
        "SECRET_ACCESS_KEY",
        "SESSION_TOKEN",
        "REGION",
        "DEFAULT_REGION",
        "VIRTUAL_HOSTED_STYLE_REQUEST",
    )
    config = {f"aws_{name.lower()}": value for name in names if (value := environ.get(f"AWS_{name}"))}
    if endpoint := environ.get("AWS_ENDPOINT_URL"):
        config["aws_endpoint"] = endpoint
    store = S3Store(
        bucket,
        prefix=prefix.strip("/") or None,
        config=config,  # type: ignore[arg-type]  # names as its documentation has them
        client_options={"allow_http": True, "timeout": dt.timedelta(minutes=10)},
        retry_config={"max_retries": 3},
    )

    def read(sha256: str, version_id: str | None) -> bytes:
        try:
            if version_id is not None:
                with contextlib.suppress(FileNotFoundError):  # a copy of the bucket has other versions
                    return bytes(store.get(_name(sha256), options={"version": version_id}).bytes())
            return bytes(store.get(_name(sha256)).bytes())
        except exceptions.BaseError as error:
            raise OSError(errno.EIO, type(error).__name__) from error

    return read
