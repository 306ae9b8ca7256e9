"""The simulated insurers' systems answer as strictly as real ones: who asks, what is asked, and the demo night's faults."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import stat
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import requests

from sandbox import faults, truth
from sandbox.cast import cast
from sandbox.server import Serving, credentials, serve, write_credentials
from schemas.contract import INSURER_RECORD_TYPES

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
SEED = 3
HISTORY = dt.datetime(2026, 11, 18, 1, 30, tzinfo=SHANGHAI)
NIGHT = dt.datetime(2026, 11, 21, 1, 30, tzinfo=SHANGHAI)


@pytest.fixture(scope="module")
def province() -> truth.Province:
    return truth.build(SEED, 0.004)


@pytest.fixture
def server(province: truth.Province) -> Iterator[Serving]:
    with serve(province) as running:
        yield running


def key(insurer_id: str) -> dict[str, str]:
    return {"X-Api-Key": str(credentials(insurer_id, SEED)["secret"])}


def basic(insurer_id: str) -> dict[str, str]:
    own = credentials(insurer_id, SEED)
    return {"Authorization": "Basic " + base64.b64encode(f"{own['login']}:{own['secret']}".encode()).decode()}


def get(server: Serving, path: str, headers: dict[str, str] | None = None, **query: object) -> requests.Response:
    return requests.get(server.url + path, params=query, headers=headers, timeout=10)  # type: ignore[arg-type]


def test_it_listens_on_loopback_only_and_says_that_it_is_up(server: Serving) -> None:
    assert server.listener.server_address[0] == "127.0.0.1"
    assert get(server, "/health").json() == {"status": "up"}


def test_credentials_follow_from_the_seed_and_differ_by_insurer(tmp_path: Any) -> None:
    assert credentials("lichun", 1) == credentials("lichun", 1)
    assert credentials("lichun", 1) != credentials("lichun", 2)
    path = tmp_path / "credentials.json"
    write_credentials(path, SEED)
    assert json.loads(path.read_text())["lichun"] == credentials("lichun", SEED)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    secrets = [c["secret"] for c in json.loads(path.read_text()).values()]
    assert len(set(secrets)) == len(secrets)


def test_pages_hold_the_truth_in_order(server: Serving, province: truth.Province) -> None:
    wanted = [r["policy_no"] for r in province.feed("lichun", "policy", None, HISTORY)]
    found, page = [], 1
    while len(found) < len(wanted):
        query = {"pageNo": page, "pageSize": 3, "updatedTo": HISTORY.isoformat()}
        document = get(server, "/lichun/v1/policies", key("lichun"), **query).json()
        assert document["data"]["total"] == len(wanted)
        found += [row["policyNo"] for row in document["data"]["rows"]]
        page += 1
    assert found == wanted
    assert wanted


def test_the_window_s_beginning_is_left_out_and_its_end_included(server: Serving, province: truth.Province) -> None:
    moments = sorted(v.available_at for v in province.versions if v[:2] == ("lichun", "policy"))
    query = {"pageNo": 1, "pageSize": 500, "updatedTo": moments[-1].isoformat()}
    path = "/lichun/v1/policies"
    assert get(server, path, key("lichun"), updatedFrom=moments[-2].isoformat(), **query).json()["data"]["total"] == 1
    assert get(server, path, key("lichun"), updatedFrom=moments[-1].isoformat(), **query).json()["data"]["total"] == 0


@pytest.mark.parametrize("headers", [{}, {"X-Api-Key": ""}, {"X-Api-Key": "x"}, key("yushui")])
def test_another_key_is_refused(server: Serving, headers: dict[str, str]) -> None:
    answer = get(server, "/lichun/v1/policies", headers, pageNo=1, updatedTo=HISTORY.isoformat())
    assert (answer.status_code, answer.json()["code"]) == (401, "4010")


def sign(insurer_id: str, path: str, query: dict[str, str], stamp: int, nonce: str) -> dict[str, str]:
    own = credentials(insurer_id, SEED)
    pairs = "&".join(f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in sorted(query.items()))
    text = f"GET\n{path}\n{pairs}\n{stamp}\n{nonce}"
    signature = hmac.new(str(own["secret"]).encode(), text.encode(), hashlib.sha256).hexdigest()
    return {
        "X-Access-Key": str(own["login"]),
        "X-Timestamp": str(stamp),
        "X-Nonce": nonce,
        "X-Signature": signature,
    }


def test_a_signature_counts_once_for_one_request_at_one_time(server: Serving) -> None:
    path, query = "/guyu/open/policy/query", {"changed_until": "2026-11-18 01:30:00", "limit": "5"}
    now = int(time.time())
    headers = sign("guyu", path, query, now, "n" * 32)
    assert get(server, path, headers, **query).status_code == 200
    assert "nonce" in get(server, path, headers, **query).json()["error"]
    assert "signature" in get(server, path, sign("guyu", path, query, now, "m" * 32), **query, cursor="aHk6NQ==").text
    assert "timestamp" in get(server, path, sign("guyu", path, query, now - 4000, "k" * 32), **query).text
    assert "nonce" in get(server, path, sign("guyu", path, query, now, "short"), **query).text
    assert "signature" in get(server, path, {**headers, "X-Signature": "0" * 64}, **query).text


def test_a_token_serves_a_few_calls_of_its_own_insurer(server: Serving) -> None:
    address, form = f"{server.url}/xiazhi/oauth/token", {"grant_type": "client_credentials"}
    assert requests.post(address, data=form, headers=basic("xiaoshu"), timeout=10).status_code == 401
    assert requests.post(address, data={}, headers=basic("xiazhi"), timeout=10).status_code == 401
    token = requests.post(address, data=form, headers=basic("xiazhi"), timeout=10).json()["access_token"]
    headers, until = {"Authorization": f"Bearer {token}"}, int(HISTORY.timestamp() * 1000)
    assert get(server, "/xiaoshu/api/policies", headers, until=until).status_code == 401
    statuses = [get(server, "/xiazhi/api/policies", headers, until=until).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 401]


def test_a_wrong_password_is_told_inside_http_200_where_the_vendor_does_so(server: Serving) -> None:
    answer = get(server, "/tianshu/svc/queryPolicy", {"Authorization": "Basic eA=="})
    assert (answer.status_code, answer.json()["head"]["respCode"]) == (200, "1001")


@pytest.mark.parametrize(
    "query", [{}, {"updatedTo": "soon"}, {"updatedTo": HISTORY.isoformat(), "pageNo": 0}, {"pageSize": 10_000_000}]
)
def test_bad_parameters_are_told(server: Serving, query: dict[str, Any]) -> None:
    complete = {"pageNo": 1, **({"updatedTo": HISTORY.isoformat()} if "pageSize" in query else {}), **query}
    assert get(server, "/lichun/v1/policies", key("lichun"), **complete).status_code == 400


def test_unknown_insurers_and_addresses_are_404(server: Serving) -> None:
    assert get(server, "/nobody/v1/policies").status_code == 404
    assert get(server, "/tianji/v1/policies").status_code == 404
    assert get(server, "/lichun/v1/nothing", key("lichun")).status_code == 404


def test_faults_act_in_the_night_only(server: Serving) -> None:
    path, headers = "/bailu/rest/policy", basic("bailu")
    assert get(server, path, headers, modified_until=HISTORY.isoformat()).status_code == 200
    assert get(server, path, headers, modified_until=NIGHT.isoformat()).status_code == 503
    assert get(server, path, headers, modified_until=NIGHT.isoformat()).status_code == 503


def test_throttling_asks_to_wait_in_seconds_and_by_date_and_then_gives_in(server: Serving) -> None:
    path, query, waits = "/xiaoman/open/claim/query", {"changed_until": "2026-11-21 01:30:00"}, []
    for number in range(4):
        headers = sign("xiaoman", path, query, int(time.time()), f"nonce-nonce-nonce-{number}")
        answer = get(server, path, headers, **query)
        waits.append(answer.headers.get("Retry-After"))
    assert (waits[0], waits[2], waits[3]) == ("1", "1", None)
    assert waits[1] is not None
    assert waits[1].endswith("GMT")
    assert answer.status_code == 200


def test_bad_rows_are_served_in_the_night_beside_the_truth(server: Serving, province: truth.Province) -> None:
    for record_type, path in (("policy", "queryPolicy"), ("hazard", "queryHazard")):
        for until, moment in ((HISTORY, "2026-11-18T01:30:00"), (NIGHT, "2026-11-21T01:30:00")):
            answer = get(server, f"/dahan/svc/{path}", basic("dahan"), pageIndex=0, pageRows=1000, endTime=moment)
            wanted = faults.shown(province, "dahan", record_type, None, until)
            assert len(answer.json()["body"]["list"]) == len(wanted)
    assert len(faults.shown(province, "dahan", "policy", None, NIGHT)) > len(
        province.feed("dahan", "policy", None, NIGHT)
    )


def test_every_interface_serves_every_record_type_of_the_seeded_province(province: truth.Province) -> None:
    from sandbox.dialects import DIALECTS
    from sandbox.dialects.speech import dumps, row

    for insurer in (i for i in cast() if not i.is_drop):
        nested = DIALECTS[insurer.dialect].nested
        served = {*DIALECTS[insurer.dialect].paths.values(), *([nested.inner] if nested else [])}
        assert served >= {t for t in INSURER_RECORD_TYPES if province.feed(insurer.insurer_id, t, None, NIGHT)}
        for record_type in served:
            for n, record in enumerate(faults.shown(province, insurer.insurer_id, record_type, None, NIGHT)):
                assert json.loads(dumps(row(DIALECTS[insurer.dialect], record_type, record, n)))
