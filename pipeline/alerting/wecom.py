"""WeCom 企业微信: no signature, the key is in the address; taken when ``errcode`` is 0; Markdown up to 4,096 bytes.

A longer text is answered with HTTP 200 and 40058: it is cut before.
"""

from __future__ import annotations

import json
from urllib.parse import urlencode

from pipeline.alerting.content import Content, markdown
from pipeline.alerting.posting import post_to_robot
from schemas.delivery import Credentials

HOST = "https://qyapi.weixin.qq.com"
LIMIT_BYTES = 4_096
#: Sent too fast. System busy.
LATER = {45009: 60.0, -1: 60.0}


def send(content: Content, host: str | None, credentials: Credentials) -> None:
    """Send one message. Raises ReceiverUnavailable and ReceiverRefuses."""
    message = {"msgtype": "markdown", "markdown": {"content": markdown(content, LIMIT_BYTES)}}
    body = json.dumps(message, ensure_ascii=False).encode()
    query = urlencode({"key": credentials.login})
    post_to_robot(f"{host or HOST}/cgi-bin/webhook/send?{query}", body, "errcode", LATER)
