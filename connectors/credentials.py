"""Which entries of the credentials a definition asks for, and what each is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from connectors.model import InsurerDefinition


@dataclass(frozen=True)
class Entry:
    """One entry: ``login``, ``secret`` or ``extra.<name>``."""

    name: str
    meaning: str


_AUTH: dict[str, tuple[Entry, ...]] = {
    "api_key": (Entry("secret", "the key"),),
    "hmac": (Entry("login", "access key id"), Entry("secret", "key of the HMAC-SHA256")),
    "oauth2": (Entry("login", "client id"), Entry("secret", "client secret")),
    "sign_in": (Entry("login", "user of the sign-in call"), Entry("secret", "its password")),
    "basic": (Entry("login", "user"), Entry("secret", "password")),
    "none": (),
}


def needed(definition: InsurerDefinition) -> tuple[Entry, ...]:
    """The entries that a fetch by this definition reads, each once."""
    found: dict[str, Entry] = {}
    for entry in _all(definition):
        found.setdefault(entry.name, entry)
    return tuple(found.values())


def _all(definition: InsurerDefinition) -> Iterator[Entry]:
    signature, envelope, tls = definition.signature, definition.envelope, definition.tls
    yield from _AUTH[definition.auth.kind]
    if signature:
        is_rsa = signature.algorithm == "rsa_sha256"
        yield Entry(
            _named(signature.key),
            "private key that signs, PEM" if is_rsa else f"key of the {signature.algorithm} signature",
        )
        if signature.login:
            yield Entry("login", "told beside the signature")
    if envelope:
        yield Entry(_named(envelope.key), f"key that opens answers, as {envelope.key_form}")
        if envelope.iv_key:
            yield Entry(_named(envelope.iv_key), f"initialisation vector, as {envelope.key_form}")
    if tls.certificate:
        yield Entry(_named(tls.certificate), "client certificate, PEM")
        yield Entry(_named(tls.key), "its private key, PEM")
    if tls.authority:
        yield Entry(_named(tls.authority), "certificate of the insurer's authority, PEM")


def _named(entry: str) -> str:
    return entry if entry in ("login", "secret") else f"extra.{entry}"
