"""How an API is spoken to beyond a plain GET: POST bodies, signatures, encrypted envelopes, client certificates.

A *place* is where a value goes in a request, ``header X-Sign``, ``query sign`` or ``body head.sign``; *key* names an entry
of the credentials: ``secret`` itself, or one of ``extra``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Algorithm = Literal["md5", "sha256", "sm3", "hmac_sha256", "hmac_sm3", "rsa_sha256"]
BodyForm = Literal["json", "form"]
KEYED = frozenset({"hmac_sha256", "hmac_sm3", "rsa_sha256"})
"""Algorithms that take the key apart from the text; the others need ``{secret}`` in it."""


@dataclass(frozen=True)
class RequestForm:
    """How a query is sent: its parameters in the address (GET) or in a body (POST)."""

    method: Literal["GET", "POST"] = "GET"
    """GET: parameters in the address; POST: in a body."""
    body: BodyForm = "json"
    """POST: a JSON object, in which a dot in a parameter's name nests, or a form."""
    numbers: Literal["number", "text"] = "number"
    """JSON body: how page numbers, sizes and epochs are written."""
    fixed: Mapping[str, str] = field(default_factory=dict)
    """Parameters that every query carries, as they are."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers that every query carries, as they are."""


@dataclass(frozen=True)
class Signature:
    """A signature over each query, made anew every time.

    ``text`` is what is signed, with ``{params}`` (all parameters of address and body by name, without empty ones),
    ``{query}`` (the same, percent-encoded), ``{body}`` (as sent), ``{body_md5}``, ``{body_sha256}``, ``{method}``,
    ``{path}``, ``{timestamp}``, ``{nonce}``, ``{login}``, ``{secret}`` (the key).
    """

    algorithm: Algorithm
    """Digest with the key in the text (md5, sha256, sm3), keyed digest (hmac_*), or RSA with SHA-256 and PKCS#1 v1.5."""
    place: str
    """Where the signature goes: "header X-Sign", "query sign" or "body sign"."""
    text: str | None = None
    """What is signed; default "{params}&key={secret}" for md5, sha256 and sm3, "{params}" for the others."""
    pairs: Literal["k=v&", "kv"] = "k=v&"
    """How {params} is written: a=1&b=2, or a1b2."""
    form: Literal["hex", "HEX", "base64"] = "hex"
    """How the signature is written."""
    key: str = "secret"
    """Entry of the credentials that signs; for rsa_sha256 a private key as PEM, or the path of such a file."""
    login: str | None = None
    """Where the login goes; nowhere when absent."""
    timestamp: str | None = None
    """Where the time of signing goes."""
    timestamp_format: str = "epoch_seconds"
    """epoch_seconds, epoch_millis, or a strftime form of Shanghai's clock."""
    nonce: str | None = None
    """Where a random text goes that is used once."""


@dataclass(frozen=True)
class Envelope:
    """Answers that arrive encrypted. Paths of ``response`` are written as though they had arrived in plain."""

    cipher: Literal["aes_cbc", "sm4_cbc"]
    """AES (key of 16, 24 or 32 bytes) or SM4 (16), in CBC mode with PKCS#7 padding."""
    at: str = ""
    """Body path of the encrypted text; empty = the whole body is encrypted text."""
    form: Literal["base64", "hex"] = "base64"
    """How the encrypted text is written."""
    key: str = "envelope_key"
    """Entry of the credentials that opens it."""
    key_form: Literal["text", "hex", "base64"] = "text"
    """How the credentials write key and initialisation vector."""
    iv_at: str | None = None
    """Body path of the initialisation vector, written in ``form``; absent = the first 16 bytes before the content."""
    iv_key: str | None = None
    """Entry of the credentials that is the initialisation vector, where it is agreed once."""


@dataclass(frozen=True)
class Tls:
    """Client certificate and own authority, each an entry of the credentials: PEM text, or the path of such a file."""

    certificate: str | None = None
    """Certificate (with its chain) that the hub shows."""
    key: str = "client_key"
    """Its private key; where that is encrypted, its pass phrase is the entry of the same name with _password."""
    authority: str | None = None
    """Certificate of the insurer's own authority, trusted besides the public ones."""


@dataclass(frozen=True)
class Nesting:
    """Records that arrive inside others: one row for each item of the list at ``path`` in an item of ``record_type``."""

    record_type: str
    path: str
    inherit: Mapping[str, str] = field(default_factory=dict)
    """Own field -> column of the record around it."""
    absent: Literal["refused", "none"] = "refused"
    """What it means when a record has no such list at all (an empty one, or null, always means none)."""
