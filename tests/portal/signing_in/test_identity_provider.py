"""Sign-in by an identity provider: who gets in, and what is not believed."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from portal.signing_in.oidc import provider_of
from schemas.errors import SetupError
from tests.portal.front import Front, Session, another
from tests.portal.signing_in.conftest import Desk
from tests.portal.signing_in.identity_provider import CLIENT, SECRET, IdentityProvider
from warehouse.database import credentials

LOGIN, BACK = "vouched_auditor", "/sign-in/provider/back"
GOOD = {"ANZE_OIDC_ISSUER": "https://id.example/", "ANZE_OIDC_CLIENT_ID": "x", "ANZE_OIDC_CLIENT_SECRET": "geheim"}


@pytest.fixture(scope="module")
def at_provider() -> Iterator[IdentityProvider]:
    with IdentityProvider() as opened:
        yield opened


@pytest.fixture(scope="module")
def portal(desks: Desk, at_provider: IdentityProvider) -> Iterator[Front]:
    """A portal that takes the provider's word."""
    desks.account(LOGIN, "auditor")
    settings = {"ISSUER": at_provider.issuer, "CLIENT_ID": CLIENT, "CLIENT_SECRET": SECRET}
    with another(desks.first, **{f"ANZE_OIDC_{name}": value for name, value in settings.items()}) as opened:
        yield opened


@pytest.fixture
def provider(at_provider: IdentityProvider) -> IdentityProvider:
    at_provider.behave(LOGIN)
    return at_provider


def is_in(browser: Session) -> bool:
    return browser.get("/", allow_redirects=False).headers["Location"] != "/sign-in"


def to_provider(browser: Session, next_path: str = "/") -> str:
    """Begin, and let the provider send the browser back: the path to which it goes."""
    begun = browser.get(f"/sign-in/provider?next={next_path}", allow_redirects=False)
    assert begun.status_code == 303
    sent = requests.get(begun.headers["Location"], allow_redirects=False, timeout=60)
    return sent.headers["Location"].removeprefix(browser.address)


def back(browser: Session, path: str) -> requests.Response:
    return browser.get(path, allow_redirects=False)


def test_who_is_vouched_for_gets_in_without_password_and_code(portal: Front, provider: IdentityProvider) -> None:
    credentials.require_second_factor(portal.engine, "auditor", is_required=True, by="test")
    browser = Session(portal.address)
    assert "/sign-in/provider" in browser.get("/sign-in").text
    entered = back(browser, to_provider(browser, "/search"))
    assert (entered.status_code, entered.headers["Location"]) == (303, "/search")
    assert is_in(browser)
    credentials.require_second_factor(portal.engine, "auditor", is_required=False, by="test")


def test_who_has_no_account_does_not(portal: Front, provider: IdentityProvider) -> None:
    provider.behave("somebody_else")
    browser = Session(portal.address)
    answer = back(browser, to_provider(browser))
    assert answer.status_code == 401
    assert "没有账号" in answer.text
    assert not is_in(browser)


def test_a_code_works_once_and_in_the_browser_that_asked(portal: Front, provider: IdentityProvider) -> None:
    mine, others = Session(portal.address), Session(portal.address)
    path = to_provider(mine)
    assert back(others, path).status_code == 401
    to_provider(others)
    assert back(others, path).status_code == 401
    assert back(mine, path).status_code == 303
    again = Session(portal.address)
    again.cookies.update(mine.cookies)
    assert back(again, path).status_code == 401


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://other.example"}, {"aud": "another client"}, {"aud": [CLIENT, "other"], "azp": "other"}, {"exp": 1},
        {"exp": None}, {"iat": 32503680000}, {"nonce": "of another sign-in"}, {"nonce": None}, {"sub": None},
        {"preferred_username": None}, {"preferred_username": ["vouched_auditor"]},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_with_a_wrong_claim_is_not_believed(
    portal: Front, provider: IdentityProvider, wrong: dict[str, object]
) -> None:
    provider.wrong = wrong
    browser = Session(portal.address)
    assert back(browser, to_provider(browser)).status_code == 401
    assert not is_in(browser)


@pytest.mark.parametrize(("key", "algorithm"), [("stranger", "RS256"), ("now", "none"), ("now", "HS256")])
def test_a_token_that_the_provider_did_not_sign_is_not_believed(
    portal: Front, provider: IdentityProvider, key: str, algorithm: str
) -> None:
    provider.signed_by, provider.algorithm = key, algorithm
    browser = Session(portal.address)
    assert back(browser, to_provider(browser)).status_code == 401
    assert not is_in(browser)


def test_its_keys_may_change(portal: Front, provider: IdentityProvider) -> None:
    provider.signed_by = "before"
    browser = Session(portal.address)
    assert back(browser, to_provider(browser)).status_code == 303


def test_a_refusal_of_the_provider_leads_back_to_the_form(portal: Front, provider: IdentityProvider) -> None:
    browser = Session(portal.address)
    state = parse_qs(urlsplit(to_provider(browser)).query)["state"][0]
    answer = back(browser, f"{BACK}?error=access_denied&state={state}")
    assert answer.status_code == 401
    assert "没有完成" in answer.text


@pytest.mark.parametrize("address", ["//evil.example", "https://evil.example/", "/\\evil.example"])
def test_nobody_is_sent_to_another_site(portal: Front, provider: IdentityProvider, address: str) -> None:
    browser = Session(portal.address)
    assert back(browser, to_provider(browser, address)).headers["Location"] == "/"


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "https://other.example"},
        {"token_endpoint": "http://id.example/token"},
        {"token_endpoint": "http://127.0.0.1:9/"},
    ],
    ids=str,
)
def test_a_provider_that_cannot_be_used_is_told(
    portal: Front, provider: IdentityProvider, wrong: dict[str, object]
) -> None:
    browser = Session(portal.address)
    path = to_provider(browser)
    provider.description = wrong
    assert back(browser, path).status_code == 503


def test_without_a_provider_there_is_no_such_way(desk: Desk) -> None:
    browser = Session(desk.first.address)
    assert browser.get("/sign-in/provider", allow_redirects=False).status_code == 404
    assert browser.get(BACK, allow_redirects=False).status_code == 404
    assert "/sign-in/provider" not in browser.get("/sign-in").text


@pytest.mark.parametrize("changed", [{"ANZE_OIDC_CLIENT_SECRET": ""}, {"ANZE_OIDC_ISSUER": "http://id.example"}])
def test_half_a_setting_is_refused(changed: dict[str, str]) -> None:
    with pytest.raises(SetupError) as told:
        provider_of({**GOOD, **changed})
    assert "geheim" not in str(told.value)


def test_a_secret_is_in_no_text_of_it() -> None:
    assert "geheim" not in repr(provider_of(GOOD))
