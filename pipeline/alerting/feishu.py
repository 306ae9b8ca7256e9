"""Feishu 飞书: time in seconds and signature in the body, made with key and message swapped; taken when ``code`` is 0."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json

from pipeline.alerting.content import Content, plain
from pipeline.alerting.posting import post_to_robot
from schemas.delivery import Credentials

HOST = "https://open.feishu.cn"
LIMIT_BYTES = 20_000
#: Room for the JSON around the text, and for the escapes in it.
ROOM_BYTES = 2_000
#: Sent too fast, by two names.
LATER = {9499: 60.0, 11232: 60.0}


def send(content: Content, host: str | None, credentials: Credentials, at: dt.datetime) -> None:
    """Send one message. Raises ReceiverUnavailable and ReceiverRefuses."""
    told = plain(content, LIMIT_BYTES - ROOM_BYTES)
    post = {"title": content.title, "content": [[{"tag": "text", "text": told}]]}
    message: dict[str, object] = {"msg_type": "post", "content": {"post": {"zh_cn": post}}}
    if credentials.secret:
        message = signed(credentials.secret, at) | message
    body = json.dumps(message, ensure_ascii=False).encode()
    post_to_robot(f"{host or HOST}/open-apis/bot/v2/hook/{credentials.login}", body, "code", LATER)


def signed(secret: str, at: dt.datetime) -> dict[str, object]:
    """Time and signature: HMAC-SHA256 with time, line feed and secret as key over nothing."""
    moment = str(int(at.timestamp()))
    mac = hmac.new(f"{moment}\n{secret}".encode(), b"", hashlib.sha256)
    return {"timestamp": moment, "sign": base64.b64encode(mac.digest()).decode()}
