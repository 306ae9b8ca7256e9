"""What requests, signatures, tokens and envelopes of a definition must be; each mistake with its place and fix."""

from __future__ import annotations

import re
from collections.abc import Collection

from connectors.model import InsurerDefinition
from connectors.protocol import KEYED
from connectors.yaml_tree import Section
from schemas.mistakes import Mistakes

PLACEHOLDERS = frozenset(
    {"params", "query", "body", "body_md5", "body_sha256", "method", "path", "timestamp", "nonce", "login", "secret"}
)
_PLACE = re.compile(r"header [\w.\-]+|query [^\s?#&=]+|body [^.\s]+(?:\.[^.\s]+)*", re.ASCII)
_STATUS = re.compile(r"204|40[0-9]|41[0-9]|42[0-9]")
_POINTED = ("cursor", "next")
_COUNTED = ("page", "offset")


def check_protocol(feed: InsurerDefinition, definition: Section, mistakes: Mistakes) -> None:
    """Look over how an API is spoken to; what is wrong is kept in ``mistakes``. A part with a mistake is passed over."""
    attempt = mistakes.attempt
    attempt(_check_places, feed, definition)
    attempt(_check_names, feed, definition)
    checks = {"signature": _check_signature, "auth": _check_auth, "paging": _check_paging, "response": _check_response}
    for key, check_part in checks.items():
        if not mistakes.below(key):
            attempt(check_part, feed, definition.section(key))
    if not mistakes.below("envelope"):
        attempt(_check_envelope, feed, definition)


def _check_response(feed: InsurerDefinition, response: Section) -> None:
    for status in feed.response.nothing_status:
        if not _STATUS.fullmatch(status):
            place = response.entries["nothing_status"].place
            raise place.error(f"{status!r} cannot mean that there is nothing", 'write such as ["204", "404"]')
    if feed.response.last_marks and not feed.response.last_page:
        raise response.missing("last_page")


def plain_path(definition: Section, items: str) -> str:
    """Where the items stand in what lands: behind the path of an envelope, which is opened before."""
    at = definition.section("envelope").text("at", "")
    if not at or items == at:
        return "" if at else items
    if items.startswith(f"{at}."):
        return items.removeprefix(f"{at}.")
    place = definition.section("response").entries.get("items", definition.entries["envelope"]).place
    raise place.error(f"{items!r} is not inside the envelope", f"write items: {at} or {at}.rows")


def _check_names(feed: InsurerDefinition, definition: Section) -> None:
    """Refuse a parameter of a JSON body that would be both a value and an object."""
    if feed.request.method != "POST" or feed.request.body != "json":
        return
    paging, window, how = feed.paging, feed.window, feed.signature
    placed = (feed.auth.token_place, *((how.place, how.login, how.timestamp, how.nonce) if how else ()))
    shared = [
        paging.page_param, paging.size_param, paging.offset_param, paging.cursor_param, window.since_param,
        window.until_param, *feed.request.fixed, *(place[5:] for place in placed if place and place.startswith("body ")),
    ]  # fmt: skip
    for record in feed.records.values():
        names = [name for name in (*shared, *record.params) if name]
        for name in names:
            if names.count(name) > 1 or any(other.startswith(f"{name}.") for other in names):
                place = definition.section("request").place
                raise place.error(f"the body's {name!r} would be two things", "give each parameter its own name")


def _check_places(feed: InsurerDefinition, definition: Section) -> None:
    signature, auth = definition.section("signature"), definition.section("auth")
    wanted = [(signature, key) for key in ("place", "login", "timestamp", "nonce")] + [(auth, "token_place")]
    for section, key in wanted:
        if key not in section:
            continue
        text, place = section.text(key), section.entries[key].place
        if not _PLACE.fullmatch(text):
            raise place.error(f"{text!r} is no place in a request", "write header X-Sign, query sign or body sign")
        if text.startswith("body ") and feed.request.method == "GET":
            raise place.error("is in the body, and a GET has none", "write request: {method: POST}, or another place")


def _check_signature(feed: InsurerDefinition, section: Section) -> None:
    how = feed.signature
    if how is None:
        return
    for name in re.findall(r"\{(\w*)\}", how.text or ""):
        if name not in PLACEHOLDERS:
            raise section.entries["text"].place.error(
                f"{{{name}}} means nothing", f"one of {', '.join(sorted(PLACEHOLDERS))}"
            )
    if how.text is not None and how.algorithm not in KEYED and "{secret}" not in how.text:
        raise section.entries["text"].place.error("signs without a key: anybody could", "add {secret}, the key")


def _check_auth(feed: InsurerDefinition, section: Section) -> None:
    if feed.auth.kind == "hmac" and feed.request.method == "POST":
        raise section.entries["kind"].place.error(
            "hmac signs addresses, not bodies", "write signature: {algorithm: hmac_sha256, ...} instead"
        )
    if feed.auth.kind == "sign_in" and feed.auth.lifetime_at and feed.auth.lifetime_seconds:
        raise section.entries["lifetime_seconds"].place.error("is told by lifetime_at already", "keep one of them")


def _check_envelope(feed: InsurerDefinition, definition: Section) -> None:
    section, how = definition.section("envelope"), feed.envelope
    if how is None:
        return
    if how.iv_at and how.iv_key:
        raise section.entries["iv_key"].place.error("stands beside iv_at", "keep one of them")
    if how.iv_at and not how.at:
        raise section.entries["iv_at"].place.error("needs an envelope around the text", "add at:, its path")
    if feed.response.encoding != "utf-8":
        place = definition.section("response").entries["encoding"].place
        raise place.error("an envelope's content is UTF-8", "remove encoding")


def _check_paging(feed: InsurerDefinition, section: Section) -> None:
    kind, paging = feed.paging.kind, feed.paging
    _refuse_unless(section, "until", kind, _COUNTED if paging.until == "empty" else (kind,))
    _refuse_unless(section, "end", kind, (*_POINTED, *(_COUNTED if paging.until == "empty" else ())))


def _refuse_unless(section: Section, key: str, kind: str, kinds: Collection[str]) -> None:
    if key in section and kind not in kinds:
        raise section.entries[key].place.error(f"means nothing to kind {kind}", f"is for {' and '.join(kinds)}")
