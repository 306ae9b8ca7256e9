"""Proving who asks: API key, HMAC signature, tokens (OAuth2 or a sign-in call of their own), basic."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from connectors.fetch.body import dig
from connectors.fetch.keys import basic, known_secrets, spelt
from connectors.fetch.request import Request
from connectors.fetch.signature import Clock, QuerySigner
from connectors.model import Auth, InsurerDefinition
from connectors.protocol import Signature
from schemas.delivery import Credentials
from schemas.errors import AuthRefused
from schemas.time_zone import SHANGHAI

NEEDS_LOGIN = ("hmac", "oauth2", "basic", "sign_in")
HMAC_TEXT = "{method}\n{path}\n{query}\n{timestamp}\n{nonce}"
"""What auth hmac signs, five lines: method, path, parameters sorted and quoted, timestamp, nonce."""
EPOCH_SECONDS = 1e9
"""Numbers from here on are moments, and a thousand times this are moments in milliseconds."""
MARGIN_SECONDS = 30.0
"""How long before its end a token is renewed."""
FetchToken = Callable[[Request], Any]
"""Sends a token request; gives the answer's document."""


class Signer(Protocol):
    """Adds proof to a request; ``renew`` is True when fresh proof may help after a refusal."""

    def sign(self, request: Request) -> Request: ...

    def renew(self) -> bool: ...

    def secrets(self) -> tuple[str, ...]: ...


def signer(definition: InsurerDefinition, credentials: Credentials, fetch_token: FetchToken, clock: Clock) -> Signer:
    """The signer that the definition names. Raises AuthRefused when its credentials are missing."""
    auth = definition.auth
    needs_login = auth.kind in NEEDS_LOGIN
    if auth.kind != "none" and (not credentials.secret or (needs_login and not credentials.login)):
        wanted = "login and secret" if needs_login else "secret"
        raise AuthRefused(f"{definition.insurer_id}: credentials are missing: give {wanted} for auth {auth.kind}")
    if auth.kind in ("oauth2", "sign_in"):
        return TokenSigner(definition, credentials, fetch_token, clock)
    return StaticSigner(definition, credentials, clock)


@dataclass(frozen=True)
class StaticSigner:
    """API key in a header or in the query, basic, HMAC over the query, or nothing."""

    definition: InsurerDefinition
    credentials: Credentials
    clock: Clock

    def sign(self, request: Request) -> Request:
        auth = self.definition.auth
        if auth.kind == "basic":
            return request.with_headers({"Authorization": basic(self.credentials)})
        if auth.kind == "hmac":
            return QuerySigner(_hmac(auth), self.credentials, self.definition.insurer_id, self.clock).sign(request)
        if auth.kind == "api_key" and auth.header:
            return request.with_headers({auth.header: self.credentials.secret})
        if auth.kind == "api_key" and auth.query:
            return request.with_value(f"query {auth.query}", self.credentials.secret)
        return request

    def renew(self) -> bool:
        return False

    def secrets(self) -> tuple[str, ...]:
        return known_secrets(self.credentials)


def _hmac(auth: Auth) -> Signature:
    return Signature(
        algorithm="hmac_sha256",
        place=f"header {auth.header or 'X-Signature'}",
        text=HMAC_TEXT,
        login=f"header {auth.login_header}",
        timestamp=f"header {auth.timestamp_header}",
        nonce=f"header {auth.nonce_header}",
    )


class TokenSigner:
    """Tokens of OAuth2 client credentials or of a sign-in call; one that ended or was refused is replaced by a new one."""

    def __init__(
        self, definition: InsurerDefinition, credentials: Credentials, fetch_token: FetchToken, clock: Clock
    ) -> None:
        self._definition = definition
        self._credentials = credentials
        self._fetch_token = fetch_token
        self._clock = clock
        self._token = ""
        self._ends_at = float("inf")
        self._former: list[str] = []

    def sign(self, request: Request) -> Request:
        if self._token and self._clock() > self._ends_at - MARGIN_SECONDS:
            self.renew()
        if not self._token:
            self._keep(self._fetch_token(self._token_request()))
        auth = self._definition.auth
        if auth.kind == "oauth2":
            return request.with_headers({"Authorization": f"Bearer {self._token}"})
        return request.with_value(auth.token_place, f"{auth.token_prefix}{self._token}")

    def renew(self) -> bool:
        self._token = ""
        return True

    def secrets(self) -> tuple[str, ...]:
        sent = _written(self._definition.auth, self._credentials.secret)
        return (*known_secrets(self._credentials), *spelt([sent, *self._former]))

    def _keep(self, document: Any) -> None:
        auth = self._definition.auth
        path = auth.token_at or "access_token"
        token = dig(document, path)
        if not isinstance(token, str) or not token:
            raise AuthRefused(f"{self._definition.insurer_id}: the token answer holds no {path}")
        self._token = token
        self._former.append(token)
        told = dig(document, auth.lifetime_at) if auth.lifetime_at else auth.lifetime_seconds
        try:
            self._ends_at = float("inf") if told is None else _ends_at(str(told), self._clock())
        except ValueError:
            told = f"{auth.lifetime_at} is neither a number of seconds nor a time"
            raise AuthRefused(f"{self._definition.insurer_id}: {told}") from None

    def _token_request(self) -> Request:
        auth, own = self._definition.auth, self._credentials
        url = self._definition.base_url + (auth.token_path or "")
        if auth.kind == "oauth2":
            return Request(
                "POST", url, headers={"Authorization": basic(own)}, body=[("grant_type", "client_credentials")]
            )
        body = [(auth.login_param, own.login), (auth.secret_param, _written(auth, own.secret))]
        return Request("POST", url, body=[*body, *auth.sign_in_fixed.items()], body_form=auth.sign_in_body)


def _ends_at(told: str, now: float) -> float:
    """When a token ends, seconds since 1970: from its lifetime in seconds, or the moment as epoch or ISO time.

    A number of thirty years and more is no lifetime but a moment. Raises ValueError for anything else.
    """
    try:
        number = float(told)
    except ValueError:
        moment = dt.datetime.fromisoformat(told)
        return (moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)).timestamp()
    if number < EPOCH_SECONDS:
        return now + number
    return number / 1000 if number > EPOCH_SECONDS * 1000 else number


def _written(auth: Auth, secret: str) -> str:
    """The secret as a sign-in call carries it: plain, or a digest of it in hex."""
    if auth.secret_form == "plain":  # noqa: S105  # a form
        return secret
    digest = hashlib.new(auth.secret_form.lower(), secret.encode(), usedforsecurity=False).hexdigest()
    return digest.upper() if auth.secret_form.isupper() else digest
