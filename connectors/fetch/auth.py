"""Proving who asks: API key, HMAC signature, OAuth2 client credentials, basic. Secrets stay in headers and parameters."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qsl, quote, quote_plus, urlsplit

from connectors.model import Auth, InsurerDefinition
from schemas.delivery import Credentials
from schemas.errors import AuthRefused

Params = list[tuple[str, str]]
SHORTEST_SECRET = 4
"""Shorter texts are not hidden in messages: they would blank out half of every message."""
Clock = Callable[[], float]
"""Seconds since 1970, for signatures that expire."""


@dataclass(frozen=True)
class Request:
    """One request before it is sent; ``params`` are those that are not in ``url`` already."""

    method: str
    url: str
    params: Params
    headers: dict[str, str]
    form: dict[str, str] | None = None


def split_query(url: str) -> tuple[str, Params]:
    """The address without its query, and the query's parameters, so that all of them are signed."""
    parts = urlsplit(url)
    return parts._replace(query="", fragment="").geturl(), parse_qsl(parts.query, keep_blank_values=True)


class Signer(Protocol):
    """Adds proof to a request; ``renew`` is True when fresh proof may help after a refusal."""

    def sign(self, request: Request) -> Request: ...

    def renew(self) -> bool: ...

    def secrets(self) -> tuple[str, ...]: ...


def signer(
    definition: InsurerDefinition, credentials: Credentials, fetch_token: Callable[[Request], str], clock: Clock
) -> Signer:
    """The signer that the definition names. Raises AuthRefused when its credentials are missing."""
    auth = definition.auth
    needs_login = auth.kind in ("hmac", "oauth2", "basic")
    if auth.kind != "none" and (not credentials.secret or (needs_login and not credentials.login)):
        wanted = "login and secret" if needs_login else "secret"
        raise AuthRefused(f"{definition.insurer_id}: credentials are missing: give {wanted} for auth {auth.kind}")
    if auth.kind == "hmac":
        return HmacSigner(auth, credentials, clock)
    if auth.kind == "oauth2":
        return TokenSigner(definition, credentials, fetch_token)
    return StaticSigner(auth, credentials)


@dataclass(frozen=True)
class StaticSigner:
    """API key in a header or in the query, basic, or nothing: the same proof on every request."""

    auth: Auth
    credentials: Credentials

    def sign(self, request: Request) -> Request:
        if self.auth.kind == "basic":
            return with_headers(request, {"Authorization": basic(self.credentials)})
        if self.auth.kind == "api_key" and self.auth.header:
            return with_headers(request, {self.auth.header: self.credentials.secret})
        if self.auth.kind == "api_key" and self.auth.query:
            params = [*request.params, (self.auth.query, self.credentials.secret)]
            return Request(request.method, request.url, params, request.headers)
        return request

    def renew(self) -> bool:
        return False

    def secrets(self) -> tuple[str, ...]:
        return known_secrets(self.credentials)


@dataclass(frozen=True)
class HmacSigner:
    """Signs method, path, sorted parameters, timestamp and nonce with HMAC-SHA-256, anew for every request."""

    auth: Auth
    credentials: Credentials
    clock: Clock

    def sign(self, request: Request) -> Request:
        timestamp, nonce = str(int(self.clock())), secrets.token_hex(16)
        text = text_to_sign(request, timestamp, nonce)
        signature = hmac.new(self.credentials.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        proof = {
            self.auth.login_header: self.credentials.login,
            self.auth.timestamp_header: timestamp,
            self.auth.nonce_header: nonce,
            self.auth.header or "X-Signature": signature,
        }
        return with_headers(request, proof)

    def renew(self) -> bool:
        return False

    def secrets(self) -> tuple[str, ...]:
        return known_secrets(self.credentials)


class TokenSigner:
    """OAuth2 client credentials; a refused token is replaced by a new one."""

    def __init__(
        self, definition: InsurerDefinition, credentials: Credentials, fetch_token: Callable[[Request], str]
    ) -> None:
        self._url = definition.base_url + (definition.auth.token_path or "")
        self._credentials = credentials
        self._fetch_token = fetch_token
        self._token: str | None = None

    def sign(self, request: Request) -> Request:
        if self._token is None:
            self._token = self._fetch_token(self._token_request())
        return with_headers(request, {"Authorization": f"Bearer {self._token}"})

    def renew(self) -> bool:
        self._token = None
        return True

    def secrets(self) -> tuple[str, ...]:
        token = (self._token,) if self._token else ()
        return known_secrets(self._credentials) + token

    def _token_request(self) -> Request:
        headers = {"Authorization": basic(self._credentials)}
        return Request("POST", self._url, [], headers, {"grant_type": "client_credentials"})


def text_to_sign(request: Request, timestamp: str, nonce: str) -> str:
    """What an HMAC signature is taken of, five lines: method, path, parameters sorted and quoted, timestamp, nonce."""
    pairs = (f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in sorted(request.params))
    return "\n".join((request.method, urlsplit(request.url).path, "&".join(pairs), timestamp, nonce))


def basic(credentials: Credentials) -> str:
    """The value of a basic Authorization header."""
    return "Basic " + base64.b64encode(f"{credentials.login}:{credentials.secret}".encode()).decode()


def with_headers(request: Request, headers: dict[str, str]) -> Request:
    """The request with more headers."""
    return Request(request.method, request.url, request.params, request.headers | headers, request.form)


def known_secrets(credentials: Credentials) -> tuple[str, ...]:
    """Every text that must not be shown, also as an address spells it."""
    texts = (credentials.secret, basic(credentials).removeprefix("Basic "), *credentials.extra.values())
    spelt = dict.fromkeys(form for text in texts for form in (text, quote(text, safe=""), quote_plus(text)))
    return tuple(text for text in spelt if len(text) >= SHORTEST_SECRET)
