"""A small OpenID provider over real HTTP: it lets everybody in as ``person``, checks what a client owes, and can misbehave."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "anze portal", "of-the:client/%"


@functools.cache
def key_pair(name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def jwk(name: str) -> dict[str, Any]:
    return {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key_pair(name).public_key())), "kid": name, "use": "sig"}


@dataclass
class IdentityProvider:
    """State: whom it lets in, what it says wrongly, codes that were not used yet."""

    person: str = "nobody"
    wrong: dict[str, object] = field(default_factory=dict)
    signed_by: str = "now"
    algorithm: str = "RS256"
    description: dict[str, object] = field(default_factory=dict)
    keys: tuple[str, ...] = ("before", "now")
    codes: dict[str, Mapping[str, str]] = field(default_factory=dict)
    server: ThreadingHTTPServer | None = None

    @property
    def issuer(self) -> str:
        assert self.server is not None
        return f"http://127.0.0.1:{self.server.server_address[1]}/realms/province"

    def behave(self, person: str) -> None:
        """Let somebody in, and say nothing wrong."""
        self.person, self.wrong, self.description = person, {}, {}
        self.signed_by, self.algorithm = "now", "RS256"

    def __enter__(self) -> Self:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Handler, self))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self.server is not None
        self.server.shutdown()
        self.server.server_close()

    def described(self) -> dict[str, object]:
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return {
            "issuer": self.issuer,
            **{name: f"{self.issuer}/{path}" for name, path in names.items()},
            **self.description,
        }

    def authorize(self, asked: Mapping[str, str]) -> str:
        """Where the browser goes next."""
        assert (asked["response_type"], asked["client_id"], asked["code_challenge_method"]) == ("code", CLIENT, "S256")
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, form: Mapping[str, str], authorization: str) -> dict[str, str] | None:
        """The answer to a code that is whole and used for the first time; None = refused."""
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        client = base64.b64encode(b"anze%20portal:of-the%3Aclient%2F%25").decode()
        if asked is None or challenge != asked["code_challenge"] or authorization != f"Basic {client}":
            return None
        if form["redirect_uri"] != asked["redirect_uri"]:
            return None
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": "4711", "iat": int(time.time()), "exp": int(time.time()) + 300,
            "nonce": asked["nonce"], "preferred_username": self.person, **self.wrong,
        }  # fmt: skip
        return {"access_token": "x", "token_type": "Bearer", "id_token": self._signed(claims)}

    def _signed(self, claims: Mapping[str, object]) -> str:
        kept = {name: value for name, value in claims.items() if value is not None}
        header = {"kid": self.signed_by}
        if self.algorithm == "none":
            return jwt.encode(kept, None, "none", header)
        if self.algorithm == "HS256":
            return jwt.encode(kept, SECRET * 4, "HS256", header)
        return jwt.encode(kept, key_pair(self.signed_by), self.algorithm, header)


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, provider: IdentityProvider, *args: Any) -> None:
        self.provider = provider
        super().__init__(*args)

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, _flat(urlsplit(self.path).query)
        if path.endswith("/.well-known/openid-configuration"):
            self._tell(self.provider.described())
        elif path.endswith("/keys"):
            self._tell({"keys": [jwk(name) for name in self.provider.keys]})
        else:
            self.send_response(303)
            self.send_header("Location", self.provider.authorize(query))
            self.end_headers()

    def do_POST(self) -> None:
        form = _flat(self.rfile.read(int(self.headers["Content-Length"])).decode())
        answer = self.provider.token(form, self.headers["Authorization"])
        self._tell(answer or {"error": "invalid_grant"}, 200 if answer else 400)

    def _tell(self, document: Mapping[str, object], status: int = 200) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def _flat(text: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(text).items()}
