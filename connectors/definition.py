"""Insurer definitions: one YAML file an insurer, laid over one shared vendor profile.

``insurers/<insurer_id>.yml`` of the province says who; ``vendors/<vendor>.yml``, named by ``extends``, says how. Every mistake is a
DefinitionError with file, line, key and the fix, raised before anything runs; all mistakes of a definition come in one.
"""

from __future__ import annotations

import hashlib
import os
import pathlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar, get_args

from connectors.agreed import read_expected
from connectors.building import build
from connectors.columns import ColumnRules, read_mapping, read_rules
from connectors.definition_checks import check_sender, check_ways, twins, url_problem
from connectors.files import REGULATOR, Files, stems
from connectors.keys import OWN_KEYS, VENDOR_KEYS
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
from connectors.nesting import read_nesting
from connectors.protocol import Envelope, RequestForm, Signature, Tls
from connectors.protocol_checks import plain_path
from connectors.yaml_tree import Section, overlay, read_section
from schemas.code_lists import load_code_list
from schemas.contract import REGISTER_RECORD_TYPES, SENDABLE_RECORD_TYPES, load_contracts
from schemas.errors import DefinitionError
from schemas.mistakes import Mistakes, nearest

__all__ = [
    "REGULATOR",
    "Found",
    "definition_of",
    "find_definitions",
    "is_defined",
    "load_definition",
    "load_definitions",
]

T = TypeVar("T", Auth, Paging, WindowFormat, Response, FetchLimits, RequestForm, Tls)
P = TypeVar("P", Signature, Envelope)
LINES_PER_FILE = 70

_API_ONLY = ("auth", "paging", "window", "response", "base_url", "request", "signature", "envelope", "tls")
_ID = re.compile(r"[a-z][a-z0-9_]{1,30}")
_REFERENCE = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")


@dataclass(frozen=True)
class _Source:
    """One definition as read: sections laid over each other, the files' texts by name, and their digest.

    ``has_vendor`` is false while the vendor's file cannot be read: what it says is then not missed.
    """

    section: Section
    vendor: str
    texts: Mapping[str, str]
    has_vendor: bool = True

    @property
    def digest(self) -> str:
        return hashlib.sha256("\0".join(reversed(list(self.texts.values()))).encode()).hexdigest()


@dataclass(frozen=True)
class Found:
    """The definitions that can be used, and of every other insurer its mistakes; both by insurer id."""

    usable: Mapping[str, InsurerDefinition]
    broken: Mapping[str, DefinitionError]


def find_definitions(folder: pathlib.Path | None = None, environ: Mapping[str, str] | None = None) -> Found:
    """All insurers' definitions; one insurer's mistakes keep nobody else's. ``folder`` is a province's (default: this one's)."""
    files = Files(folder)
    usable, broken = dict[str, InsurerDefinition](), dict[str, DefinitionError]()
    for insurer_id in stems(files, "insurers"):
        try:
            usable[insurer_id] = _load(files, insurer_id, environ)
        except DefinitionError as error:
            broken[insurer_id] = error
    broken |= twins(usable)
    return Found({i: definition for i, definition in usable.items() if i not in broken}, broken)


def load_definitions(
    folder: pathlib.Path | None = None, environ: Mapping[str, str] | None = None
) -> Mapping[str, InsurerDefinition]:
    """All insurers' definitions by insurer id. Raises DefinitionError with the mistakes of all."""
    found = find_definitions(folder, environ)
    with Mistakes() as mistakes:
        for error in found.broken.values():
            mistakes.add(error)
    return found.usable


def load_definition(
    insurer_id: str, folder: pathlib.Path | None = None, environ: Mapping[str, str] | None = None
) -> InsurerDefinition:
    """One insurer's definition, or the registers' with ``regulator``. Raises DefinitionError, also for an unknown id."""
    return _load(Files(folder), insurer_id, environ)


def is_defined(insurer_id: str, folder: pathlib.Path | None = None) -> bool:
    """Whether a sender has a definition file, right or wrong; a retired insurer has none."""
    return _own_name(insurer_id) in set(Files(folder))


def definition_of(
    insurer_id: str, texts: Mapping[str, str], environ: Mapping[str, str] | None = None
) -> InsurerDefinition:
    """One sender's definition of the past from its files' texts, by name as in their folder. Raises DefinitionError.

    It was checked when it came into force: what is checked besides today is not asked of it.
    """
    return _load(texts, insurer_id, environ, is_past=True)


def _load(
    files: Mapping[str, str], insurer_id: str, environ: Mapping[str, str] | None, *, is_past: bool = False
) -> InsurerDefinition:
    with Mistakes() as mistakes:
        source = _read(files, insurer_id, mistakes)
        feed = _feed(source, insurer_id, os.environ if environ is None else environ, mistakes)
        if not is_past:
            check_sender(source.section, mistakes)
        if not is_past and source.has_vendor:
            check_ways(feed, source.section, mistakes)
    return feed


def _feed(source: _Source, insurer_id: str, environ: Mapping[str, str], mistakes: Mistakes) -> InsurerDefinition:
    """The definition as far as it can be read; what can't be is kept in ``mistakes``."""
    definition, attempt = source.section, mistakes.attempt
    channel = attempt(_channel, definition) if source.has_vendor else None
    has_address = channel == "api" or (channel is None and "base_url" in definition)
    if channel == "drop":
        attempt(_refuse_api_only, definition)
    how = definition if source.has_vendor else Section(definition.place)
    return InsurerDefinition(
        insurer_id=insurer_id,
        insurer_code=attempt(definition.text, "insurer_code") or "",
        name=attempt(definition.text, "name") or "",
        vendor=source.vendor,
        feed_mode=attempt(_feed_mode, definition) or "",
        channel=channel or "api",
        base_url=attempt(_base_url, definition, environ) or "" if has_address else "",
        schedule=attempt(definition.text, "schedule") or "",
        source_format=(attempt(_source_format, definition, channel) if channel else None) or SourceFormat("json"),
        records=_records(definition, channel, mistakes) if channel else {},
        contact=attempt(definition.text, "contact") or "",
        digest=source.digest,
        texts=source.texts,
        auth=_part(Auth, how, "auth", mistakes),
        paging=_part(Paging, how, "paging", mistakes),
        window=_part(WindowFormat, how, "window", mistakes),
        response=_part(Response, how, "response", mistakes),
        limits=_part(FetchLimits, how, "limits", mistakes),
        request=_part(RequestForm, how, "request", mistakes),
        signature=_optional_part(Signature, how, "signature", mistakes),
        envelope=_optional_part(Envelope, how, "envelope", mistakes),
        tls=_part(Tls, how, "tls", mistakes),
        expected=read_expected(definition, mistakes),
    )


def _part(kind: type[T], definition: Section, key: str, mistakes: Mistakes) -> T:
    """One section as its dataclass; as if it were not written while it has a mistake."""
    return mistakes.attempt(lambda: build(kind, definition.section(key))) or kind()


def _optional_part(kind: type[P], definition: Section, key: str, mistakes: Mistakes) -> P | None:
    """One section that need not be there, as its dataclass; None while it has a mistake."""
    return mistakes.attempt(lambda: build(kind, definition.section(key))) if key in definition else None


def _read(files: Mapping[str, str], insurer_id: str, mistakes: Mistakes) -> _Source:
    file, text = _own_file(files, insurer_id)
    if not _ID.fullmatch(insurer_id):
        mistakes.add(DefinitionError(file, "file", f"{insurer_id!r} is no id", fix="lower-case letters, digits and _"))
    lines = text.count("\n") + (not text.endswith("\n") and bool(text))
    if lines > LINES_PER_FILE:
        problem = f"has {lines} lines, {LINES_PER_FILE} at most"
        mistakes.add(DefinitionError(file, "file", problem, lines, "move to a vendor"))
    own = read_section(text, file, mistakes)
    mistakes.attempt(own.refuse_unknown, {*OWN_KEYS, *VENDOR_KEYS} - {"vendor"})
    mistakes.attempt(_refuse_other_name, own, "insurer", insurer_id)
    if "extends" not in own:
        return _Source(own, insurer_id, {file: text})
    name = mistakes.attempt(_vendor_name, files, own)
    vendor_file = f"vendors/{name}.yml"
    vendor_text = mistakes.attempt(files.__getitem__, vendor_file) if name else None
    vendor = mistakes.attempt(_read_vendor, vendor_text, vendor_file, name, mistakes) if name and vendor_text else None
    if not name or vendor_text is None or vendor is None:
        return _Source(own, name or "", {file: text}, has_vendor=False)
    return _Source(overlay(vendor, own), name, {file: text, vendor_file: vendor_text})


def _refuse_other_name(section: Section, key: str, name: str) -> None:
    if section.text(key) != name:
        raise section.entries[key].place.error("differs from the file's name", f"write {key}: {name}")


def _own_name(insurer_id: str) -> str:
    return f"{REGULATOR}.yml" if insurer_id == REGULATOR else f"insurers/{insurer_id}.yml"


def _own_file(files: Mapping[str, str], insurer_id: str) -> tuple[str, str]:
    file = _own_name(insurer_id)
    known = [] if insurer_id == REGULATOR else stems(files, "insurers")
    if file not in set(files):
        fix = nearest(insurer_id, known) if known else f"create {file}"
        raise DefinitionError(file, "file", "does not exist", fix=fix)
    return file, files[file]


def _vendor_name(files: Mapping[str, str], own: Section) -> str:
    name, known = own.text("extends"), stems(files, "vendors")
    if name not in known:
        raise own.entries["extends"].place.error(f"no vendor is called {name!r}", nearest(name, known))
    return name


def _read_vendor(text: str, file: str, name: str, mistakes: Mistakes) -> Section:
    vendor = read_section(text, file, mistakes)
    if "extends" in vendor:
        mistakes.add(
            vendor.entries["extends"].place.error("a vendor extends nothing", "one level only: copy what is needed")
        )
    mistakes.attempt(vendor.refuse_unknown, VENDOR_KEYS)
    mistakes.attempt(_refuse_other_name, vendor, "vendor", name)
    return vendor


def _channel(definition: Section) -> Channel:
    text = definition.text("channel")
    for channel in get_args(Channel):
        if text == channel:
            return channel  # type: ignore[no-any-return]  # one of the literals
    raise definition.entries["channel"].place.error(f"{text!r} is no channel", nearest(text, get_args(Channel)))


def _records(definition: Section, channel: Channel, mistakes: Mistakes) -> dict[str, RecordMapping]:
    """Mappings in loading order: of an API the record types listed, of a drop all of them."""
    attempt = mistakes.attempt
    rules = read_rules(definition, mistakes)
    listed = attempt(definition.section, "records")
    if listed is None:
        return {}
    allowed = REGISTER_RECORD_TYPES if definition.place.file == f"{REGULATOR}.yml" else SENDABLE_RECORD_TYPES
    attempt(listed.refuse_unknown, allowed, "record type")
    wanted = [name for name in allowed if channel == "drop" or name in listed]
    if not listed.entries and not wanted:
        mistakes.add(definition.missing("records"))
    found = {name: attempt(_mapping, name, listed, rules) for name in wanted}
    return read_nesting(listed, {name: mapping for name, mapping in found.items() if mapping is not None}, mistakes)


def _mapping(record_type: str, listed: Section, rules: ColumnRules) -> RecordMapping:
    return read_mapping(load_contracts()[record_type], listed.section(record_type), rules)


def _source_format(definition: Section, channel: Channel) -> SourceFormat:
    if channel == "api":
        if "file" in definition:
            raise definition.entries["file"].place.error("belongs to channel: drop", "remove it")
        response = build(Response, definition.section("response"))
        return SourceFormat("json", plain_path(definition, response.items), response.encoding)
    if "file" not in definition:
        raise definition.missing("file")
    return build(SourceFormat, definition.section("file"))


def _refuse_api_only(definition: Section) -> None:
    with Mistakes() as mistakes:
        for key in filter(definition.entries.__contains__, _API_ONLY):
            mistakes.add(definition.entries[key].place.error("belongs to channel: api", "remove it"))


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
