"""The portal behind a proxy that ends TLS: what people's browsers keep, whose word is taken, what links say."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
import requests
from playwright.sync_api import Browser, expect
from requests.adapters import HTTPAdapter

from pipeline.services.postgres import Cluster
from portal.look import qr
from tests.conftest import fresh_database
from tests.portal.conftest import chromium_path
from tests.portal.front import Front, front
from tests.portal.proxies import HAS_NGINX, HOST, PROXIES, Certificate, certificate
from tests.portal.spawned import spawned
from tests.warehouse.building import rows_of

pytestmark = pytest.mark.xdist_group("portal/proxy")
ADDRESS = f"https://{HOST}"
LOGIN = "proxied_submitter"
#: A machine of somebody's; every address of 127/8 is this machine.
PERSON, STRANGER, CLAIMED = "127.0.0.2", "127.0.0.3", "203.0.113.9"


@dataclass(frozen=True)
class Public:
    """The portal as people reach it: the port of its proxy, and the portal itself behind it."""

    port: int
    behind: Front
    files: Certificate

    def person(self) -> requests.Session:
        """A client at an address of its own, that trusts the certificate and asks for the public host."""
        return _client(PERSON, str(self.files.certificate))

    def ask(self, client: requests.Session, method: str, path: str, **more: object) -> requests.Response:
        return client.request(method, f"https://127.0.0.1:{self.port}{path}", allow_redirects=False, timeout=60, **more)  # type: ignore[arg-type]

    def sign_in(self, client: requests.Session, **headers: str) -> requests.Response:
        form = {"login": LOGIN, "password": self.behind.passwords[LOGIN]}
        return self.ask(client, "POST", "/sign-in", data=form, headers={"Accept": "text/html", "Host": HOST, **headers})


class _From(HTTPAdapter):
    """Connects from an address of this machine."""

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__()

    def init_poolmanager(self, *args: object, **more: object) -> None:
        super().init_poolmanager(*args, source_address=(self.address, 0), **more)  # type: ignore[arg-type,no-untyped-call]


def _client(address: str, trusted: str | None = None) -> requests.Session:
    client = requests.Session()
    client.trust_env = False
    client.verify = trusted or True
    for scheme in ("http://", "https://"):
        client.mount(scheme, _From(address))
    return client


@pytest.fixture(scope="module")
def behind(cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """The portal's own process, as it is set up behind a proxy of this machine."""
    with fresh_database(cluster, template) as url, front(url, tmp_path_factory.mktemp("proxied")) as opened:
        opened.account(LOGIN, "insurer_submitter", insurer_id="lichun")
        with spawned(opened, ANZE_PORTAL_PROXY="127.0.0.1", ANZE_PORTAL_URL=ADDRESS) as running:
            yield running.front


@pytest.fixture(scope="module", params=sorted(PROXIES))
def public(request: pytest.FixtureRequest, behind: Front, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Public]:
    """By nginx and by a proxy in Python. Where there is no nginx that half is told as not run."""
    if request.param == "nginx" and not HAS_NGINX:
        pytest.skip("NOT RUN: no nginx to try docs/proxy.md with: apt-get install nginx-light")
    folder: pathlib.Path = tmp_path_factory.mktemp(request.param)
    files, upstream = certificate(folder), urlsplit(behind.address).port
    assert upstream is not None
    with PROXIES[request.param](folder, upstream, files) as port:
        yield Public(port, behind, files)


def clients(behind: Front) -> list[str]:
    """Addresses of sign-ins by the audit, the newest first."""
    query = (
        f"select client from report.audit_event where kind = 'sign_in' and role_name = '{LOGIN}' order by event_id desc"
    )
    return [client for (client,) in rows_of(behind.engine, query)]


def test_a_browser_keeps_a_cookie_that_goes_by_tls_only(public: Public) -> None:
    with public.person() as person:
        answer = public.sign_in(person)
        assert answer.status_code == 303
        said = answer.headers["set-cookie"]
        assert said.startswith("__Host-anze=")
        assert all(f"; {each}" in said for each in ("HttpOnly", "Path=/", "SameSite=lax", "Secure"))
        assert "Domain" not in said


def test_the_audit_names_the_person_and_not_the_proxy(public: Public) -> None:
    with public.person() as person:
        public.sign_in(person)
        assert clients(public.behind)[0] == PERSON
        public.sign_in(person, **{"X-Forwarded-For": CLAIMED})
        assert clients(public.behind)[0] == PERSON, "what a client claims is nobody's word"


def test_who_comes_past_the_proxy_is_taken_for_who_it_is(behind: Front) -> None:
    form = {"login": LOGIN, "password": behind.passwords[LOGIN]}
    headers = {"Accept": "text/html", "X-Forwarded-For": CLAIMED, "X-Forwarded-Proto": "https"}
    with _client(STRANGER) as stranger:
        stranger.post(f"{behind.address}/sign-in", data=form, headers=headers, timeout=60, allow_redirects=False)
    assert clients(behind)[0] == STRANGER


def test_redirects_and_links_say_the_public_host_by_https(public: Public) -> None:
    with public.person() as person:
        headers = {"Host": HOST, "Accept": "text/html"}
        away = public.ask(person, "GET", "/submissions", headers=headers).headers["location"]
        assert away.startswith("/sign-in?"), "a path is right behind whatever stands in front"
        signed = public.sign_in(person).headers["set-cookie"].partition(";")[0]
        headers |= {"Cookie": signed}
        assert (
            public.ask(person, "GET", "/submissions/", headers=headers).headers["location"] == f"{ADDRESS}/submissions"
        )
        told = public.ask(person, "GET", "/api/v1/openapi.json", headers=headers).json()
        assert told["servers"] == [{"url": ADDRESS}]
        page = public.ask(person, "GET", "/submissions", headers=headers).text
        csrf = page.partition('name="csrf-token" content="')[2].partition('"')[0]
        form = {"record_type": "claim", "csrf_token": csrf}
        ours = headers | {"Origin": ADDRESS}
        receipt = public.ask(person, "POST", "/submissions/nil", data=form, headers=ours).headers["location"]
        shown = public.ask(person, "GET", f"{receipt}/receipt", headers=headers).text
        assert str(qr.code_of(f"{ADDRESS}{receipt}")) in shown
        elsewhere = headers | {"Origin": f"http://{HOST}"}
        assert public.ask(person, "POST", "/submissions/nil", data=form, headers=elsewhere).status_code == 403


def test_a_real_browser_signs_in_and_out(public: Public, browser: Browser) -> None:
    arguments = ["--no-sandbox", f"--host-resolver-rules=MAP {HOST}:443 127.0.0.1:{public.port}"]
    chromium = browser.browser_type.launch(executable_path=chromium_path(), args=arguments)
    context = chromium.new_context(ignore_https_errors=True, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{ADDRESS}/submissions")
    page.get_by_label("账号").fill(LOGIN)
    page.get_by_label("密码").fill(public.behind.passwords[LOGIN])
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="数据报送")).to_be_visible()
    assert page.url == f"{ADDRESS}/submissions"
    (kept,) = [cookie for cookie in context.cookies() if cookie["name"].startswith("__Host-")]
    assert kept["secure"]
    assert kept["httpOnly"]
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_label("密码")).to_be_visible()
    assert context.cookies() == []
    chromium.close()
