"""DingTalk 钉钉: time in milliseconds and signature in the query; taken when ``errcode`` is 0; 20 a minute, 20,000 bytes."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
from urllib.parse import urlencode

from pipeline.alerting.content import Content, markdown
from pipeline.alerting.posting import post_to_robot
from schemas.delivery import Credentials

HOST = "https://oapi.dingtalk.com"
LIMIT_BYTES = 20_000
#: Room for the JSON around the text, and for the escapes in it.
ROOM_BYTES = 2_000
#: Sent too fast: blocked for ten minutes. System busy.
LATER = {130101: 600.0, -1: 60.0}


def send(content: Content, host: str | None, credentials: Credentials, at: dt.datetime) -> None:
    """Send one message. Raises ReceiverUnavailable and ReceiverRefuses."""
    told = markdown(content, LIMIT_BYTES - ROOM_BYTES)
    message = {"msgtype": "markdown", "markdown": {"title": content.title, "text": told}}
    query = {"access_token": credentials.login}
    if credentials.secret:
        query |= signed(credentials.secret, at)
    body = json.dumps(message, ensure_ascii=False).encode()
    post_to_robot(f"{host or HOST}/robot/send?{urlencode(query)}", body, "errcode", LATER)


def signed(secret: str, at: dt.datetime) -> dict[str, str]:
    """Time and signature: HMAC-SHA256 with the secret as key over time, line feed and secret."""
    moment = str(int(at.timestamp() * 1000))
    mac = hmac.new(secret.encode(), f"{moment}\n{secret}".encode(), hashlib.sha256)
    return {"timestamp": moment, "sign": base64.b64encode(mac.digest()).decode()}
