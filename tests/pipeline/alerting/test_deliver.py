"""Messages to real receivers on this machine: right answers, wrong answers, slow ones and none."""

from __future__ import annotations

import base64
import datetime as dt
import email
import email.policy
import hashlib
import hmac
import json
import logging
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from pipeline.alerting import posting
from pipeline.alerting.content import Content, Item
from tests.pipeline.alerting.conftest import AT, CONTENT, SECRET, Sending

MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
LONG = Content(
    "日报", "很多。",
    [Item("warning", f"【预警】数据迟报 · 第 {n} 家", "近 30 天内有 7 条记录晚于截止日报送。", ("保单 P-𠮷-1",) * 3, "请查明原因。") for n in range(400)],
    400,
)  # fmt: skip


def robot(sending: Sending, channel: str, **more: Any) -> None:
    """One receiver of a channel, whose secrets the environment has."""
    url = {"url": f"{sending.robot.url}/hook" if channel == "webhook" else sending.robot.url}
    sending.receivers({"name": "them", "channel": channel, "role": "province", **url, **more})
    sending.environ["ANZE_RECEIVER_THEM"] = json.dumps({"login": "token-canary", "secret": SECRET})


def mac(key: str, words: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), words.encode(), hashlib.sha256).digest()).decode()


def test_dingtalk_is_signed_in_the_query_by_milliseconds(sending: Sending) -> None:
    robot(sending, "dingtalk")
    sending.write("them", "k1")
    assert sending.deliver().sent_count == 1
    ((path, _, body),) = sending.robot.got
    query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
    moment = str(int(AT.timestamp() * 1000))
    assert urlsplit(path).path == "/robot/send"
    assert query == {"access_token": "token-canary", "timestamp": moment, "sign": mac(SECRET, f"{moment}\n{SECRET}")}
    told = json.loads(body)
    assert (told["msgtype"], told["markdown"]["title"]) == ("markdown", CONTENT.title)
    assert "隐患 H1 期限 2026-11-01" in told["markdown"]["text"]


def test_feishu_is_signed_in_the_body_by_seconds_with_key_and_message_swapped(sending: Sending) -> None:
    robot(sending, "feishu")
    sending.write("them", "k1")
    assert sending.deliver().sent_count == 1
    ((path, _, body),) = sending.robot.got
    told, moment = json.loads(body), str(int(AT.timestamp()))
    assert path == "/open-apis/bot/v2/hook/token-canary"
    assert (told["timestamp"], told["sign"]) == (moment, mac(f"{moment}\n{SECRET}", ""))
    assert told["content"]["post"]["zh_cn"]["title"] == CONTENT.title


def test_wecom_has_its_key_in_the_address(sending: Sending) -> None:
    robot(sending, "wecom")
    sending.write("them", "k1")
    assert sending.deliver().sent_count == 1
    ((path, _, body),) = sending.robot.got
    assert path == "/cgi-bin/webhook/send?key=token-canary"
    assert "【严重】" in json.loads(body)["markdown"]["content"]


def test_a_webhook_is_signed_and_tells_a_repeat(sending: Sending) -> None:
    robot(sending, "webhook")
    sending.robot.answers = [(503, b"")]
    sending.write("them", "k1")
    assert sending.deliver().failing == (("them", "HTTP 503"),)
    assert sending.deliver(AT + 10 * MINUTE).sent_count == 1
    (_, first, _), (_, headers, body) = sending.robot.got
    signed = hmac.new(SECRET.encode(), headers["X-Anze-Timestamp"].encode() + b"." + body, hashlib.sha256).hexdigest()
    assert headers["X-Anze-Signature"] == f"sha256={signed}"
    assert first["X-Anze-Message"] == headers["X-Anze-Message"]
    assert json.loads(body)["title"] == CONTENT.title


@pytest.mark.parametrize(("channel", "most"), [("dingtalk", 20_000), ("wecom", 4_096), ("feishu", 20_000)])
def test_what_is_too_long_is_cut_at_whole_characters_and_says_how_many(
    sending: Sending, channel: str, most: int
) -> None:
    robot(sending, channel)
    sending.write("them", "k1", LONG)
    assert sending.deliver().sent_count == 1
    ((_, _, body),) = sending.robot.got
    told = json.loads(body)
    text = {
        "dingtalk": lambda: told["markdown"]["text"], "wecom": lambda: told["markdown"]["content"],
        "feishu": lambda: told["content"]["post"]["zh_cn"]["content"][0][0]["text"],
    }[channel]()  # fmt: skip
    assert len(text.encode()) <= most
    assert len(text.encode()) > most * 0.85
    assert text.endswith("…共 400 条,见平台")
    assert "�" not in text
    if channel != "wecom":
        assert len(body) <= most


@pytest.mark.parametrize(
    ("channel", "answer", "problem"),
    [
        ("dingtalk", (200, b'{"errcode": 310000, "errmsg": "sign not match"}'), "errcode 310000: sign not match"),
        ("wecom", (200, b'{"errcode": 40058, "errmsg": "too long"}'), "errcode 40058: too long"),
        ("feishu", (200, b'{"code": 19021, "msg": "sign match fail"}'), "code 19021: sign match fail"),
        ("webhook", (404, b""), "HTTP 404"),
        ("webhook", (302, b"", {"Location": "http://elsewhere.example/"}), "HTTP 302"),
    ],
)  # fmt: skip
def test_a_refusal_is_given_up_and_visible(sending: Sending, channel: str, answer: Any, problem: str) -> None:
    robot(sending, channel)
    sending.robot.answers = [answer]
    sending.write("them", "k1")
    came = sending.deliver()
    assert (came.sent_count, came.given_up_count, came.failing) == (0, 1, (("them", problem),))
    (message,) = sending.messages()
    assert (message["given_up_at"], message["sent_at"], message["last_problem"]) == (AT, None, problem)
    assert sending.deliver(AT + HOUR).sent_count == 0


@pytest.mark.parametrize(
    ("channel", "answer", "waits"),
    [
        ("dingtalk", (200, b'{"errcode": 130101, "errmsg": "too fast"}'), 10 * MINUTE),
        ("wecom", (200, b'{"errcode": 45009}'), 5 * MINUTE),
        ("feishu", (200, b'{"code": 11232}'), 5 * MINUTE),
        ("dingtalk", (200, b"<html>login</html>"), 5 * MINUTE),
        ("dingtalk", (200, b"{}"), 5 * MINUTE),
        ("wecom", (502, b""), 5 * MINUTE),
        ("webhook", (429, b"", {"Retry-After": "1800"}), 30 * MINUTE),
        ("feishu", ("reset",), 5 * MINUTE),
        ("wecom", ("slow", 1.0), 5 * MINUTE),
    ],
)  # fmt: skip
def test_what_may_pass_is_tried_again_and_not_before(
    sending: Sending, channel: str, answer: Any, waits: dt.timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "PATIENCE", (0.5, 0.5))
    robot(sending, channel)
    sending.robot.answers = [answer]
    sending.write("them", "k1")
    assert sending.deliver().failing
    assert sending.deliver(AT + waits - MINUTE) == type(sending.deliver(AT))()
    assert sending.deliver(AT + waits).sent_count == 1
    assert sending.messages()[0]["tries"] == 2


def test_waits_grow_and_end(sending: Sending) -> None:
    robot(sending, "webhook")
    sending.robot.answers = [(500, b"")] * 60
    sending.write("them", "k1")
    moment, waits = AT, []
    while not sending.messages()[0]["given_up_at"]:
        sending.deliver(moment)
        following = sending.messages()[0]["next_try_at"]
        if following > moment:
            waits.append(following - moment)
        moment = max(following, moment + MINUTE)
    assert waits[:4] == [5 * MINUTE, 10 * MINUTE, 20 * MINUTE, 40 * MINUTE]
    assert max(waits) == 6 * HOUR
    assert sending.messages()[0]["given_up_at"] - AT > dt.timedelta(days=3)


def test_nobody_there_is_tried_again_and_holds_up_no_other(sending: Sending) -> None:
    sending.receivers(
        {"name": "absent", "channel": "webhook", "role": "province", "url": "http://127.0.0.1:1/"},
        {"name": "them", "channel": "wecom", "role": "province", "url": sending.robot.url},
    )
    sending.write("absent", "k1")
    sending.write("them", "k2")
    came = sending.deliver()
    assert (came.sent_count, [name for name, _ in came.failing]) == (1, ["absent"])


def test_mail_has_text_and_html(sending: Sending) -> None:
    sending.receivers(
        {"name": "office", "channel": "mail", "role": "province", "to": ["a@example.org", "b@example.org"]}
    )
    sending.write("office", "k1")
    assert sending.deliver().sent_count == 1
    mail: Any = email.message_from_bytes(sending.post.mails[0], policy=email.policy.default)
    assert (mail["Subject"], mail["To"]) == (CONTENT.title, "a@example.org, b@example.org")
    assert "隐患 H1 期限 2026-11-01" in mail.get_body(("plain",)).get_content()
    assert "<h1" in mail.get_body(("html",)).get_content()


def test_451_is_tried_again_and_550_given_up(sending: Sending) -> None:
    sending.receivers({"name": "office", "channel": "mail", "role": "province", "to": ["a@example.org"]})
    sending.post.to_data = ["451 try later"]
    sending.write("office", "k1")
    assert sending.deliver().failing == (("office", "SMTP 451: SMTPDataError"),)
    assert sending.deliver(AT + 5 * MINUTE).sent_count == 1
    sending.post.to_recipient = ["550 nobody"]
    sending.write("office", "k2")
    assert sending.deliver(AT + 10 * MINUTE).given_up_count == 1
    assert len(sending.post.mails) == 1


def test_a_robot_gets_no_more_than_its_rate_and_the_rest_as_one(sending: Sending) -> None:
    robot(sending, "dingtalk", a_minute=5)
    for n in range(4):
        sending.write("them", f"k{n}")
    assert sending.deliver().sent_count == 4
    for n in range(30):
        sending.write("them", f"m{n}")
    came = sending.deliver()
    assert (came.sent_count, came.folded_count) == (1, 30)
    assert len(sending.robot.got) == 5
    assert "汇总(30 条消息)" in sending.robot.bodies()[-1]["markdown"]["title"]
    assert {m["folded_into"] is not None or m["sent_at"] is not None for m in sending.messages()} == {True}
    sending.write("them", "n1")
    assert sending.deliver(AT + dt.timedelta(seconds=1)).sent_count == 0
    assert sending.deliver(AT + MINUTE).sent_count == 1


@pytest.mark.parametrize(
    ("moment", "level", "decided", "is_sent"),
    [
        ("2026-11-18T07:59+08:00", "warning", {}, False),
        ("2026-11-18T08:00+08:00", "warning", {}, True),
        ("2026-11-18T20:00+08:00", "critical", {}, False),
        ("2026-11-18T23:00+08:00", "critical", {"critical_passes": True}, True),
        ("2026-11-18T23:00+08:00", "warning", {"critical_passes": True}, False),
        ("2026-11-21T10:00+08:00", "warning", {}, False),
        ("2026-11-21T10:00+08:00", "warning", {"days_off": False}, True),
        ("2026-10-10T10:00+08:00", "warning", {}, True),  # a Saturday on which people work
        ("2026-10-05T10:00+08:00", "warning", {}, False),  # a Monday off
        ("2027-11-18T10:00+08:00", "warning", {}, True),  # no calendar: nothing is guessed, and nothing is held back
    ],
)
def test_nothing_is_sent_at_night_and_on_days_off(
    sending: Sending, moment: str, level: str, decided: dict[str, Any], is_sent: bool
) -> None:
    quiet = {"begins": "20:00", "ends": "08:00", "days_off": True, "critical_passes": False, **decided}
    sending.decide(quiet=quiet)
    robot(sending, "wecom")
    at = dt.datetime.fromisoformat(moment)
    sending.write("them", "k1", level=level, at=at)
    assert sending.deliver(at).sent_count == is_sent


def test_no_secret_is_kept_or_logged(sending: Sending, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    robot(sending, "dingtalk")
    sending.robot.answers = [("reset",), (500, b""), (200, b'{"errcode": 310000, "errmsg": "no"}')]
    sending.write("them", "k1")
    came = [sending.deliver(AT + n * HOUR) for n in range(3)]
    ours = "".join(r.getMessage() for r in caplog.records if not r.name.startswith("urllib3"))
    for text in (str(sending.messages()), str(came), ours):
        assert SECRET not in text
        assert "token-canary" not in text


def test_a_message_of_a_receiver_that_is_gone_is_given_up_visibly(sending: Sending) -> None:
    sending.receivers()
    sending.write("gone", "k1")
    assert sending.deliver().failing == (("gone", "no such receiver in receivers.yml"),)
    assert sending.messages()[0]["given_up_at"] == AT


def test_one_key_is_one_message(sending: Sending) -> None:
    robot(sending, "wecom")
    sending.write("them", "k1")
    sending.write("them", "k1")
    assert sending.deliver().sent_count == 1
    assert sending.deliver().sent_count == 0
