"""A clerk hands in by the form: receipt at once, result that adds up, problems where Excel shows them, repair."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

import pytest

from pipeline.services.installation import NIGHT
from sandbox.truth import Record
from tests.portal.front import Front, Session, settled
from tests.portal.submissions.conftest import INSURER, OTHER, changed
from tests.warehouse.building import rows_of

FileOf = Callable[..., bytes]
COUNTS = ("accepted_count", "quarantined_count", "duplicate_count", "superseded_count")


def hand_in(clerk: Session, *files: tuple[str, bytes], action: str = "submit", **said: str) -> object:
    form = {"record_type": "policy", "action": action, **said}
    return clerk.post(f"/submissions?csrf_token={clerk.csrf}", data=form, files=[("files", file) for file in files])


def batch_of(answer: object) -> int:
    return int(re.search(r"/submissions/(\d+)$", answer.url)[1])  # type: ignore[attr-defined,index]


def test_a_receipt_comes_at_once_and_the_counts_add_up(clerk: Session, policies: list[Record], file_of: FileOf) -> None:
    content = file_of(policies[:3])
    answer = hand_in(clerk, ("保单.csv", content))
    batch_id = batch_of(answer)
    told = clerk.get(f"/submissions/{batch_id}").text
    assert hashlib.sha256(content).hexdigest() in told
    assert "office_own" in told
    verdict = settled(clerk, batch_id)
    assert verdict["state"] == "loaded"
    assert verdict["received_count"] == 3 == sum(verdict[name] for name in COUNTS)  # type: ignore[misc]
    assert "全部入库" in clerk.get(f"/submissions/{batch_id}").text


def test_the_same_file_again_is_told_as_such(clerk: Session, policies: list[Record], file_of: FileOf) -> None:
    content = file_of(policies[3:5])
    first = batch_of(hand_in(clerk, ("a.csv", content)))
    settled(clerk, first)
    again = clerk.get(f"/api/v1/submissions/{batch_of(hand_in(clerk, ('b.csv', content)))}").json()
    assert (again["state"], again["duplicate_of"]) == ("duplicate", first)


def test_a_wrong_row_is_told_where_excel_shows_it_and_cleared_by_the_corrected_one(
    office: Front, clerk: Session, policies: list[Record], file_of: FileOf
) -> None:
    right = file_of(policies[5:8])
    wrong = changed(right, 1, "policy_status_code", "77")
    batch_id = batch_of(hand_in(clerk, ("保单.csv", wrong)))
    verdict = settled(clerk, batch_id)
    assert (verdict["state"], verdict["accepted_count"], verdict["quarantined_count"]) == ("partly_loaded", 2, 1)
    (found,) = [
        f for f in clerk.get(f"/api/v1/submissions/{batch_id}/findings").json()["items"] if f["severity"] == "error"
    ]
    header = wrong.decode().splitlines()[0].split(",")
    assert (found["row_no"], found["column_letter"]) == (3, _letter(header.index("policy_status_code")))
    assert found["value"] == "77"
    page = clerk.get(f"/submissions/{batch_id}/findings").text
    assert f"第3行 {found['column_letter']}列(保单状态)" in page
    mended = batch_of(hand_in(clerk, ("保单.csv", right)))
    assert settled(clerk, mended)["state"] == "loaded"
    assert rows_of(office.engine, f"select count(*) from report.held_row where batch_id = {batch_id} and is_open") == [
        (0,)
    ]


def test_one_bad_file_stops_no_other(clerk: Session, policies: list[Record], file_of: FileOf) -> None:
    answer = hand_in(clerk, ("好.csv", file_of(policies[8:9])), ("坏.csv", b"\x00\x01\x02"), ("空.csv", b""))
    batches = re.findall(r'href="/submissions/(\d+)"', answer.text)  # type: ignore[attr-defined]
    assert len(batches) == 3
    states = [settled(clerk, int(batch)) for batch in batches]
    assert [state["state"] for state in states] == ["loaded", "rejected", "rejected"]
    assert all(state["reason_code"] for state in states[1:])


def test_a_check_tells_the_same_and_keeps_nothing(
    office: Front, clerk: Session, policies: list[Record], file_of: FileOf
) -> None:
    wrong = changed(file_of(policies[10:12]), 0, "policy_status_code", "77")
    tables = ("landing.batch", "landing.payload", "landing.load", "core.policy", "quarantine.row", "quality.finding")
    count = "select " + ", ".join(f"(select count(*) from {table})" for table in tables)
    before = rows_of(office.engine, count)
    told = hand_in(clerk, ("保单.csv", wrong), action="check").text  # type: ignore[attr-defined]
    assert "没有保存任何数据" in told
    assert "77" in told
    assert rows_of(office.engine, count) == before
    checked = clerk.post(
        "/api/v1/checks", params={"record_type": "policy"}, data=wrong, headers={"X-CSRF-Token": clerk.csrf}
    ).json()
    batch_id = batch_of(hand_in(clerk, ("保单.csv", wrong)))
    verdict = settled(clerk, batch_id)
    assert [checked[name] for name in COUNTS] == [verdict[name] for name in COUNTS]
    real = clerk.get(f"/api/v1/submissions/{batch_id}/findings").json()["items"]
    same = ("rule_id", "row_no", "where", "message", "value", "expected", "severity")
    assert [[f[name] for name in same] for f in checked["findings"]] == [[f[name] for name in same] for f in real]


@pytest.mark.parametrize("kind", ["xlsx", "csv", "json"])
def test_reports_hold_every_problem(clerk: Session, policies: list[Record], file_of: FileOf, kind: str) -> None:
    wrong = changed(file_of(policies[12:14]), 0, "policy_status_code", "77")
    batch_id = batch_of(hand_in(clerk, ("保单.csv", wrong)))
    settled(clerk, batch_id)
    answer = clerk.get(f"/submissions/{batch_id}/report.{kind}")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]
    if kind == "json":
        total = clerk.get(f"/api/v1/submissions/{batch_id}/findings").json()["total"]
        assert answer.json()["total"] == answer.json()["shown"] == total
    if kind == "csv":
        assert "FLD-011" in answer.content.decode("utf-8-sig")


def test_a_returned_workbook_is_handed_in_again_as_it_is(
    clerk: Session, policies: list[Record], file_of: FileOf
) -> None:
    batch_id = batch_of(hand_in(clerk, ("保单.xlsx", file_of(policies[14:16], "xlsx_plain"))))
    verdict = settled(clerk, batch_id)
    returned = clerk.get(f"/submissions/{batch_id}/annotated.xlsx").content
    assert returned.startswith(b"PK")
    again = settled(clerk, batch_of(hand_in(clerk, ("保单_批注.xlsx", returned))))
    assert again["received_count"] == verdict["received_count"]
    assert again["duplicate_count"] == verdict["accepted_count"]


def test_regulators_narrow_deliveries_to_one_insurer_by_form_and_by_program(office: Front, clerk: Session) -> None:
    rival = office.session("office_other")
    for session in (clerk, rival):
        session.post("/submissions/nil", data={"record_type": "endorsement", "csrf_token": session.csrf})
    province = office.session("office_province")
    assert '<select id="insurer"' not in clerk.get("/submissions/history").text
    for insurer_id in (INSURER, OTHER):
        page = province.get("/submissions/history", params={"insurer": insurer_id}).text
        assert f'<option value="{insurer_id}" selected>' in page
        shown = {int(number) for number in re.findall(r'href="/submissions/(\d+)"', page)}
        told = province.get("/api/v1/submissions", params={"insurer_id": insurer_id, "limit": 50}).json()
        assert {each["insurer_id"] for each in told["items"]} == {insurer_id}
        assert {each["batch_id"] for each in told["items"]} == shown


def test_other_pages_of_a_narrowed_list_stay_narrowed(office: Front) -> None:
    newest = office.session("office_province").get("/api/v1/submissions?limit=1").json()["items"][0]["batch_id"]
    asked = {"insurer": INSURER, "state": "loaded", "before": newest + 1}
    page = office.session("office_province").get("/submissions/history", params=asked).text
    assert f'href="/submissions/history?insurer={INSURER}&amp;state=loaded"' in page


def test_the_page_of_a_nil_return_names_its_kind_and_day_and_is_for_submitters(office: Front, clerk: Session) -> None:
    asked = clerk.get("/submissions/nil", params={"record_type": "claim"})
    assert "零报告：赔案" in asked.text
    assert f"截至 {NIGHT:%Y-%m-%d}" in asked.text
    assert clerk.get("/submissions/nil", params={"record_type": "enterprise"}).status_code == 400
    for login in ("office_own_reader", "office_province"):
        assert office.session(login).get("/submissions/nil?record_type=claim").status_code == 403


def test_a_nil_return_has_a_receipt(clerk: Session) -> None:
    answer = clerk.post("/submissions/nil", data={"record_type": "claim", "csrf_token": clerk.csrf})
    verdict = settled(clerk, batch_of(answer))
    assert (verdict["state"], verdict["received_count"], verdict["record_type"]) == ("loaded", 0, "claim")


def test_a_warning_that_was_confirmed_is_not_asked_again_until_its_value_changes(
    office: Front, clerk: Session, policies: list[Record], file_of: FileOf
) -> None:
    content = changed(file_of(policies[16:17]), 0, "insured_person_count", "1")
    batch_id = batch_of(hand_in(clerk, ("a.csv", content)))
    settled(clerk, batch_id)
    asked = [
        f
        for f in clerk.get(f"/api/v1/submissions/{batch_id}/findings").json()["items"]
        if f["severity"] == "warning" and f["record_key"]
    ]
    rule = asked[0]["rule_id"]
    form = {"rule": rule, "reason": "机构名录正在更新", "csrf_token": clerk.csrf}
    clerk.post(f"/submissions/{batch_id}/confirmations", data=form)

    def open_count(batch: int) -> int:
        query = f"select count(*) from report.finding where batch_id = {batch} and rule_id = '{rule}' and confirmed_at is null"
        return int(rows_of(office.engine, query)[0][0])

    assert open_count(batch_id) == 0
    again = batch_of(hand_in(clerk, ("b.csv", changed(content, 0, "product_name", "改名"))))
    settled(clerk, again)
    assert open_count(again) == 0
    other = batch_of(hand_in(clerk, ("c.csv", changed(content, 0, "insured_person_count", "2"))))
    settled(clerk, other)
    assert open_count(other) == 1


def test_a_named_person_attests_and_both_sides_see_who_looked(
    office: Front, clerk: Session, policies: list[Record], file_of: FileOf
) -> None:
    batch_id = batch_of(hand_in(clerk, ("a.csv", file_of(policies[17:18]))))
    settled(clerk, batch_id)
    form = {"person_name": "张三", "person_position": "报送负责人", "csrf_token": clerk.csrf}
    assert "张三" in clerk.post(f"/submissions/{batch_id}/attestations", data=form).text
    seen = office.session("office_province").get(f"/submissions/{batch_id}").text
    assert "张三" in seen
    assert "office_own" in seen
    own = clerk.get(f"/submissions/{batch_id}").text
    assert "省级监管" in own
    assert "office_province" not in own


def _letter(index: int) -> str:
    return (chr(64 + index // 26) if index >= 26 else "") + chr(65 + index % 26)
