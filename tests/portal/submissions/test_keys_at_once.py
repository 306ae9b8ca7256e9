"""One idempotency key, sent many times at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.portal.front import Front
from tests.portal.submissions.test_faults import batches, hand_in, records
from warehouse.database.credentials import Issue, issue_token


@pytest.fixture(scope="module")
def token(office: Front) -> str:
    return issue_token(office.engine, "office_own", Issue("keys", ("submit",), 1, "test"))


def test_one_key_many_times_at_once_is_one_receipt(office: Front, token: str) -> None:
    before = batches(office)
    with ThreadPoolExecutor(12) as pool:
        found = list(pool.map(lambda _: hand_in(office.address, token, records(10), "at-once"), range(12)))
    assert {answer.status_code for answer in found} == {202}
    assert len({answer.json()["receipt_no"] for answer in found}) == 1
    assert batches(office) == before + 1


def test_one_key_at_once_for_two_things_is_one_receipt_and_a_refusal(office: Front, token: str) -> None:
    """Also when they are of two feeds."""

    def send(record_type: str) -> int:
        address = f"{office.address}/api/v1/submissions?record_type={record_type}"
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "two-feeds"}
        return requests.post(address, data=records(11), headers=headers, timeout=60).status_code

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(send, ["claim", "policy"] * 4))
    assert sorted(found) == [202] * 4 + [409] * 4
