"""Who may ask the simulated insurers: credentials by seed, tokens that run out, signatures that are used once."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

from sandbox.cast import cast
from sandbox.dialects.speech import Dialect

CLOCK_TOLERANCE_SECONDS = 300
TOKEN_CALLS = 3
"""Calls that one token serves: few, so that it runs out in the middle of longer answers."""


@dataclass(frozen=True)
class Asked:
    """What a request shows of itself; header names in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    at_seconds: float
    body: bytes = b""
    form: Mapping[str, str] = field(default_factory=dict)
    """The parameters of the body, nested ones by dotted name."""


def credentials(insurer_id: str, seed: int) -> dict[str, Any]:
    """``login``, ``secret`` and ``extra`` of one insurer, the same for the same seed."""
    digest = hashlib.sha256(f"anze-sandbox:{seed}:{insurer_id}".encode()).hexdigest()
    dialect = next((insurer.dialect for insurer in cast() if insurer.insurer_id == insurer_id), "")
    extra = {name: cut(digest) for name, cut in _EXTRA.get(dialect, {}).items()}
    return {"login": f"hub-{insurer_id}", "secret": digest[:40], "extra": extra}


#: Further keys by dialect, each a part of the insurer's digest.
_EXTRA: dict[str, dict[str, Callable[[str], str]]] = {
    "xinfeng": {"sign_key": lambda digest: f"sk{digest[40:60]}", "envelope_key": lambda digest: digest[16:48]},
    "tongxing": {"sign_key": lambda digest: f"md{digest[44:64]}"},
}


@dataclass
class Accounts:
    """Judges requests. State: calls left of every token, and nonces seen."""

    seed: int
    token_calls: int = TOKEN_CALLS
    _tokens: dict[str, tuple[str, int]] = field(default_factory=dict)
    _nonces: set[tuple[str, str]] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def issue_token(self, insurer_id: str, asked: Asked, grant_type: str | None) -> str | None:
        """A new token for client credentials in a basic header, or None."""
        if grant_type != "client_credentials" or not self._is_basic(insurer_id, asked):
            return None
        token = secrets.token_urlsafe(24)
        with self._lock:
            self._tokens[token] = (insurer_id, self.token_calls)
        return token

    def sign_in(self, insurer_id: str, asked: Asked) -> str | None:
        """A new token for login and the MD5 of the secret in a JSON body, or None."""
        own = credentials(insurer_id, self.seed)
        digest = hashlib.md5(str(own["secret"]).encode(), usedforsecurity=False).hexdigest()
        if asked.form.get("userName") != own["login"] or _differ(asked.form.get("passWord"), digest):
            return None
        token = secrets.token_urlsafe(24)
        with self._lock:
            self._tokens[token] = (insurer_id, self.token_calls)
        return token

    def problem(self, insurer_id: str, dialect: Dialect, asked: Asked) -> str | None:
        """Why the request is refused, or None when it proves who asks."""
        secret = str(credentials(insurer_id, self.seed)["secret"])
        if dialect.auth == "api_key_header":
            return _differ(asked.headers.get((dialect.key_name or "").lower()), secret)
        if dialect.auth == "api_key_query":
            return _differ(asked.query.get(dialect.key_name or ""), secret)
        if dialect.auth == "basic":
            return None if self._is_basic(insurer_id, asked) else "login or password is wrong"
        if dialect.auth == "oauth2":
            return self._token_problem(insurer_id, asked.headers.get("authorization", "").removeprefix("Bearer "))
        if dialect.auth == "sign_in":
            found = _md5_problem(_extra(insurer_id, self.seed)["sign_key"], asked)
            return found or self._token_problem(insurer_id, asked.headers.get("x-ticket", ""))
        if dialect.auth == "sm3_body":
            return self._sm3_problem(insurer_id, asked)
        return self._signature_problem(insurer_id, secret, asked)

    def _is_basic(self, insurer_id: str, asked: Asked) -> bool:
        own = credentials(insurer_id, self.seed)
        wanted = base64.b64encode(f"{own['login']}:{own['secret']}".encode()).decode()
        return _differ(asked.headers.get("authorization"), f"Basic {wanted}") is None

    def _token_problem(self, insurer_id: str, token: str) -> str | None:
        with self._lock:
            owner, calls = self._tokens.get(token, ("", 0))
            if owner != insurer_id or calls < 1:
                return "token is unknown or has expired"
            self._tokens[token] = (owner, calls - 1)
        return None

    def _sm3_problem(self, insurer_id: str, asked: Asked) -> str | None:
        own, stamp, nonce = (
            credentials(insurer_id, self.seed), asked.headers.get("x-timestamp", ""), asked.headers.get("x-nonce", ""),
        )  # fmt: skip
        if asked.headers.get("x-app-id") != own["login"]:
            return "application is unknown"
        if not stamp.isdigit() or abs(asked.at_seconds - int(stamp) / 1000) > CLOCK_TOLERANCE_SECONDS:
            return "timestamp is missing or too far from the server's"
        digest = HMAC(_extra(insurer_id, self.seed)["sign_key"].encode(), hashes.SM3())
        digest.update(f"{stamp}\n{nonce}\n{asked.path}\n".encode() + asked.body)
        if _differ(asked.headers.get("x-sign"), digest.finalize().hex()):
            return "signature is wrong"
        return self._used_nonce(insurer_id, nonce)

    def _used_nonce(self, insurer_id: str, nonce: str) -> str | None:
        with self._lock:
            if len(nonce) < 16 or (insurer_id, nonce) in self._nonces:
                return "nonce is too short or was used before"
            self._nonces.add((insurer_id, nonce))
        return None

    def _signature_problem(self, insurer_id: str, secret: str, asked: Asked) -> str | None:
        stamp, nonce = asked.headers.get("x-timestamp", ""), asked.headers.get("x-nonce", "")
        if asked.headers.get("x-access-key") != credentials(insurer_id, self.seed)["login"]:
            return "access key is unknown"
        if not stamp.isdigit() or abs(asked.at_seconds - int(stamp)) > CLOCK_TOLERANCE_SECONDS:
            return "timestamp is missing or too far from the server's"
        pairs = "&".join(f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in sorted(asked.query.items()))
        text = f"{asked.method}\n{asked.path}\n{pairs}\n{stamp}\n{nonce}"
        wanted = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        if _differ(asked.headers.get("x-signature"), wanted):
            return "signature is wrong"
        return self._used_nonce(insurer_id, nonce)


def _extra(insurer_id: str, seed: int) -> dict[str, str]:
    found: dict[str, str] = credentials(insurer_id, seed)["extra"]
    return found


def _md5_problem(key: str, asked: Asked) -> str | None:
    pairs = "&".join(f"{k}={v}" for k, v in sorted(asked.form.items()) if k != "sign" and v)
    wanted = hashlib.md5(f"{pairs}&key={key}".encode(), usedforsecurity=False).hexdigest().upper()
    return "signature is wrong" if _differ(asked.form.get("sign"), wanted) else None


def _differ(found: str | None, wanted: str) -> str | None:
    same = found is not None and hmac.compare_digest(found.encode(), wanted.encode())
    return None if same else "key is missing or wrong"
