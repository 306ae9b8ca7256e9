"""Sign-in by OpenID Connect: the authorization code flow, with PKCE, state and nonce (OpenID Connect Core 1.0, RFC 7636, RFC 9700).

Nothing of a sign-in under way is kept here: its secrets are in a cookie of the browser that began it. What the provider says of
itself is asked for at each sign-in, so that its keys may change at any time.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import jwt
import requests

from schemas.errors import RetryLater, SetupError

logger = logging.getLogger(__name__)

SECONDS_TO_SIGN_IN = 600
ANSWER_SECONDS, CLOCK_SECONDS = 10, 60
#: Signatures by a key pair only: with a shared secret whoever knows the client's could sign.
ALGORITHMS = ["RS256", "PS256", "ES256"]
NEEDED_CLAIMS = ["iss", "aud", "exp", "iat", "sub", "nonce"]
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_LOCAL = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Provider:
    """Who vouches for people. ``claim`` of its ID token names the account, and must be one that nobody changes for himself."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    claim: str


@dataclass(frozen=True)
class Begun:
    """A sign-in under way: where the browser goes, and what it keeps until it is back."""

    address: str
    kept: str


@dataclass(frozen=True)
class Vouched:
    """Whom the provider vouches for, by the account's name, and the page that was asked for."""

    login: str
    next_path: str


class _Unbelievable(Exception):
    """Raised when an answer of browser or provider is not what it must be, from this module; it says why, for the log."""


def provider_of(environ: Mapping[str, str]) -> Provider | None:
    """The provider that an environment names, if it names one. Raises SetupError for half a one, and one without TLS."""
    issuer = environ.get("ANZE_OIDC_ISSUER", "").rstrip("/")
    if not issuer:
        return None
    if not _is_safe(issuer):
        raise SetupError(
            "ANZE_OIDC_ISSUER 必须是 https 地址 is no https address: write the issuer as the provider names it"
        )
    client_id, secret = environ.get("ANZE_OIDC_CLIENT_ID", ""), environ.get("ANZE_OIDC_CLIENT_SECRET", "")
    if not (client_id and secret):
        raise SetupError(
            "ANZE_OIDC_ISSUER 还需要 needs ANZE_OIDC_CLIENT_ID and ANZE_OIDC_CLIENT_SECRET too: set all three"
        )
    return Provider(issuer, client_id, secret, environ.get("ANZE_OIDC_CLAIM") or "preferred_username")


def _is_safe(address: str) -> bool:
    """Whether an address has TLS, or is this machine's."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL)


def begin(provider: Provider, back: str, next_path: str) -> Begun:
    """Send somebody to the provider, who sends the browser to the address ``back``. Raises RetryLater."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code", "client_id": provider.client_id, "redirect_uri": back, "scope": "openid profile",
        "state": state, "nonce": nonce, "code_challenge": challenge, "code_challenge_method": "S256",
    }  # fmt: skip
    address = _described(provider)["authorization_endpoint"]
    kept = {"state": state, "nonce": nonce, "verifier": verifier, "next": next_path}
    return Begun(
        f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}",
        base64.urlsafe_b64encode(json.dumps(kept).encode()).decode(),
    )


def finish(provider: Provider, back: str, answer: Mapping[str, str], kept: str) -> Vouched | None:
    """Whom the provider vouches for in its ``answer`` to what the browser ``kept``; None = nobody. Raises RetryLater."""
    try:
        return _vouched(provider, back, answer, _of_cookie(kept))
    except (_Unbelievable, jwt.PyJWTError) as error:
        logger.warning("a sign-in by OIDC was refused: %s: %s", type(error).__name__, error)
        return None


def _vouched(provider: Provider, back: str, answer: Mapping[str, str], begun: Mapping[str, str]) -> Vouched:
    if not secrets.compare_digest(answer.get("state", "").encode(), begun["state"].encode()):
        raise _Unbelievable("the state is not that of this browser")
    if answer.get("iss", provider.issuer).rstrip("/") != provider.issuer:
        raise _Unbelievable("another provider answers")
    if "code" not in answer:
        raise _Unbelievable(f"the provider says {answer.get('error', 'nothing')!r}")
    return Vouched(_login(provider, back, answer["code"], begun), begun["next"])


def _login(provider: Provider, back: str, code: str, begun: Mapping[str, str]) -> str:
    """The account's name out of the verified ID token for a code."""
    described = _described(provider)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": begun["verifier"]}
    client = (quote(provider.client_id, safe=""), quote(provider.client_secret, safe=""))
    token = _asked("POST", described["token_endpoint"], data=form, auth=client).get("id_token")
    if not isinstance(token, str):
        raise _Unbelievable("no ID token for the code")
    claims = jwt.decode(
        token, _key(described["jwks_uri"], token), algorithms=ALGORITHMS, audience=provider.client_id,
        issuer=described["issuer"], leeway=CLOCK_SECONDS, options={"require": NEEDED_CLAIMS},
    )  # fmt: skip
    if claims["nonce"] != begun["nonce"]:
        raise _Unbelievable("the nonce is that of another sign-in")
    if claims.get("azp", provider.client_id) != provider.client_id:
        raise _Unbelievable("the token is for another client")
    login = claims.get(provider.claim)
    if not isinstance(login, str) or "\0" in login:
        raise _Unbelievable(f"no claim {provider.claim} in the token")
    return login


def _of_cookie(kept: str) -> dict[str, str]:
    """What the browser kept. Raises _Unbelievable."""
    try:
        found = json.loads(base64.urlsafe_b64decode(kept))
        return {name: str(found[name]) for name in ("state", "nonce", "verifier", "next")}
    except (ValueError, KeyError, TypeError) as error:
        raise _Unbelievable("this browser began no sign-in") from error


def _described(provider: Provider) -> dict[str, str]:
    """What the provider says of itself. Raises RetryLater for what cannot be used."""
    try:
        found = _asked("GET", f"{provider.issuer}/.well-known/openid-configuration")
        described = {name: str(found[name]) for name in ("issuer", *_ENDPOINTS)}
    except (_Unbelievable, KeyError) as error:
        raise RetryLater(
            f"统一身份认证没有可用的说明 the identity provider does not describe itself: {error}"
        ) from error
    if described["issuer"].rstrip("/") != provider.issuer or not all(_is_safe(described[name]) for name in _ENDPOINTS):
        raise RetryLater(
            "统一身份认证的说明与设置不符 the identity provider describes another issuer, or addresses without TLS"
        )
    return described


def _key(address: str, token: str) -> jwt.PyJWK:
    """The key by which a token says that it is signed."""
    wanted = jwt.get_unverified_header(token).get("kid")
    keys = jwt.PyJWKSet.from_dict(_asked("GET", address)).keys
    found = [key for key in keys if wanted is None or key.key_id == wanted]
    if len(found) != 1:
        raise _Unbelievable("the provider has no such key")
    return found[0]


def _asked(method: str, address: str, **more: Any) -> dict[str, Any]:
    """The provider's JSON. Raises RetryLater where it does not answer, _Unbelievable where it refuses."""
    try:
        answer = requests.request(method, address, timeout=ANSWER_SECONDS, allow_redirects=False, **more)
    except requests.RequestException as error:
        raise RetryLater("统一身份认证没有应答 the identity provider does not answer") from error
    if answer.status_code >= 500 or answer.is_redirect:
        raise RetryLater(f"统一身份认证没有正常应答 the identity provider answers {answer.status_code}")
    try:
        found = answer.json()
    except ValueError:
        found = None
    if not answer.ok or not isinstance(found, dict):
        raise _Unbelievable(f"the provider refuses: {answer.status_code}")
    return found
