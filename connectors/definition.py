"""Insurer definitions: one YAML file an insurer, laid over one shared vendor profile.

``insurers/<insurer_id>.yml`` says who; ``vendors/<vendor>.yml``, named by ``extends``, says how. Every mistake is a
DefinitionError with file, line, key and the fix, raised before anything runs.
"""

from __future__ import annotations

import hashlib
import os
import pathlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args
from urllib.parse import urlsplit

from connectors.building import build
from connectors.columns import ColumnRules, read_mapping, read_rules
from connectors.model import (
    Auth,
    Channel,
    ColumnSource,
    FetchLimits,
    InsurerDefinition,
    Paging,
    RecordMapping,
    Response,
    SourceFormat,
    WindowFormat,
)
from connectors.yaml_tree import Section, nearest, overlay, read_yaml
from schemas.code_lists import load_code_list
from schemas.contract import INSURER_RECORD_TYPES, REGISTER_RECORD_TYPES, load_contracts
from schemas.errors import DefinitionError

__all__ = ["ColumnSource", "InsurerDefinition", "RecordMapping", "SourceFormat", "load_definition", "load_definitions"]

FOLDER = pathlib.Path(__file__).parent
REGULATOR = "regulator"
LINES_PER_FILE = 70
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

_OWN_KEYS = {"insurer", "extends", "name", "insurer_code", "feed_mode", "base_url", "schedule", "contact"}
_VENDOR_KEYS = {"vendor", "channel", "naming", "auth", "paging", "window", "limits", "response", "file"}
_VENDOR_KEYS |= {"records", "ignored", "kinds", "lookups"}
_API_ONLY = ("auth", "paging", "window", "response", "base_url")
_CRON_FIELD = re.compile(r"[\d*/,\-]+")
_REFERENCE = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")


@dataclass(frozen=True)
class _Source:
    """One definition as read: sections laid over each other, and the digest of the files."""

    section: Section
    vendor: str
    digest: str


def load_definitions(
    folder: pathlib.Path | None = None, environ: Mapping[str, str] | None = None
) -> dict[str, InsurerDefinition]:
    """All insurers' definitions by insurer id; ``folder`` holds ``insurers/`` and ``vendors/``. Raises DefinitionError."""
    root = folder or FOLDER
    paths = sorted((root / "insurers").glob("*.yml"))
    found = {path.stem: _load(root, path, environ) for path in paths}
    _refuse_twins(found)
    return found


def load_definition(
    insurer_id: str, folder: pathlib.Path | None = None, environ: Mapping[str, str] | None = None
) -> InsurerDefinition:
    """One insurer's definition, or the registers' with ``regulator``. Raises DefinitionError, also for an unknown id."""
    root = folder or FOLDER
    if insurer_id == REGULATOR:
        return _load(root, root / f"{REGULATOR}.yml", environ)
    path = root / "insurers" / f"{insurer_id}.yml"
    known = {p.stem: p for p in (root / "insurers").glob("*.yml")}
    if insurer_id not in known:
        raise DefinitionError(f"insurers/{path.name}", "file", "does not exist", fix=nearest(insurer_id, known))
    return _load(root, path, environ)


def _refuse_twins(found: Mapping[str, InsurerDefinition]) -> None:
    owners: dict[str, str] = {}
    for insurer_id, definition in found.items():
        owner = owners.setdefault(definition.insurer_code, insurer_id)
        if owner != insurer_id:
            problem = f"{definition.insurer_code!r} is the code of {owner} already"
            raise DefinitionError(f"insurers/{insurer_id}.yml", "insurer_code", problem, fix="give each its own code")


def _load(root: pathlib.Path, path: pathlib.Path, environ: Mapping[str, str] | None) -> InsurerDefinition:
    source = _read(root, path)
    definition = source.section
    channel = _channel(definition)
    rules = read_rules(definition)
    feed = InsurerDefinition(
        insurer_id=path.stem,
        insurer_code=definition.text("insurer_code"),
        name=definition.text("name"),
        vendor=source.vendor,
        feed_mode=_feed_mode(definition),
        channel=channel,
        base_url=_base_url(definition, os.environ if environ is None else environ) if channel == "api" else "",
        schedule=_schedule(definition),
        source_format=_source_format(definition, channel),
        records=_records(definition, channel, rules),
        contact=definition.text("contact"),
        digest=source.digest,
        auth=build(Auth, definition.section("auth")),
        paging=build(Paging, definition.section("paging")),
        window=build(WindowFormat, definition.section("window")),
        response=build(Response, definition.section("response")),
        limits=build(FetchLimits, definition.section("limits")),
    )
    if channel == "api":
        _refuse_unprovable(feed, definition)
    return feed


def _read(root: pathlib.Path, path: pathlib.Path) -> _Source:
    file = _shown(root, path)
    content = path.read_bytes() if path.is_file() else b""
    lines = content.count(b"\n") + (not content.endswith(b"\n") and bool(content))
    if lines > LINES_PER_FILE:
        raise DefinitionError(file, "file", f"has {lines} lines, {LINES_PER_FILE} at most", lines, "move to a vendor")
    own = read_yaml(path, file)
    own.refuse_unknown(_OWN_KEYS | _VENDOR_KEYS - {"vendor"})
    if own.text("insurer") != path.stem:
        raise own.entries["insurer"].place.error("differs from the file's name", f"write insurer: {path.stem}")
    if "extends" not in own:
        return _Source(own, path.stem, hashlib.sha256(content).hexdigest())
    vendor_path = _vendor_path(root, own)
    vendor = read_yaml(vendor_path, _shown(root, vendor_path))
    _check_vendor(vendor, vendor_path.stem)
    digest = hashlib.sha256(vendor_path.read_bytes() + b"\0" + content).hexdigest()
    return _Source(overlay(vendor, own), vendor_path.stem, digest)


def _vendor_path(root: pathlib.Path, own: Section) -> pathlib.Path:
    name = own.text("extends")
    known = {p.stem: p for p in (root / "vendors").glob("*.yml")}
    if name not in known:
        raise own.entries["extends"].place.error(f"no vendor is called {name!r}", nearest(name, known))
    return known[name]


def _check_vendor(vendor: Section, name: str) -> None:
    if "extends" in vendor:
        raise vendor.entries["extends"].place.error("a vendor extends nothing", "one level only: copy what is needed")
    vendor.refuse_unknown(_VENDOR_KEYS)
    if vendor.text("vendor") != name:
        raise vendor.entries["vendor"].place.error("differs from the file's name", f"write vendor: {name}")


def _shown(root: pathlib.Path, path: pathlib.Path) -> str:
    return path.relative_to(root).as_posix()


def _channel(definition: Section) -> Channel:
    text = definition.text("channel")
    for channel in get_args(Channel):
        if text == channel:
            return channel  # type: ignore[no-any-return]  # one of the literals
    raise definition.entries["channel"].place.error(f"{text!r} is no channel", nearest(text, get_args(Channel)))


def _records(definition: Section, channel: Channel, rules: ColumnRules) -> dict[str, RecordMapping]:
    """Mappings in loading order: of an API the record types listed, of a drop all of them."""
    listed = definition.section("records")
    is_register = definition.text("insurer") == REGULATOR
    allowed = REGISTER_RECORD_TYPES if is_register else INSURER_RECORD_TYPES
    listed.refuse_unknown(allowed, "record type")
    contracts = load_contracts()
    wanted = [name for name in allowed if channel == "drop" or name in listed]
    if not wanted:
        raise definition.missing("records")
    for name in wanted:
        if channel == "api" and not listed.section(name).text("path").startswith("/"):
            raise listed.section(name).entries["path"].place.error("starts with no /", "write /v1/policies")
    return {name: read_mapping(contracts[name], listed.section(name), rules) for name in wanted}


def _source_format(definition: Section, channel: Channel) -> SourceFormat:
    if channel == "api":
        if "file" in definition:
            raise definition.entries["file"].place.error("belongs to channel: drop", "remove it")
        response = definition.section("response")
        return SourceFormat("json", response.text("items", ""), response.text("encoding", "utf-8"))
    for key in _API_ONLY:
        if key in definition:
            raise definition.entries[key].place.error("belongs to channel: api", "remove it")
    if "file" not in definition:
        raise definition.missing("file")
    return build(SourceFormat, definition.section("file"))


def _feed_mode(definition: Section) -> str:
    text, codes = definition.text("feed_mode"), load_code_list("CL-FEED-MODE")
    if text not in {entry.code for entry in codes.entries}:
        raise definition.entries["feed_mode"].place.error(f"{text!r} is no code", f"one of {codes.offer()}")
    return text


def _schedule(definition: Section) -> str:
    text = definition.text("schedule")
    parts = text.split()
    if len(parts) != 5 or not all(_CRON_FIELD.fullmatch(part) for part in parts):
        raise definition.entries["schedule"].place.error(f"{text!r} is no cron", 'five fields: "30 1 * * *"')
    return text


def _base_url(definition: Section, environ: Mapping[str, str]) -> str:
    text = definition.text("base_url")
    place = definition.entries["base_url"].place
    url = _REFERENCE.sub(lambda match: environ.get(match[1]) or match[0], text).rstrip("/")
    if "${" in _REFERENCE.sub("", text):
        raise place.error("holds a malformed reference", "write ${NAME} in capitals")
    if "${" in url:
        return url
    problem = url_problem(url)
    if problem:
        raise place.error(problem, "write https://host/path without user, password, query or fragment")
    return url


def url_problem(url: str) -> str | None:
    """Why ``url`` cannot be a base address, else None; plain http is for loopback only."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "is no http(s) address"
    if parts.username or parts.password or parts.query or parts.fragment:
        return "carries more than host and path"
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        return "is not encrypted: plain http is allowed on loopback only"
    return None


_AUTH_NEEDS = {"api_key": ("header", "query"), "hmac": ("header",), "oauth2": ("token_path",)}
_PAGING_NEEDS: dict[str, tuple[str, ...]] = {
    "page": ("page_param",),
    "offset": ("offset_param",),
    "cursor": ("cursor_param", "cursor_path"),
    "next": ("next_path",),
}
_ENDS = ("total", "total_header", "page_count", "last_page")
_CHECKSUMS = ("checksum", "checksum_header")


def _refuse_unprovable(feed: InsurerDefinition, definition: Section) -> None:
    """Raise DefinitionError when auth or paging lack a key, or nothing could prove that a fetch is complete."""
    for key in _PAGING_NEEDS.get(feed.paging.kind, ()):
        if getattr(feed.paging, key) is None:
            raise definition.section("paging").missing(key)
    wanted = _AUTH_NEEDS.get(feed.auth.kind, ())
    if wanted and not any(getattr(feed.auth, key) for key in wanted):
        raise definition.section("auth").missing(wanted[0])
    proofs = _ENDS + _CHECKSUMS if feed.paging.kind == "single" else _ENDS
    has_own_end = feed.paging.kind in ("cursor", "link", "next")
    if not has_own_end and not any(getattr(feed.response, key) for key in proofs):
        fix = f"name one of {', '.join(proofs)}"
        raise definition.section("response").place.error("nothing proves that a fetch is complete", fix)
