"""Frozen months, permalinks after later publications, and the row of a delivery behind a figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import Browser, Page

from pipeline.services.installation import FIRST_NIGHT, NIGHT
from pipeline.services.postgres import Cluster
from sandbox import drops
from sandbox.truth import build
from tests.conftest import fresh_database
from tests.portal.console.walking import text_of
from tests.portal.front import Front, front, settled
from tests.warehouse.indicators.story import Hub
from tests.warehouse.rights.world import province
from warehouse.indicators.catalogue import load_definitions
from warehouse.publishing import frozen

INSURER = "lichun"


@pytest.fixture(scope="module")
def world(cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Front, Hub]]:
    """A province of its own, that goes on being published, with an account of the province."""
    folder = tmp_path_factory.mktemp("months")
    with (
        province(cluster, template, folder, "console_months") as (engine, hub),
        front(engine.url.render_as_string(hide_password=False), folder, ANZE_LANDING=str(folder)) as opened,
    ):
        opened.account("months_province", "province")
        yield opened, hub


def freeze(hub: Hub) -> frozen.Frozen:
    """October's figures as they are known now."""
    hub.pass_time(minutes=1)
    with hub.engine.begin() as connection:
        return frozen.freeze(connection, dt.date(2026, 10, 1), hub.now, "test", expected=[], delivered_since=hub.now)


def test_a_frozen_month_is_shown_first_and_latest_and_a_permalink_stays(world: tuple[Front, Hub]) -> None:
    opened, hub = world
    session = opened.session("months_province")
    freeze(hub)
    before = session.get("/console/months/2026-10")
    assert "已修订" not in text_of(before).replace("有修订的已标出", "")
    permalink = session.get("/api/v1/indicators/I1").json()["cells"][0]["links"]["page"]
    shown = text_of(session.get(permalink))
    place = {"region_code": "370102", "high_risk_domain_code": "20"}
    hub.deliver("enterprise", [{"credit_code": "LATER", "enterprise_name": "后来", **place}])
    assert freeze(hub).revision_no == 1
    after = text_of(session.get("/console/months/2026-10"))
    assert "第 1 次修订" in after
    assert "已修订" in after
    newest = session.get("/api/v1/indicators/I1").json()["cells"][0]
    assert text_of(session.get(permalink)) == shown
    assert text_of(session.get(newest["links"]["page"])) != shown
    csv = session.get("/console/months/2026-10.csv")
    assert "安责险投保覆盖率" in csv.text
    assert "2026-10" in text_of(session.get("/console/months"))


def test_parts_of_a_movement_add_up_on_the_page_and_in_the_api(world: tuple[Front, Hub]) -> None:
    opened, hub = world
    session = opened.session("months_province")
    number = {"region_code": "370202", "high_risk_domain_code": "20", "insured_credit_code": "C370202"}
    hub.deliver("policy", [{"policy_no": "MOVED", "written_premium_amount": "5000.00", **number}])
    hub.pass_time(days=1)
    hub.publish(as_of=dt.date(2026, 11, 12))
    pair = {"from": str(hub.publications[0].publication_id), "to": str(hub.publications[-1].publication_id)}
    made = session.get("/api/v1/indicators/I1/movement", params=pair).json()
    for side in ("numerator", "denominator"):
        moved = sum(Decimal(part[side]) for part in made["parts"])
        assert moved == Decimal(made["after"][side]) - Decimal(made["before"][side])
    assert made["records"]["total"] == sum(part["record_count"] for part in made["parts"])
    page = text_of(session.get("/console/indicators/I1/movement", params=pair))
    assert made["before"]["value_text"] in page
    assert made["after"]["value_text"] in page


@pytest.fixture(scope="module")
def office(cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """A portal by which an insurer hands in policies, and a regulator looks."""
    with fresh_database(cluster, template) as url, front(url, tmp_path_factory.mktemp("row")) as opened:
        opened.account("row_clerk", "insurer_submitter", insurer_id=INSURER)
        opened.account("row_province", "province")
        yield opened


def test_from_a_figure_to_the_row_as_it_was_received(office: Front, tmp_path: object) -> None:
    rows = build(5, 0.01).feed(INSURER, "policy", None, FIRST_NIGHT)
    recent = [r for r in rows if r["issue_date"].year == NIGHT.year and r["operation_code"] != "D"]
    first = [row for row in recent if row["previous_policy_no"] is None]
    file = drops.write_file("csv_utf8", tmp_path, "policy", first, NIGHT.date()).read_bytes()  # type: ignore[arg-type]
    clerk = office.session("row_clerk")
    receipt = clerk.post(
        "/api/v1/submissions?record_type=policy", data=file,
        headers={"Content-Type": "text/csv", "X-CSRF-Token": clerk.csrf},
    ).json()  # fmt: skip
    assert settled(clerk, receipt["batch_id"])["state"] == "loaded"
    told = Hub(office.engine, office.var_folder, indicators=tuple(load_definitions()), now=NIGHT)
    told.publish(as_of=NIGHT.date())
    session = office.session("row_province")
    lines = session.get("/api/v1/indicators/I2/records").json()
    assert lines["total"] == len(first)
    line = lines["items"][0]
    found = session.get(line["links"]["record"]).json()
    cells = {cell["field"]: cell for cell in found["received"]["cells"]}
    assert cells["policy_no"]["raw"] == line["record_key"]
    hidden = next(field["field"] for field in found["fields"] if not field["is_shown"])
    assert cells[hidden]["raw"] in ("***", None)
    page = session.get(f"/console/records/policy/{line['version_id']}")
    shown = text_of(page)
    assert receipt["receipt_no"] in shown
    assert found["received"]["sha256"] in shown
    original = next(row for row in first if row["policy_no"] == line["record_key"])
    for name in ("contact_name", "contact_phone"):
        if original.get(name):
            assert str(original[name]) not in page.text


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1366, 390])
def test_a_frozen_month_and_its_bulletin_have_no_barrier(
    world: tuple[Front, Hub], browser: Browser, violations: Callable[[Page], list[str]], scheme: str, width: int
) -> None:
    opened, hub = world
    freeze(hub)
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 768})  # type: ignore[arg-type]
    context.set_default_timeout(60_000)
    session = opened.session("months_province")
    context.add_cookies(
        [{"name": each.name, "value": str(each.value), "url": opened.address} for each in session.cookies]
    )
    page, complaints = context.new_page(), list[str]()
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    for address in ("/console/months/2026-10", "/console/bulletin/2026-10", "/console/bulletin/2026-10?lang=en"):
        page.goto(opened.address + address)
        assert page.locator("h1").count() == 1
        assert violations(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    context.close()
    assert complaints == []
