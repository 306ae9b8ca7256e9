"""What crosses from a source into landing: bytes, what their sender declared of them, and who may fetch."""

from __future__ import annotations

import datetime as dt
import pathlib
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

Channel = Literal["api", "drop", "submit", "register"]


@dataclass(frozen=True)
class Window:
    """A half-open interval of source time [since, until), both with a zone; ``since`` None = from the beginning."""

    since: dt.datetime | None
    until: dt.datetime


@dataclass(frozen=True)
class Payload:
    """Bytes exactly as they arrived: an API page or a file. ``name`` holds no secret and no query string."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class PayloadFile:
    """A file that lands as it stands; it is read in blocks, so that its size costs no memory."""

    name: str
    media_type: str
    path: pathlib.Path


@dataclass(frozen=True)
class Control:
    """What the sender declared of a delivery, for the books: rows, and the sum of one amount field in yuan."""

    row_count: int | None = None
    amount_field: str | None = None
    amount: Decimal | None = None


@dataclass(frozen=True)
class Replacement:
    """What a delivery replaces: its whole feed, or the records whose main event lies in [since, until] (both included).

    A record of that scope which the delivery does not hold is withdrawn. Raises ValueError for half a span.
    """

    since: dt.date | None = None
    until: dt.date | None = None

    def __post_init__(self) -> None:
        if (self.since is None) != (self.until is None) or (self.since and self.until and self.since > self.until):
            raise ValueError(f"{self.since}..{self.until} is no span of days")

    @property
    def kind(self) -> Literal["all", "window"]:
        """How the receipt calls it."""
        return "all" if self.since is None else "window"


@dataclass(frozen=True)
class Submitter:
    """The account that hands in a delivery at the front door. A key that it gave once has one receipt, whenever it asks.

    ``request_sha256``: of everything that was asked, so that a key is not used for two requests.
    """

    login: str
    via: Literal["portal", "api"]
    client: str
    idempotency_key: str | None = None
    request_sha256: str | None = None


@dataclass(frozen=True)
class Delivery:
    """One delivery of one feed, ready to land; ``cursor`` moves the feed's cursor in the receipt's transaction.

    ``replaces`` None = a delivery of changes: what it does not hold stays. Definition and rules are those that would
    judge it now; empty = not told, and not compared with those of earlier bytes.
    """

    insurer_id: str
    record_type: str
    channel: Channel
    received_at: dt.datetime
    payloads: tuple[Payload | PayloadFile, ...]
    window: Window | None = None
    control: Control | None = None
    cursor: dt.datetime | None = None
    definition_digest: str = ""
    ruleset_version: str = ""
    replaces: Replacement | None = None
    submitter: Submitter | None = None


@dataclass(frozen=True)
class Credentials:
    """Secrets of one insurer, from an Airflow connection or the environment; never printed."""

    login: str = ""
    secret: str = field(default="", repr=False)
    extra: dict[str, str] = field(default_factory=dict, repr=False)
