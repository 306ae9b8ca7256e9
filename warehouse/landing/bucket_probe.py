"""Whether a bucket keeps what landing promises: asked of the server itself, with requests that an honest one refuses.

Gateways exist that answer 200 and put over what is there, or that read no checksum. A client that computes the right
checksum cannot ask for a wrong one: these requests are signed here (AWS Signature Version 4).
"""

from __future__ import annotations

import base64
import datetime as dt
import functools
import hashlib
import hmac
import re
import urllib.parse
import uuid
from dataclasses import dataclass, field

import requests

from schemas.errors import LandingUnreachable, SetupError

TIMEOUT_SECONDS = 30
#: What a server answers that keeps to If-None-Match, and one that reads checksums.
_TAKEN, _WRONG = (409, 412), 400
_CODE = re.compile(r"<Code>(\w+)</Code>")


@dataclass(frozen=True)
class Account:
    """Who asks for what: ``url`` as people write it, ``address`` as the server has it, both with the prefix."""

    url: str
    address: str
    region: str
    key_id: str
    secret: str = field(repr=False)
    token: str | None = field(repr=False)

    @property
    def shown(self) -> str:
        """What messages call it."""
        return f"landing bucket {self.url}"


@functools.cache
def require_trusted(account: Account) -> None:
    """Probe a bucket, once a process: two requests, and a third where it was never probed before.

    Raises SetupError for one that replaces what is there, takes bytes that are not those of their checksum, or may not be
    written; LandingUnreachable. An object ``probe/created-once`` stays: it is what may not be replaced.
    """
    content = b"created once\n"
    status = _put(account, "probe/created-once", content)
    if status not in _TAKEN and _put(account, "probe/created-once", content) not in _TAKEN:
        raise _untrusted(account, "it ignores If-None-Match, what landed could be replaced")
    wrong = base64.b64encode(hashlib.sha256(b"other bytes").digest()).decode()
    if _put(account, f"probe/{uuid.uuid4()}", content, {"x-amz-checksum-sha256": wrong}, refused=_WRONG) != _WRONG:
        raise _untrusted(account, "it takes bytes that are not those of their SHA-256")


def _untrusted(account: Account, reason: str) -> SetupError:
    return SetupError(f"{account.shown} cannot be written: it cannot be trusted, {reason}")


def _put(
    account: Account, name: str, content: bytes, more: dict[str, str] | None = None, refused: int | None = None
) -> int:
    """Create an object; returns 200, what says that it is there, or ``refused``. Raises for every other answer."""
    address = f"{account.address}/{name}"
    headers = signed("PUT", address, content, account, {"if-none-match": "*", **(more or {})}, dt.datetime.now(dt.UTC))
    try:
        answer = requests.put(address, content, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False)
    except requests.RequestException as error:
        raise LandingUnreachable(f"{account.shown} cannot be reached: {type(error).__name__}") from error
    if answer.status_code in (200, *_TAKEN, refused):
        return answer.status_code
    found = _CODE.search(answer.text)
    told = f"{account.shown} cannot be written: {found[1] if found else answer.reason} (HTTP {answer.status_code})"
    raise LandingUnreachable(told) if answer.status_code >= 500 else SetupError(told)


def signed(
    method: str, address: str, content: bytes, account: Account, headers: dict[str, str], now: dt.datetime
) -> dict[str, str]:
    """The headers of a request, signed for S3 by Signature Version 4; a query stands in its canonical form."""
    url, moment = urllib.parse.urlsplit(address), f"{now:%Y%m%dT%H%M%SZ}"
    digest = hashlib.sha256(content).hexdigest()
    every = {**headers, "host": url.netloc, "x-amz-content-sha256": digest, "x-amz-date": moment}
    if account.token:
        every["x-amz-security-token"] = account.token
    names = ";".join(sorted(every))
    lines = [method, url.path, url.query, *(f"{name}:{every[name]}" for name in sorted(every)), "", names, digest]
    scope = (moment[:8], account.region, "s3", "aws4_request")
    text = ["AWS4-HMAC-SHA256", moment, "/".join(scope), hashlib.sha256("\n".join(lines).encode()).hexdigest()]
    key = f"AWS4{account.secret}".encode()
    for part in scope:
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, "\n".join(text).encode(), "sha256").hex()
    credential = f"Credential={account.key_id}/{'/'.join(scope)}"
    del every["host"]
    return {
        **every,
        "authorization": f"AWS4-HMAC-SHA256 {credential}, SignedHeaders={names}, Signature={signature}",
    }
