"""HTTP to receivers: no redirects, short waits, and faults in words that hold no address: it may hold a secret."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import requests

from schemas.errors import ReceiverRefuses, ReceiverUnavailable

#: Seconds to connect, and between two bytes of an answer.
PATIENCE = (5.0, 10.0)
_SHOWN = 200
_LATER = frozenset({408, 425, 429})


def post(url: str, body: bytes, headers: Mapping[str, str]) -> requests.Response:
    """Post a body; the answer of a receiver that took it. Raises ReceiverUnavailable and ReceiverRefuses."""
    try:
        answer = requests.post(url, data=body, headers=dict(headers), timeout=PATIENCE, allow_redirects=False)
    except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, requests.exceptions.MissingSchema):
        raise ReceiverRefuses("the address of the receiver is none: mend receivers.yml") from None
    except requests.RequestException as error:
        raise ReceiverUnavailable(f"no answer: {type(error).__name__}") from None
    if answer.status_code in _LATER or answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise ReceiverUnavailable(f"HTTP {answer.status_code}", _seconds(answer.headers.get("Retry-After")))
    if not HTTPStatus.OK <= answer.status_code < HTTPStatus.MULTIPLE_CHOICES:
        raise ReceiverRefuses(f"HTTP {answer.status_code}")
    return answer


def post_to_robot(url: str, message: bytes, code: str, later: Mapping[int, float]) -> None:
    """Post JSON to a robot, which says in the field ``code`` of its answer whether it took it: 0.

    ``later``: codes after which the same message may be taken, with the seconds to wait. An answer that is no JSON, or
    has no such field, says nothing: the message is tried again.
    """
    answer = post(url, message, {"Content-Type": "application/json; charset=utf-8"})
    said: Any
    try:
        said = answer.json()
    except ValueError:
        raise ReceiverUnavailable("the answer is no JSON") from None
    number = said.get(code) if isinstance(said, dict) else None
    if not isinstance(number, int):
        raise ReceiverUnavailable(f"the answer has no {code}")
    if number in later:
        raise ReceiverUnavailable(f"{code} {number}", later[number])
    if number != 0:
        reason = str(said.get("errmsg") or said.get("msg") or "")[:_SHOWN]
        raise ReceiverRefuses(f"{code} {number}: {reason}")


def _seconds(text: str | None) -> float | None:
    return float(text) if text and text.isdecimal() else None
