"""A province with something for every list, published twice, and readers of several kinds."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from pipeline.services.postgres import Cluster
from portal.console import publications, scope
from quality.catalogue import load_rules
from tests.portal.console.asking import Asker, Asking
from tests.portal.front import Front, Session, front
from tests.warehouse import building
from tests.warehouse.indicators.story import Hub
from tests.warehouse.rights.places import INSURERS, PLACES, READERS, Reader
from tests.warehouse.rights.world import logged_in, province
from warehouse.landing import extensions
from warehouse.landing.extensions import Grant
from warehouse.loading import again

KINDS = ("a_province", "a_city", "another_city", "a_county", "an_industry", "a_company", "an_auditor")
#: A place's account is there already: these look in `make soak`.
SECOND = ("console_another_city", "console_a_county")
ASKERS = tuple(dataclasses.replace(r, name=f"console_{r.name}") for r in READERS if r.name in KINDS)


@pytest.fixture(scope="session")
def hub(cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """The province: published as of October, then corrected and published as of 9 November."""
    folder = tmp_path_factory.mktemp("landing")
    with province(cluster, template, folder, "console", tell) as (_, hub):
        go_on(hub)
        hub.publish(as_of=dt.date(2026, 11, 9))
        yield hub


@pytest.fixture(scope="session")
def logins(hub: Hub) -> Iterator[dict[str, sa.Engine]]:
    with logged_in(hub.engine, ASKERS) as engines:
        yield engines


@pytest.fixture(scope="session")
def desk(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """The portal over the province, with an account of each kind of reader."""
    url = hub.engine.url.render_as_string(hide_password=False)
    with front(url, tmp_path_factory.mktemp("desk"), ANZE_LANDING=str(hub.folder)) as opened:
        for reader in ASKERS:
            opened.account(f"front_{reader.name}", reader.kind, **reader.right)
        yield opened


@pytest.fixture
def session_of(desk: Front) -> Callable[[Reader | str], Session]:
    """A reader's browser, signed in."""
    return lambda reader: desk.session(f"front_console_{_plain(reader if isinstance(reader, str) else reader.name)}")


@pytest.fixture(params=[pytest.param(r, id=r.name, marks=pytest.mark.long if r.name in SECOND else ()) for r in ASKERS])
def reader(request: pytest.FixtureRequest) -> Reader:
    """Every kind of reader, one after the other."""
    found: Reader = request.param
    return found


@pytest.fixture
def asker(logins: dict[str, sa.Engine]) -> Asker:
    """Opens a transaction as a reader by name, the newest publication and the reader's first place chosen."""

    def ask(name: str, moment: publications.Moment = publications.NEWEST) -> Asking:
        connection = logins[name].connect()
        publication = publications.chosen(connection, moment)
        asking = scope.scope(connection)
        assert asking is not None
        places = scope.homes(connection, publication, asking)
        return Asking(connection, publication, asking, places)

    return ask


def tell(hub: Hub) -> None:
    """Thresholds, a calendar, and of each place and insurer something that needs somebody."""
    building.fill_calendar(hub.engine)
    bound = {"unit_code": "yuan", "basis_code": "per_person", "threshold_value": "400000", "rule_no": "R06"}
    commission = {"rule_no": "R05", "operator_code": "<=", "threshold_value": "0.05", "unit_code": "ratio"}
    deadline = {"rule_no": "R32", "operator_code": "<=", "threshold_value": "5", "unit_code": "working_day"}
    insurers = [{"insurer_code": i.upper(), "insurer_name": f"{i}保险", "branch_code": "1"} for i in INSURERS]
    hub.deliver("insurer", insurers)
    hub.deliver("agency", [{"agency_credit_code": "AGENCY", "agency_name": "机构"}])
    hub.deliver("rule_threshold", [bound, commission, {**deadline, "valid_from_date": "2026-09-01"}])
    for region, domain in PLACES:
        place = {"region_code": region, "high_risk_domain_code": domain}
        bare = {"credit_code": f"BARE{region}", "enterprise_name": f"R{region}D{domain}Iregulator-bare", **place}
        short = {"credit_code": f"SHORT{region}", "enterprise_name": f"R{region}D{domain}Iregulator-short", **place}
        hub.deliver("enterprise", [bare, {**short, "employee_count": 30}])
        cover = {"policy_no": f"R{region}D{domain}Ilichun-short", "insured_credit_code": f"SHORT{region}", **place}
        hub.deliver("policy", [cover])
        for insurer_id in INSURERS:
            number = f"R{region}D{domain}I{insurer_id}"
            low = {
                "policy_no": f"{number}-low", "insured_credit_code": f"C{region}", "per_person_limit_amount": "300000.00",
                "commission_ratio": "0.08", "cover_end_date": "2026-11-20", "insured_name": f"{number}-low", **place,
            }  # fmt: skip
            late = [
                {**low, "policy_no": f"{number}-{name}", "issue_date": "2026-09-10"} for name in ("late", "extended")
            ]
            hub.deliver("policy", [low, *late], insurer_id)
            served = {"service_no": f"{number}-agency", "policy_no": number, "agency_credit_code": "AGENCY"}
            hub.deliver("service_record", [served], insurer_id)
            plan = {"plan_no": f"{number}-plan", "plan_line_no": "1", "policy_no": number, "planned_count": 2}
            hub.deliver("service_plan", [plan], insurer_id)
            major = {"hazard_no": f"{number}-major", "service_no": number, "hazard_level_code": "20"}
            hub.deliver("hazard", [major], insurer_id)
    evil = {
        "credit_code": "EVIL",
        "enterprise_name": "=HYPERLINK(1)",
        "region_code": "370102",
        "high_risk_domain_code": "20",
    }
    hub.deliver("enterprise", [evil])
    _orphan(hub)


def go_on(hub: Hub) -> None:
    """Between the publications: an enterprise gets cover, a policy is corrected, a row is held, a late one is extended."""
    region, domain = PLACES[1]
    place = {"region_code": region, "high_risk_domain_code": domain}
    number = f"R{region}D{domain}Ilichun"
    hub.deliver("policy", [{"policy_no": f"{number}-new", "insured_credit_code": f"BARE{region}", **place}])
    corrected = {"policy_no": f"{number}-low", "insured_credit_code": f"C{region}", **place}
    hub.deliver("policy", [{**corrected, "per_person_limit_amount": "600000.00"}])
    hub.deliver("policy", [{"policy_no": "HELD", **place}], held=[1])
    _extend(hub, f"{number}-extended")


def _extend(hub: Hub, policy_no: str) -> None:
    """A late policy gets more time, and is late no longer."""
    hub.pass_time(minutes=1)
    granted = Grant("lichun", "policy", "台风停工", "李伟", extra_days=20, record_keys=(policy_no,))
    with hub.engine.begin() as connection:
        moment, number = again.hold(connection, hub.now), again.next_no(connection)
        extensions.keep(connection, number, granted, moment)
        assert again.judge_again(connection, again.Cause("extension", number, granted.granted_by), moment)


def _orphan(hub: Hub) -> None:
    """An endorsement whose policy never comes, judged by the real rules for such."""
    hub.pass_time(minutes=1)
    rules = [r for r in load_rules().by_id.values() if r.record_type == "endorsement" and r.tier == "orphan"]
    row = {
        "insurer_code": "LICHUN", "endorsement_no": "R000000D00Ilichun", "policy_no": "R000000D00Ilichun-never",
        "operation_code": "I", "source_updated_at": hub.now, "effective_date": dt.date(2026, 9, 1),
    }  # fmt: skip
    building.load_rows(hub.engine, hub.folder, "endorsement", [row], hub.now, rules=rules)


def _plain(name: str) -> str:
    return name.removeprefix("console_")


@pytest.fixture
def session(desk: Front, reader: Reader) -> Session:
    """The reader, signed in."""
    return desk.session(f"front_{reader.name}")
