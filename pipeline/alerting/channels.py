"""The channels: each sends one message, and knows when it was taken. Hosts are settings: 专有钉钉 and 政务微信 have their own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pipeline.alerting import dingtalk, feishu, mail, webhook, wecom
from pipeline.alerting.configuration import Channel, MailServer, Receiver
from pipeline.alerting.content import Content
from schemas.delivery import Credentials


@dataclass(frozen=True)
class Letter:
    """One message to one receiver: what, to whom, with which secrets, when; ``key`` is the same at every try."""

    content: Content
    receiver: Receiver
    credentials: Credentials
    mail_server: MailServer
    key: str
    at: dt.datetime


Send = Callable[[Letter], None]
SEND: Mapping[Channel, Send] = {
    "mail": lambda letter: mail.send(
        letter.content, letter.receiver.to, letter.mail_server, letter.credentials, letter.key, letter.at
    ),
    "webhook": lambda letter: webhook.send(
        letter.content, str(letter.receiver.url), letter.credentials, letter.key, letter.at
    ),
    "dingtalk": lambda letter: dingtalk.send(letter.content, letter.receiver.url, letter.credentials, letter.at),
    "wecom": lambda letter: wecom.send(letter.content, letter.receiver.url, letter.credentials),
    "feishu": lambda letter: feishu.send(letter.content, letter.receiver.url, letter.credentials, letter.at),
}


def send(letter: Letter) -> None:
    """Send one message. Raises ReceiverUnavailable and ReceiverRefuses, in words without addresses and secrets."""
    SEND[letter.receiver.channel](letter)
