"""One account, or one address without one, does not take the portal from all others."""

from __future__ import annotations

import requests

from tests.portal.front import Session, another
from tests.portal.stand import CALLERS, Stand


def test_who_asks_too_often_is_told_when_to_come_again(standing: Stand) -> None:
    with another(standing.front, ANZE_PORTAL_ACCOUNT_PACE="5", ANZE_PORTAL_ADDRESS_PACE="8") as slow:
        first, other = (standing.front.session(caller.name).cookies for caller in CALLERS[:2])
        answers = [requests.get(f"{slow.address}/api/v1/me", cookies=first, timeout=60) for _ in range(7)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
        assert answers[-1].json()["code"] == "TOO-MANY"
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
        assert requests.get(f"{slow.address}/api/v1/me", cookies=other, timeout=60).status_code == 200
        strangers = [requests.get(f"{slow.address}/api/v1/me", timeout=60).status_code for _ in range(10)]
        assert strangers == [401] * 8 + [429] * 2
        page = Session(slow.address).get("/submissions", allow_redirects=False)
        assert (page.status_code, "retry-after" in page.headers) == (429, True)
        assert requests.get(f"{slow.address}/healthz", timeout=60).status_code == 200
