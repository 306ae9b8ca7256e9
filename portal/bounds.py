"""What one client may take of the portal: bytes, time, disk and requests. Each has a setting of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.errors import SetupError


@dataclass(frozen=True)
class Bounds:
    """Limits of this installation; ``least_bytes_per_second`` counts once ``patience_seconds`` have gone by."""

    #: ANZE_PORTAL_MAX_MB: of one upload.
    max_bytes: int = 300 << 20
    #: Of every body that is no upload.
    form_bytes: int = 64 << 10
    #: ANZE_PORTAL_PATIENCE: a client that sends nothing for so long is not waited for.
    patience_seconds: float = 60.0
    #: ANZE_PORTAL_LEAST_RATE: below a modem's, a client only holds a place.
    least_bytes_per_second: int = 1024
    #: ANZE_PORTAL_FREE_MB: what stays free on the disk beside what arrives.
    free_bytes: int = 256 << 20
    #: ANZE_PORTAL_ACCOUNT_PACE, ANZE_PORTAL_ADDRESS_PACE: requests a minute, far above what a person or a program needs.
    account_pace: int = 1200
    address_pace: int = 600


def bounds_of(environ: Mapping[str, str]) -> Bounds:
    """The limits that an environment sets. Raises SetupError for one that is no number above 0."""
    default = Bounds()
    return Bounds(
        max_bytes=int(_number(environ, "ANZE_PORTAL_MAX_MB", default.max_bytes / (1 << 20)) * (1 << 20)),
        patience_seconds=_number(environ, "ANZE_PORTAL_PATIENCE", default.patience_seconds),
        least_bytes_per_second=int(_number(environ, "ANZE_PORTAL_LEAST_RATE", default.least_bytes_per_second)),
        free_bytes=int(_number(environ, "ANZE_PORTAL_FREE_MB", default.free_bytes / (1 << 20)) * (1 << 20)),
        account_pace=int(_number(environ, "ANZE_PORTAL_ACCOUNT_PACE", default.account_pace)),
        address_pace=int(_number(environ, "ANZE_PORTAL_ADDRESS_PACE", default.address_pace)),
    )


def _number(environ: Mapping[str, str], name: str, default: float) -> float:
    text = environ.get(name, "") or str(default)
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0 < found < 1e9:
        raise SetupError(f"{name} is {text!r}: write a number above 0")
    return found
