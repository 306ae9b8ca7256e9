"""Insurer definitions: one YAML file an insurer, laid over one shared vendor profile.

``insurers/<insurer_id>.yml`` says who; ``vendors/<vendor>.yml``, named by ``extends``, says how. Every mistake is a
DefinitionError with file, line, key and the fix, raised before anything runs.
"""

from __future__ import annotations

import hashlib
import os
import pathlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import get_args

from connectors.building import build
from connectors.columns import ColumnRules, read_mapping, read_rules
from connectors.definition_checks import check, refuse_twins, url_problem
from connectors.files import REGULATOR, Files
from connectors.model import (
    Auth,
    Channel,
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
from schemas.contract import REGISTER_RECORD_TYPES, SENDABLE_RECORD_TYPES, load_contracts
from schemas.errors import DefinitionError

__all__ = ["REGULATOR", "definition_of", "load_definition", "load_definitions"]

FOLDER = pathlib.Path(__file__).parent
LINES_PER_FILE = 70

_OWN_KEYS = {"insurer", "extends", "name", "insurer_code", "feed_mode", "base_url", "schedule", "contact"}
_VENDOR_KEYS = {"vendor", "channel", "naming", "auth", "paging", "window", "limits", "response", "file"}
_VENDOR_KEYS |= {"records", "ignored", "kinds", "lookups"}
_API_ONLY = ("auth", "paging", "window", "response", "base_url")
#: What looks over a definition and its text; raises DefinitionError.
Check = Callable[[InsurerDefinition, Section], None]
_REFERENCE = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")


@dataclass(frozen=True)
class _Source:
    """One definition as read: sections laid over each other, the files' texts by name, and their digest."""

    section: Section
    vendor: str
    texts: Mapping[str, str]
    digest: str


def load_definitions(
    folder: pathlib.Path | None = None, environ: Mapping[str, str] | None = None
) -> dict[str, InsurerDefinition]:
    """All insurers' definitions by insurer id; ``folder`` holds ``insurers/`` and ``vendors/``. Raises DefinitionError."""
    files = Files(folder or FOLDER)
    found = {insurer_id: _load(files, insurer_id, environ, check) for insurer_id in _stems(files, "insurers")}
    refuse_twins(found)
    return found


def load_definition(
    insurer_id: str, folder: pathlib.Path | None = None, environ: Mapping[str, str] | None = None
) -> InsurerDefinition:
    """One insurer's definition, or the registers' with ``regulator``. Raises DefinitionError, also for an unknown id."""
    return _load(Files(folder or FOLDER), insurer_id, environ, check)


def definition_of(
    insurer_id: str, texts: Mapping[str, str], environ: Mapping[str, str] | None = None
) -> InsurerDefinition:
    """One sender's definition of the past from its files' texts, by name as in their folder. Raises DefinitionError.

    It was checked when it came into force: what is checked besides today is not asked of it.
    """
    return _load(texts, insurer_id, environ, lambda _feed, _definition: None)


def _load(
    files: Mapping[str, str], insurer_id: str, environ: Mapping[str, str] | None, checked: Check
) -> InsurerDefinition:
    source = _read(files, insurer_id)
    definition = source.section
    channel = _channel(definition)
    rules = read_rules(definition)
    feed = InsurerDefinition(
        insurer_id=insurer_id,
        insurer_code=definition.text("insurer_code"),
        name=definition.text("name"),
        vendor=source.vendor,
        feed_mode=_feed_mode(definition),
        channel=channel,
        base_url=_base_url(definition, os.environ if environ is None else environ) if channel == "api" else "",
        schedule=definition.text("schedule"),
        source_format=_source_format(definition, channel),
        records=_records(definition, channel, rules),
        contact=definition.text("contact"),
        digest=source.digest,
        texts=source.texts,
        auth=build(Auth, definition.section("auth")),
        paging=build(Paging, definition.section("paging")),
        window=build(WindowFormat, definition.section("window")),
        response=build(Response, definition.section("response")),
        limits=build(FetchLimits, definition.section("limits")),
    )
    checked(feed, definition)
    return feed


def _read(files: Mapping[str, str], insurer_id: str) -> _Source:
    file, text = _own_file(files, insurer_id)
    lines = text.count("\n") + (not text.endswith("\n") and bool(text))
    if lines > LINES_PER_FILE:
        raise DefinitionError(file, "file", f"has {lines} lines, {LINES_PER_FILE} at most", lines, "move to a vendor")
    own = read_yaml(text, file)
    own.refuse_unknown(_OWN_KEYS | _VENDOR_KEYS - {"vendor"})
    if own.text("insurer") != insurer_id:
        raise own.entries["insurer"].place.error("differs from the file's name", f"write insurer: {insurer_id}")
    if "extends" not in own:
        return _Source(own, insurer_id, {file: text}, hashlib.sha256(text.encode()).hexdigest())
    name = _vendor_name(files, own)
    vendor_file = f"vendors/{name}.yml"
    vendor_text = files[vendor_file]
    vendor = read_yaml(vendor_text, vendor_file)
    _check_vendor(vendor, name)
    digest = hashlib.sha256(f"{vendor_text}\0{text}".encode()).hexdigest()
    return _Source(overlay(vendor, own), name, {file: text, vendor_file: vendor_text}, digest)


def _own_file(files: Mapping[str, str], insurer_id: str) -> tuple[str, str]:
    file = f"{REGULATOR}.yml" if insurer_id == REGULATOR else f"insurers/{insurer_id}.yml"
    known = [] if insurer_id == REGULATOR else _stems(files, "insurers")
    if file not in set(files):
        fix = nearest(insurer_id, known) if known else f"create {file}"
        raise DefinitionError(file, "file", "does not exist", fix=fix)
    return file, files[file]


def _vendor_name(files: Mapping[str, str], own: Section) -> str:
    name, known = own.text("extends"), _stems(files, "vendors")
    if name not in known:
        raise own.entries["extends"].place.error(f"no vendor is called {name!r}", nearest(name, known))
    return name


def _stems(files: Mapping[str, str], folder: str) -> list[str]:
    """Names without suffix of the files in one of the two folders."""
    paths = map(pathlib.PurePosixPath, files)
    return sorted(path.stem for path in paths if path.parent.name == folder)


def _check_vendor(vendor: Section, name: str) -> None:
    if "extends" in vendor:
        raise vendor.entries["extends"].place.error("a vendor extends nothing", "one level only: copy what is needed")
    vendor.refuse_unknown(_VENDOR_KEYS)
    if vendor.text("vendor") != name:
        raise vendor.entries["vendor"].place.error("differs from the file's name", f"write vendor: {name}")


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
    allowed = REGISTER_RECORD_TYPES if is_register else SENDABLE_RECORD_TYPES
    listed.refuse_unknown(allowed, "record type")
    contracts = load_contracts()
    wanted = [name for name in allowed if channel == "drop" or name in listed]
    if not wanted:
        raise definition.missing("records")
    return {name: read_mapping(contracts[name], listed.section(name), rules) for name in wanted}


def _source_format(definition: Section, channel: Channel) -> SourceFormat:
    if channel == "api":
        if "file" in definition:
            raise definition.entries["file"].place.error("belongs to channel: drop", "remove it")
        response = build(Response, definition.section("response"))
        return SourceFormat("json", response.items, response.encoding)
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
