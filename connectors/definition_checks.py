"""What a definition's parts must be together: an address, a way to page, a proof; each mistake with its place and fix."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from connectors.cron import is_cron
from connectors.model import InsurerDefinition, RecordMapping
from connectors.protocol_checks import check_protocol
from connectors.yaml_tree import Section
from schemas.contract import load_contract
from schemas.errors import DefinitionError
from schemas.mistakes import Mistakes

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

_SIZE = ("size_param", "size", "second_look")
#: What auth, paging and file may say, by their kind; of the first ones at least one.
_AUTH: dict[str, tuple[str, ...]] = {
    "api_key": ("header", "query"),
    "hmac": ("header", "login_header", "timestamp_header", "nonce_header"),
    "oauth2": ("token_path",),
    "sign_in": (
        "token_path",
        "sign_in_body",
        "login_param",
        "secret_param",
        "secret_form",
        "sign_in_fixed",
        "token_at",
        "token_place",
        "token_prefix",
        "lifetime_at",
        "lifetime_seconds",
    ),
    "basic": (),
    "none": (),
}
_PAGING: dict[str, tuple[str, ...]] = {
    "page": ("page_param", "first", "until", "end", *_SIZE),
    "offset": ("offset_param", "until", "end", *_SIZE),
    "cursor": ("cursor_param", "cursor_path", "end", *_SIZE),
    "next": ("next_path", "end", *_SIZE),
    "link": _SIZE,
    "single": _SIZE,
}
_FILE: dict[str, tuple[str, ...]] = {
    "csv": ("encoding", "delimiter", "header_row"),
    "xlsx": ("header_row", "sheet"),
}
_AUTH_NEEDS = {"api_key": ("header", "query"), "hmac": ("header",), "oauth2": ("token_path",)}
_SIGN_IN_NEEDS = ("token_path", "token_at")
_PAGING_NEEDS: dict[str, tuple[str, ...]] = {
    "page": ("page_param",),
    "offset": ("offset_param",),
    "cursor": ("cursor_param", "cursor_path"),
    "next": ("next_path",),
}
_RESPONSE_HEADERS: tuple[str, ...] = ("total_header", "checksum_header")
_AUTH_HEADERS: tuple[str, ...] = ("header", "login_header", "timestamp_header", "nonce_header")
_SIGN_IN_PATHS: tuple[str, ...] = ("token_at", "lifetime_at")
_ENVELOPE_PATHS: tuple[str, ...] = ("at", "iv_at")
_PAGING_PATHS: tuple[str, ...] = ("cursor_path", "next_path")
_BODY_PATHS: tuple[str, ...] = ("items", "total", "page_count", "last_page", "checksum")
_ERROR_PATHS: tuple[str, ...] = ("path", "message")
_NO_HEADER = ("is no name of a header", "write such as X-Api-Key")
_NO_PATH = ("is no path into the body", "write such as data.rows")
_ENDS = ("total", "total_header", "page_count", "last_page")
_CHECKSUMS = ("checksum", "checksum_header")

_HOST = re.compile(r"[\w.\-:]+")
_CODE = re.compile(r"[A-Z0-9_]{2,12}")
_ADDRESS = re.compile(r"/[^\s?#]*")
_HEADER = re.compile(r"[\w.\-]+", re.ASCII)
_BODY_PATH = re.compile(r"[^.\s]+(?:\.[^.\s]+)*")
_WINDOW_FORMS = frozenset({"iso", "epoch_seconds", "epoch_millis"})
_DAY = dt.timedelta(days=1)


def url_problem(url: str) -> str | None:
    """Why ``url`` cannot be a base address, else None; plain http is for loopback only."""
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and _HOST.fullmatch(parts.hostname or "") and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address:
        return "is no http(s) address"
    if parts.username or parts.password or parts.query or parts.fragment:
        return "carries more than host and path"
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        return "is not encrypted: plain http is allowed on loopback only"
    return None


def check_sender(definition: Section, mistakes: Mistakes) -> None:
    """Look over what a definition says of the sender itself."""
    mistakes.attempt(_check_code, definition)
    mistakes.attempt(_check_schedule, definition)


def check_ways(feed: InsurerDefinition, definition: Section, mistakes: Mistakes) -> None:
    """Look over how a sender delivers, as a whole; of a section that is wrong in itself nothing more is asked."""
    if mistakes.below("channel"):
        return
    for name, record in feed.records.items():
        if not mistakes.below(f"records.{name}"):
            mistakes.attempt(_check_required, name, record, definition)
    if feed.channel == "api":
        _check_paths(definition, feed.records, mistakes)
        _check_api(feed, definition, mistakes)
    elif not mistakes.below("file"):
        mistakes.attempt(_check_file, feed, definition)


def _check_required(name: str, record: RecordMapping, definition: Section) -> None:
    """Refuse a record type of which a required field comes from nowhere: every row of it would be held."""
    lacking = [f for f in load_contract(name).fields if f.is_required and not comes_from(record, f.name)]
    if lacking:
        told = ", ".join(f"{f.name} ({f.business_name})" for f in lacking)
        place = definition.section("records").section(name).place
        raise place.error(f"required fields have no column: {told}", "name each below columns:, or as a constant")


def comes_from(record: RecordMapping, field: str) -> bool:
    """Whether a field has a column or a constant."""
    column = record.columns[field]
    return column.source is not None or column.constant is not None


def _check_schedule(definition: Section) -> None:
    """Refuse a cron that is not five fields of numbers in their ranges."""
    text = definition.text("schedule")
    if not is_cron(text):
        raise definition.entries["schedule"].place.error(f"{text!r} is no cron", 'five fields: "30 1 * * *"')


def _check_code(definition: Section) -> None:
    text = definition.text("insurer_code")
    if not _CODE.fullmatch(text):
        raise definition.entries["insurer_code"].place.error(
            f"{text!r} is no code", "write 2 to 12 of A-Z, 0-9 and _, as the insurer writes it in its records"
        )


def _check_paths(definition: Section, mappings: Mapping[str, RecordMapping], mistakes: Mistakes) -> None:
    """Refuse an address that is no path, or that two record types share without parameters that tell them apart."""
    owners: dict[tuple[str, ...], str] = {}
    for name, mapping in mappings.items():
        mistakes.attempt(_check_path, definition.section("records").section(name), mapping, owners)


def _check_path(record: Section, mapping: RecordMapping, owners: dict[tuple[str, ...], str]) -> None:
    if mapping.within:
        _check_texts(record, ("path",), _BODY_PATH, ("is no path into an item", "write such as endorsements"))
        return
    path = record.text("path")
    place = record.entries["path"].place
    if not path.startswith("/"):
        raise place.error("starts with no /", "write /v1/policies")
    if not _ADDRESS.fullmatch(path) or ".." in path.split("/"):
        raise place.error("is no plain path", "write the path alone, such as /v1/policies")
    address = (path, *(f"{key}={value}" for key, value in sorted(mapping.params.items())))
    if owners.setdefault(address, mapping.record_type) != mapping.record_type:
        raise place.error(f"{path!r} is the address of {owners[address]} already", "give each its own path")


def _check_file(feed: InsurerDefinition, definition: Section) -> None:
    """Refuse a file that cannot be read as agreed."""
    file, kind = definition.section("file"), feed.source_format.kind
    if kind not in _FILE:
        raise file.entries["kind"].place.error(f"{kind!r} is no file", "write csv or xlsx")
    _refuse_strays(file, kind, _FILE[kind])
    if kind == "xlsx":
        _refuse_percentages(feed, definition)


def _refuse_percentages(feed: InsurerDefinition, definition: Section) -> None:
    """Refuse columns of a workbook in per cent."""
    kinds = definition.section("kinds").entries
    with Mistakes() as mistakes:
        for record in feed.records.values():
            given = definition.section("records").section(record.record_type).section("columns").entries
            for name in (name for name, column in record.columns.items() if column.unit == "百分比"):
                place = (given.get(name) or kinds.get("ratio") or definition.section("file")).place
                problem = "a workbook keeps 5% as 0.05, and 5 as 5: they cannot be told apart"
                mistakes.add(place.error(problem, "agree on 0.05"))


def _check_api(feed: InsurerDefinition, definition: Section, mistakes: Mistakes) -> None:
    """Refuse auth, paging or window that are not whole, and answers in which nothing proves that a fetch is complete."""
    attempt = mistakes.attempt
    checks = {"auth": _check_auth, "paging": _check_paging, "window": _check_window, "response": _check_response}
    for key, check_part in checks.items():
        if not mistakes.below(key):
            attempt(check_part, feed, definition.section(key))
    attempt(_check_texts, definition.section("envelope"), _ENVELOPE_PATHS, _BODY_PATH, _NO_PATH)
    if not (mistakes.below("paging") or mistakes.below("response")):
        attempt(_refuse_unprovable, feed, definition.section("response"))
    check_protocol(feed, definition, mistakes)


def _check_auth(feed: InsurerDefinition, auth: Section) -> None:
    with Mistakes() as mistakes:
        wanted = _AUTH_NEEDS.get(feed.auth.kind, ())
        if wanted and not any(getattr(feed.auth, key) for key in wanted):
            mistakes.add(auth.missing(wanted[0]))
        for key in _SIGN_IN_NEEDS if feed.auth.kind == "sign_in" else ():
            if getattr(feed.auth, key) is None:
                mistakes.add(auth.missing(key))
        mistakes.attempt(_refuse_strays, auth, feed.auth.kind, _AUTH[feed.auth.kind])
        mistakes.attempt(_check_texts, auth, _AUTH_HEADERS, _HEADER, _NO_HEADER)
        mistakes.attempt(_check_texts, auth, _SIGN_IN_PATHS, _BODY_PATH, _NO_PATH)


def _check_paging(feed: InsurerDefinition, paging: Section) -> None:
    with Mistakes() as mistakes:
        for key in _PAGING_NEEDS.get(feed.paging.kind, ()):
            if getattr(feed.paging, key) is None:
                mistakes.add(paging.missing(key))
        mistakes.attempt(_refuse_strays, paging, feed.paging.kind, _PAGING[feed.paging.kind])
        mistakes.attempt(_check_texts, paging, _PAGING_PATHS, _BODY_PATH, _NO_PATH)


def _check_response(_feed: InsurerDefinition, response: Section) -> None:
    with Mistakes() as mistakes:
        mistakes.attempt(_check_texts, response, _RESPONSE_HEADERS, _HEADER, _NO_HEADER)
        mistakes.attempt(_check_texts, response, _BODY_PATHS, _BODY_PATH, _NO_PATH)
        mistakes.attempt(_check_texts, response.section("error"), _ERROR_PATHS, _BODY_PATH, _NO_PATH)


def _refuse_strays(section: Section, kind: str, allowed: Collection[str]) -> None:
    """Refuse settings that their kind does not read, if both were written in one file: a vendor's may be left over."""
    file = section.entries["kind"].place.file if "kind" in section else section.place.file
    with Mistakes() as mistakes:
        for key, entry in section.entries.items():
            if key not in (*allowed, "kind") and entry.place.file == file:
                mistakes.add(entry.place.error(f"means nothing to kind {kind}", "remove it"))


def _check_texts(section: Section, keys: Collection[str], form: re.Pattern[str], told: tuple[str, str]) -> None:
    """Check the texts at ``keys`` against their form; ``told`` is the problem and the fix."""
    with Mistakes() as mistakes:
        for key in keys:
            if key in section and not form.fullmatch(section.text(key)):
                mistakes.add(section.entries[key].place.error(f"{section.text(key)!r} {told[0]}", told[1]))


def _check_window(feed: InsurerDefinition, window: Section) -> None:
    form = feed.window.format
    if form in _WINDOW_FORMS:
        return
    place = window.entries["format"].place
    parts = set(re.findall(r"%(.)", form))
    if not set("Ymd") <= parts <= set("YmdHMSfz"):
        raise place.error(
            f"{form!r} is no form of a time", 'write iso, epoch_seconds, epoch_millis or "%Y-%m-%d %H:%M:%S"'
        )
    if "H" not in parts and feed.lookback < _DAY:
        raise place.error("asks for whole days: what changes on the last one would be lost", "add lookback: 1d or more")


def _refuse_unprovable(feed: InsurerDefinition, response: Section) -> None:
    proofs = _ENDS + _CHECKSUMS if feed.paging.kind == "single" else _ENDS
    has_own_end = (
        feed.paging.kind in ("cursor", "next") or feed.paging.until == "empty"
    )  # their last page says so; a Link header that is lost does not
    if not has_own_end and not any(getattr(feed.response, key) for key in proofs):
        fix = f"name one of {', '.join(proofs)}"
        raise response.place.error("nothing proves that a fetch is complete", fix)


def twins(found: Mapping[str, InsurerDefinition]) -> dict[str, DefinitionError]:
    """Of every insurer whose code an earlier one has: the mistake."""
    owners: dict[str, str] = {}
    mistakes = {}
    for insurer_id, definition in found.items():
        owner = owners.setdefault(definition.insurer_code, insurer_id)
        if owner != insurer_id:
            problem = f"{definition.insurer_code!r} is the code of {owner} already"
            file = f"insurers/{insurer_id}.yml"
            mistakes[insurer_id] = DefinitionError(file, "insurer_code", problem, fix="give each its own code")
    return mistakes
