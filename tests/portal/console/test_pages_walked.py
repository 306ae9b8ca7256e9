"""The console by its links, as every kind of reader: whole, the report's own figures, and nobody else's."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from portal.console.figures import figures
from portal.console.overview import headlines
from portal.console.pages import TIMELINESS
from tests.portal.console.asking import Asker
from tests.portal.console.walking import text_of, walk
from tests.portal.front import Front, Session
from tests.warehouse.indicators.story import Hub
from tests.warehouse.rights.places import Reader

SessionOf = Callable[[Reader | str], Session]


def test_every_link_leads_somewhere_and_nothing_foreign_is_shown(session_of: SessionOf, reader: Reader) -> None:
    starts = ["/api/v1/indicators", "/api/v1/publications", "/api/v1/months"]
    starts += [] if reader.insurer else ["/console", "/console?lang=en", "/console/months"]
    count = 0
    for address, answer in walk(session_of(reader), *starts):
        assert answer.status_code in ((200, 404) if "/movement" in address else (200,)), address
        assert reader.foreign(_content(answer.content, answer.text)) == [], address
        count += 1
    assert count > 5


def _content(content: bytes, text: str) -> str:
    """What an answer says; of a workbook all its cells."""
    if not content.startswith(b"PK"):
        return text
    book = load_workbook(io.BytesIO(content), read_only=True)
    return " ".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)


def test_the_first_page_shows_the_figures_of_the_report(session_of: SessionOf, asker: Asker, reader: Reader) -> None:
    if reader.insurer:
        assert session_of(reader).get("/console").status_code == 403
        return
    shown = text_of(session_of(reader).get("/console"))
    with asker(reader.name) as asking:
        found = headlines(asking.connection, asking.publication, asking.place)
    for head in found:
        if head.definition.code == TIMELINESS:
            continue
        assert head.definition.name_zh in shown
        if head.figure and head.figure.value is not None and not head.figure.is_small_sample:
            assert head.figure.shown_text.removesuffix("%") in shown
        if head.figure and head.figure.numerator_text:
            assert f"{head.figure.numerator_text} / {head.figure.denominator_text}" in shown


def test_the_api_gives_the_figures_of_the_report(session_of: SessionOf, asker: Asker, reader: Reader) -> None:
    answer = session_of(reader).get("/api/v1/indicators").json()
    told = {
        (c["code"], c["period"]): (c["value_text"], c["numerator_text"]) for i in answer["items"] for c in i["cells"]
    }
    codes = [i["code"] for i in answer["items"]]
    with asker(reader.name) as asking:
        found = figures(asking.connection, asking.publication, asking.place, codes)
    assert told == {(f.indicator_code, f.period_kind): (f.shown_text, f.numerator_text) for f in found if f.period_kind}


@pytest.fixture(scope="module")
def of_all(hub: Hub) -> list[tuple[str, int]]:
    """Every version of every record: its type and number."""
    types = (
        "enterprise",
        "policy",
        "endorsement",
        "claim",
        "claim_payment",
        "service_plan",
        "service_record",
        "hazard",
    )
    with hub.engine.connect() as connection:
        return [
            (name, number)
            for name in types
            for number in connection.execute(sa.text(f"select version_id from core.{name} limit 60")).scalars()
        ]


def test_a_number_of_a_foreign_record_is_not_found(
    session_of: SessionOf, reader: Reader, of_all: list[tuple[str, int]]
) -> None:
    session, seen = session_of(reader), {200: 0, 404: 0}
    for record_type, number in of_all[:: max(1, len(of_all) // 30)]:
        answer = session.get(f"/api/v1/records/{record_type}/{number}")
        seen[answer.status_code] += 1
        assert reader.foreign(answer.text) == []
        if not reader.insurer:
            assert session.get(f"/console/records/{record_type}/{number}").status_code == answer.status_code
    assert seen[200]
    assert seen[404] or reader.kind in ("province", "auditor")


PLACES = (
    "/console?region={r}&domain={d}&insurer={i}",
    "/console/indicators/{c}?region={r}&domain={d}&insurer={i}",
    "/console/indicators/{c}/records?region={r}&domain={d}&insurer={i}",
    "/console/indicators/{c}/records?region={r}&domain={d}&insurer={i}&show=left_out",
    "/console/indicators/{c}/records.csv?region={r}&domain={d}&insurer={i}",
    "/console/indicators/{c}/movement?region={r}&domain={d}&insurer={i}",
    "/console/indicators/{c}/parts.csv?region={r}&domain={d}&insurer={i}",
    "/console/indicators/{c}/trend.csv?region={r}&domain={d}&insurer={i}",
    "/api/v1/indicators?region={r}&domain={d}&insurer={i}",
    "/api/v1/indicators/{c}?region={r}&domain={d}&insurer={i}",
    "/api/v1/indicators/{c}/cells?region={r}&domain={d}&insurer={i}",
    "/api/v1/indicators/{c}/trend?region={r}&domain={d}&insurer={i}",
    "/api/v1/indicators/{c}/records?region={r}&domain={d}&insurer={i}",
    "/api/v1/indicators/{c}/left-out/records?region={r}&domain={d}&insurer={i}",
    "/api/v1/indicators/{c}/movement?region={r}&domain={d}&insurer={i}",
)


@pytest.mark.parametrize("address", PLACES)
def test_a_foreign_place_shows_nothing_foreign(session_of: SessionOf, reader: Reader, address: str) -> None:
    for region, insurer, code in (("370100", "*", "I1"), ("370202", "yushui", "I2"), ("370000", "*", "I2")):
        answer = session_of(reader).get(address.format(r=region, d="*", i=insurer, c=code))
        assert answer.status_code in (200, 403, 404), address
        assert reader.foreign(answer.text) == []


def test_a_city_is_told_nothing_of_another(session_of: SessionOf) -> None:
    session = session_of("a_city")
    assert session.get("/console/indicators/I1?region=370200").status_code == 404
    assert session.get("/api/v1/indicators/I1/records?region=370200").status_code == 404
    assert session.get("/api/v1/indicators/I1/cells?region=370200").json() == {"items": [], "total": 0, "next": None}


def test_an_insurer_has_no_console_but_its_own_figures(session_of: SessionOf) -> None:
    session = session_of("a_company")
    assert session.get("/console").status_code == 403
    cells = session.get("/api/v1/indicators/I2/cells").json()
    assert cells["total"] > 0
    assert {cell["insurer_id"] for cell in cells["items"]} == {"lichun"}


def test_pages_of_the_api_make_up_the_whole(session_of: SessionOf) -> None:
    session = session_of("a_province")
    for whole in ("/api/v1/indicators/I2/cells?limit=1000", "/api/v1/indicators/I2/records?limit=1000"):
        complete = session.get(whole).json()
        assert complete["next"] is None
        assert len(complete["items"]) == complete["total"] > 10
        found, address = [], whole.replace("limit=1000", "limit=7")
        while address:
            page = session.get(address).json()
            found += page["items"]
            address = page["next"]
        assert found == complete["items"]


@pytest.mark.parametrize(
    "address",
    [
        "/console?publication=999999", "/console?as_of=2001-01-01", "/console/indicators/NONE", "/console/months/2001-01",
        "/console/indicators/I1?period=none", "/console/records/none/1", "/console/records/policy/999999999",
        "/console/missing.pdf", "/api/v1/publications/999999",
    ],
)  # fmt: skip
def test_what_there_is_not_is_not_found(session_of: SessionOf, address: str) -> None:
    assert session_of("a_province").get(address).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/console?as_of=yesterday", "/console?known_at=x", "/console?publication=0", "/console?publication=x",
        "/console/indicators/I1/records?after=x", "/console/indicators/I1/records?show=some",
        "/api/v1/indicators?known_at=2026-11-01T00:00:00", "/api/v1/indicators/I1/cells?cursor=x",
        "/api/v1/indicators/I1/records?cursor=x", "/console/months/2026-13",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told(session_of: SessionOf, address: str) -> None:
    assert session_of("a_province").get(address).status_code == 400


def test_an_export_is_whole_and_says_what_it_is(session_of: SessionOf) -> None:
    session = session_of("a_province")
    address = "/console/indicators/I2/records.xlsx"
    answer = session.get(address)
    book = load_workbook(io.BytesIO(answer.content), read_only=True)
    rows = list(book["数据"].iter_rows(values_only=True))
    said = dict(row[:2] for row in book["说明"].iter_rows(values_only=True))
    total = session.get("/api/v1/indicators/I2/records?limit=1").json()["total"]
    assert len(rows) - 1 == total == said["总条数"] == said["本表条数"]
    assert {"分子", "分母", "统计截止日", "发布编号", "导出账号"} <= said.keys()
    csv = session.get(address.replace("xlsx", "csv"))
    assert csv.content.startswith("\ufeff".encode())
    assert len(csv.text.strip().splitlines()) - 1 == total


def test_reads_are_recorded_with_person_object_and_filter(session_of: SessionOf, desk: Front, hub: Hub) -> None:
    session_of("a_city").get("/console/indicators/I1/records?show=in")
    with hub.engine.connect() as connection:
        query = sa.text(
            "select object, filter from report.audit_event where role_name = :login order by event_id desc limit 1"
        )
        row = connection.execute(query, {"login": "front_console_a_city"}).one()
    assert row.object == "records of I1"
    assert row.filter["region"] == "370100"
    assert row.filter["show"] == "in"
