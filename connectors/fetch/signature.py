"""Signatures over a query, as the definition declares them: what is signed, by which algorithm, and where it goes."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from connectors.fetch.keys import entry, pem
from connectors.fetch.request import Request
from connectors.protocol import KEYED, Signature
from schemas.delivery import Credentials
from schemas.errors import AuthRefused
from schemas.time_zone import SHANGHAI

Clock = Callable[[], float]
"""Seconds since 1970, for signatures that expire."""

_HASHES: dict[str, Callable[[], hashes.HashAlgorithm]] = {
    "md5": hashes.MD5,
    "sha256": hashes.SHA256,
    "sm3": hashes.SM3,
    "hmac_sha256": hashes.SHA256,
    "hmac_sm3": hashes.SM3,
}
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class QuerySigner:
    """Signs queries by one declaration with one insurer's credentials. Raises AuthRefused for a key that is none."""

    how: Signature
    credentials: Credentials
    insurer_id: str
    clock: Clock

    def __post_init__(self) -> None:
        entry(self.credentials, self.how.key, self.insurer_id)  # what is missing is told before anything is asked
        if self.how.login:
            entry(self.credentials, "login", self.insurer_id)

    def sign(self, request: Request) -> Request:
        """The request with time, nonce, login and signature where they belong."""
        values = {
            "login": self.credentials.login,
            "timestamp": self._timestamp(),
            "nonce": secrets.token_hex(16),
        }
        for place, name in ((self.how.login, "login"), (self.how.timestamp, "timestamp"), (self.how.nonce, "nonce")):
            if place:
                request = request.with_value(place, values[name])
        return request.with_value(self.how.place, self._written(self._digest(self._text(request, values))))

    def _text(self, request: Request, values: dict[str, str]) -> bytes:
        body = request.content or b""
        known = values | {
            "params": self._params(request),
            "query": "&".join(f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in request.top_level()),
            "body": body.decode(),
            "body_md5": hashlib.md5(body, usedforsecurity=False).hexdigest(),
            "body_sha256": hashlib.sha256(body).hexdigest(),
            "method": request.method,
            "path": urlsplit(request.url).path,
            "secret": "" if self.how.algorithm == "rsa_sha256" else self._key(),
        }
        return _PLACEHOLDER.sub(lambda found: known[found[1]], self.how.text or default_text(self.how)).encode()

    def _params(self, request: Request) -> str:
        if self.how.pairs == "kv":
            return "".join(f"{name}{value}" for name, value in request.top_level())
        return "&".join(f"{name}={value}" for name, value in request.top_level())

    def _key(self) -> str:
        return entry(self.credentials, self.how.key, self.insurer_id)

    def _digest(self, text: bytes) -> bytes:
        if self.how.algorithm == "rsa_sha256":
            return self._private_key().sign(text, padding.PKCS1v15(), hashes.SHA256())
        made = _HASHES[self.how.algorithm]()
        digest = hmac.HMAC(self._key().encode(), made) if self.how.algorithm in KEYED else hashes.Hash(made)
        digest.update(text)
        return digest.finalize()

    def _private_key(self) -> rsa.RSAPrivateKey:
        told = f"{self.insurer_id}: extra.{self.how.key} is no RSA private key in PEM without a pass phrase"
        try:
            key = serialization.load_pem_private_key(pem(self.credentials, self.how.key, self.insurer_id), None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise AuthRefused(told) from None
        if not isinstance(key, rsa.RSAPrivateKey):
            raise AuthRefused(told)
        return key

    def _timestamp(self) -> str:
        moment, form = self.clock(), self.how.timestamp_format
        if form in ("epoch_seconds", "epoch_millis"):
            return str(int(moment * (1000 if form == "epoch_millis" else 1)))
        return dt.datetime.fromtimestamp(moment, SHANGHAI).strftime(form)

    def _written(self, digest: bytes) -> str:
        if self.how.form == "base64":
            return base64.b64encode(digest).decode()
        return digest.hex().upper() if self.how.form == "HEX" else digest.hex()


def default_text(how: Signature) -> str:
    """What is signed where the definition does not say."""
    return "{params}" if how.algorithm in KEYED else "{params}&key={secret}"
