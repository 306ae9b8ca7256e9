"""A webhook of any system: JSON, signed; taken when the answer is 2xx.

``X-Anze-Signature: sha256=<hex>`` is HMAC-SHA256 over ``<X-Anze-Timestamp>.<body>``; ``X-Anze-Message`` is the same at every
try of one message, so that the receiver tells a repeat.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json

from pipeline.alerting.content import Content
from pipeline.alerting.posting import post
from schemas.delivery import Credentials


def send(content: Content, url: str, credentials: Credentials, key: str, at: dt.datetime) -> None:
    """Send one message. Raises ReceiverUnavailable and ReceiverRefuses."""
    body = json.dumps(content.kept(), ensure_ascii=False).encode()
    moment = str(int(at.timestamp()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "X-Anze-Timestamp": moment,
        "X-Anze-Signature": f"sha256={signature(credentials.secret, moment, body)}",
        "X-Anze-Message": hashlib.sha256(key.encode()).hexdigest()[:32],
    }
    post(url, body, headers)


def signature(secret: str, moment: str, body: bytes) -> str:
    """The signature in hexadecimal digits."""
    return hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
