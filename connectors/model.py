"""What a definition file says, as frozen dataclasses; read by fetch, drop, parse and mapping."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from connectors.protocol import BodyForm, Envelope, Nesting, RequestForm, Signature, Tls

Channel = Literal["api", "drop"]
AuthKind = Literal["api_key", "hmac", "oauth2", "sign_in", "basic", "none"]
PagingKind = Literal["page", "offset", "cursor", "link", "next", "single"]
ChecksumOf = Literal["body", "items"]
Unit = Literal["元", "万元", "分", "百分比"]
Encoding = Literal["utf-8", "utf-8-sig", "gb18030"]
Use = Literal["key", "text", "number", "ratio", "date"]
"""What a source column is read for: a key or code is what a person sees, an amount is the number behind it."""
Delimiter = Literal[",", ";", "\t", "|"]


@dataclass(frozen=True)
class SourceFormat:
    """How payload bytes are laid out. Rows above ``header_row`` (1-based) are titles; ``sheet`` None = the first visible."""

    kind: Literal["json", "csv", "xlsx"]
    """csv or xlsx; json is what an API sends."""
    items_path: str = ""
    """JSON: dotted path from the body to the list of items; empty = the body is the list."""
    encoding: Encoding = "utf-8"
    """CSV: utf-8 (a BOM is tolerated), utf-8-sig or gb18030."""
    delimiter: Delimiter = ","
    """CSV: what stands between columns."""
    header_row: int = 1
    """Row of the column names, from 1; those above are titles."""
    sheet: str | None = None
    """XLSX: name of the sheet; absent = the first visible one."""
    nesting: Nesting | None = None
    """JSON: rows are the items of a list inside each item; see ``Nesting``."""


@dataclass(frozen=True)
class ColumnSource:
    """Where one canonical field comes from: a source column, or a ``constant`` (then ``source`` is None).

    ``unit`` is the source's unit (元, 万元, 分, 百分比), ``format`` the strptime form of its dates or times,
    ``lookup`` source text -> canonical text; a value that is not in the lookup is a finding, never a default.
    """

    source: str | None
    """Source column; a dot leads into a nested object."""
    unit: Unit | None = None
    """The source's unit, of amounts and ratios."""
    format: str | None = None
    """strptime form of dates and times, epoch_seconds or epoch_millis; absent = ISO."""
    lookup: Mapping[str, str] | None = None
    """Source value -> canonical value, or the name of one of lookups; others are findings."""
    constant: str | None = None
    """The value of every row, where the source has no such column."""


@dataclass(frozen=True)
class RecordMapping:
    """One record type of one insurer: its address and every source column, mapped or ignored with a reason."""

    record_type: str
    path: str
    """API: path below ``base_url``; empty for a drop."""
    columns: Mapping[str, ColumnSource]
    ignored: Mapping[str, str]
    may_lack_optional: bool = False
    """Whether a file without the column of an optional field is as agreed: so it is with the hub's template."""
    params: Mapping[str, str] = field(default_factory=dict)
    """API: parameters of this record type's queries alone."""
    within: Nesting | None = None
    """Where these records stand inside those of another type, whose pages they are read from; None: on their own."""
    replaces: Literal["all"] | None = None
    """all: every delivery is a full snapshot, and what it does not hold is withdrawn; None: deliveries of changes."""


@dataclass(frozen=True)
class Auth:
    """How requests prove who asks; the secrets themselves come with the call, never from a file."""

    kind: AuthKind = "none"
    """How requests prove who asks."""
    header: str | None = None
    """api_key: header that carries the key; hmac: header that carries the signature."""
    query: str | None = None
    """api_key: query parameter that carries the key."""
    token_path: str | None = None
    """oauth2 and sign_in: path below ``base_url`` that gives tokens."""
    login_header: str = "X-Access-Key"
    """hmac: header that carries the login."""
    timestamp_header: str = "X-Timestamp"
    """hmac: header that carries the time of signing, seconds since 1970."""
    nonce_header: str = "X-Nonce"
    """hmac: header that carries a text that is used once."""
    sign_in_body: BodyForm = "json"
    """sign_in: how login and secret are posted."""
    login_param: str = "login"
    """sign_in: what the login is called."""
    secret_param: str = "secret"  # noqa: S105  # a parameter's name
    """sign_in: what the secret is called."""
    secret_form: Literal["plain", "md5", "MD5", "sha256"] = "plain"  # noqa: S105  # a form
    """sign_in: whether the secret itself is sent, or its digest in hex, MD5 in capitals."""
    sign_in_fixed: Mapping[str, str] = field(default_factory=dict)
    """sign_in: further parameters of the sign-in call, as they are."""
    token_at: str | None = None
    """sign_in: body path of the token in the answer."""
    token_place: str = "header Authorization"  # noqa: S105  # a place
    """sign_in: where queries carry the token: "header NAME", "query NAME" or "body NAME"."""
    token_prefix: str = ""
    """sign_in: what stands before the token, such as "Bearer "."""
    lifetime_at: str | None = None
    """sign_in: body path of the token's lifetime in seconds, or of its end as a time; without one it is renewed when it
    is refused."""
    lifetime_seconds: int | None = None
    """sign_in: the lifetime where it is agreed and not told."""


@dataclass(frozen=True)
class Paging:
    """How the pages of one answer follow each other."""

    kind: PagingKind = "single"
    """page and offset count, cursor and next point on in the body, link in a Link header (RFC 8288)."""
    page_param: str | None = None
    """page: parameter of the page's number."""
    first: int = 1
    """page: number of the first page."""
    size_param: str | None = None
    """Parameter of the page size; absent = the source's own."""
    size: int = 500
    """Items a page."""
    offset_param: str | None = None
    """offset: parameter of the number of items before the page."""
    cursor_param: str | None = None
    """cursor: parameter of the cursor."""
    cursor_path: str | None = None
    """Body path of the next cursor; absent, null or empty = last page."""
    next_path: str | None = None
    """Body path of the next page's address; absent, null or empty = last page."""
    end: tuple[str, ...] = ()
    """What else than null and an empty text says at cursor_path or next_path that this was the last page: ["0", "-1",
    "false"]; with until: empty what stands for an empty list of items: ["null"]."""
    until: Literal["told", "empty"] = "told"
    """page and offset: whether the answer tells which page is the last, or pages are asked for until one is empty."""
    second_look: Literal["ask", "never"] = "ask"
    """never: the source keeps the answer as it was at the first page, so that nothing can move between pages."""


@dataclass(frozen=True)
class WindowFormat:
    """How the interval is asked for: parameter names, and ``iso``, ``epoch_seconds``, ``epoch_millis`` or a strftime form."""

    since_param: str | None = None
    """Parameter of the interval's begin, which is left out on the first collection."""
    until_param: str | None = None
    """Parameter of the interval's end; without one the window has no end."""
    format: str = "iso"
    """iso, epoch_seconds, epoch_millis, or a strftime form of Shanghai's clock."""
    lookback: dt.timedelta = dt.timedelta(0)
    """How far before its cursor a fetch starts again, for records that the source changes without dating them."""


@dataclass(frozen=True)
class ErrorBody:
    """How an answer with HTTP 200 says that it failed: the value at ``path`` is none of ``ok``."""

    path: str
    """Body path of the code."""
    ok: tuple[str, ...]
    """Codes of an answer that is none of an error."""
    message: str | None = None
    """Body path of the text that explains the code."""
    retry: tuple[str, ...] = ()
    """Codes that pass with time."""
    auth: tuple[str, ...] = ()
    """Codes that say that who asks is not known, or that the token has ended."""
    nothing: tuple[str, ...] = ()
    """Codes that say that there is nothing to send."""


@dataclass(frozen=True)
class Response:
    """Where an answer keeps its items and its proof of completeness; at least one proof is required."""

    items: str = ""
    """Body path of the list of items; empty = the body is the list."""
    total: str | None = None
    """Body path of the number of items over all pages."""
    total_header: str | None = None
    """Header that says the number of items over all pages."""
    page_count: str | None = None
    """Body path of the number of pages."""
    last_page: str | None = None
    """Body path of a boolean that is true on the last page only, or of what ``last_marks`` lists."""
    last_marks: tuple[str, ...] = ()
    """Values at last_page that mark the last page, where it is no boolean that is true there: ["0"], ["false"], ["Y"]."""
    nothing_status: tuple[str, ...] = ()
    """HTTP statuses that say that there is nothing to send: "204", "404"."""
    checksum: str | None = None
    """Body path of a SHA-256 in hex over the items (compact JSON, keys sorted), when ``checksum_of`` is items."""
    checksum_header: str | None = None
    """Header that says a SHA-256 in hex, over what checksum_of names."""
    checksum_of: ChecksumOf = "items"
    """What a checksum is taken of."""
    error: ErrorBody | None = None
    """How an answer with HTTP 200 says that it failed."""
    encoding: Encoding = "utf-8"
    """Encoding of the body."""


@dataclass(frozen=True)
class FetchLimits:
    """How gently and how patiently we ask; seconds, bytes and counts."""

    requests_per_second: float = 10.0
    """At most so many requests a second."""
    connect_seconds: float = 5.0
    """Longest time to connect."""
    read_seconds: float = 30.0
    """Longest silence within an answer."""
    attempts: int = 6
    """How often one request is tried."""
    patience_seconds: float = 300.0
    """Longest sum of waits within one fetch."""
    backoff_seconds: float = 0.5
    """First pause after a failure; each further one is twice as long."""
    backoff_cap_seconds: float = 30.0
    """Longest pause that the hub chooses itself."""
    answer_seconds: float = 600.0
    """Longest time for one answer, from the request to its last byte."""
    body_bytes: int = 64_000_000
    """Longest answer, unpacked."""
    fetch_bytes: int = 1_000_000_000
    """All pages of one fetch together, unpacked."""
    pages: int = 10_000
    """Most pages of one fetch."""


@dataclass(frozen=True)
class Expected:
    """Since when, until when and by what agreement deliveries are expected; days include both ends."""

    since: dt.date | None = None
    """First day; absent = since the hub knows of the feed."""
    until: dt.date | None = None
    """Last day; absent = open."""
    source: str | None = None
    """By what it is agreed; absent = the definition file itself."""
    working_days: int | None = None
    """Working days without a delivery that are no silence; absent = what holds for its channel."""


@dataclass(frozen=True)
class InsurerDefinition:
    """One insurer's feed, complete: its vendor profile with the insurer's own entries laid over it."""

    insurer_id: str
    insurer_code: str
    name: str
    vendor: str
    feed_mode: str
    """Code of CL-FEED-MODE."""
    channel: Channel
    base_url: str
    """API only; still holds ``${NAME}`` when that environment variable is not set: fetch then refuses."""
    schedule: str
    """Cron in Asia/Shanghai."""
    source_format: SourceFormat
    records: Mapping[str, RecordMapping]
    contact: str
    digest: str
    """SHA-256 over the definition's files, without the environment."""
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)
    """These files: name -> text."""
    auth: Auth = field(default_factory=Auth)
    paging: Paging = field(default_factory=Paging)
    window: WindowFormat = field(default_factory=WindowFormat)
    response: Response = field(default_factory=Response)
    limits: FetchLimits = field(default_factory=FetchLimits)
    request: RequestForm = field(default_factory=RequestForm)
    signature: Signature | None = None
    envelope: Envelope | None = None
    tls: Tls = field(default_factory=Tls)
    expected: Mapping[str, Expected] = field(default_factory=dict)
    """What is agreed of deliveries, by record type; `*` = of all others."""

    @property
    def lookback(self) -> dt.timedelta:
        return self.window.lookback

    def expected_of(self, record_type: str) -> Expected:
        """What is agreed of the deliveries of one record type."""
        return self.expected.get(record_type) or self.expected.get("*") or Expected()
