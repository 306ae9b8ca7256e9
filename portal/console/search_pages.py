"""Search: one field for enterprises, policies, agencies and insurers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from portal.asking import Here, Regulator, language, page, record
from portal.console.address import reading
from portal.console.enterprise_codes import names_of
from portal.console.in_words import InWords, in_words
from portal.console.search import FEWEST_CHARACTERS, Found, Hit, search
from portal.look.frame import Crumb
from portal.look.texts import texts
from portal.signing_in.sessions import Identity

router = APIRouter(include_in_schema=False)
Typed = Annotated[str, Query(max_length=200)]
KINDS = {
    "enterprise": ("企业", "Enterprise"), "policy": ("保单", "Policy"), "agency": ("服务机构", "Agency"),
    "insurer": ("保险机构", "Insurer"),
}  # fmt: skip
MOST_HITS = 50


@router.get("/console/search")
def show(request: Request, here: Here, who: Regulator, q: Typed = "", all: bool = False) -> Response:  # noqa: A002
    """What begins with a text; the page itself where exactly one thing has that number or name, unless ``all`` is said."""
    with reading(here, who.person) as connection:
        found = search(connection, q, limit=MOST_HITS)
        words = in_words(connection, (), here.hub.now().date(), language(request))
    names = names_of(here, who.person, [hit.key for hit in found.hits if hit.kind == "enterprise"])
    record(request, who, "read", "search", identifiers={"q": q.strip()}, row_count=len(found.hits))
    exact = _exact(found, q.strip())
    if exact and not all and (target := page_of(exact, names)):
        return RedirectResponse(target, 303)
    return _answer(request, who, q, _rows(found, names, words), is_cut=found.is_cut)


def page_of(hit: Hit, names: Mapping[str, str]) -> str | None:
    """The page of what was found; None for an enterprise without a name, which is not the caller's."""
    if hit.kind == "enterprise":
        return f"/console/enterprises/{names[hit.key]}" if hit.key in names else None
    if hit.kind == "policy":
        return f"/console/records/policy/{hit.version_id}"
    return f"/console/insurers/{hit.key}" if hit.kind == "insurer" else f"/console/agencies/{hit.key}"


def _rows(found: Found, names: Mapping[str, str], words: InWords) -> list[tuple[str | None, ...]]:
    """Kind, name, page, number, and whose and where it is."""
    t = texts(words.language)
    return [(t(*KINDS[hit.kind]), hit.title, page_of(hit, names), hit.key, _where(hit, words)) for hit in found.hits]


def _answer(
    request: Request, who: Identity, q: str, rows: list[tuple[str | None, ...]], *, is_cut: bool
) -> HTMLResponse:
    t = texts(language(request))
    return page(
        request, "console/search.html", q=q, rows=rows, is_cut=is_cut, most_hits=MOST_HITS, csrf=who.csrf,
        is_short=len(q.strip()) < FEWEST_CHARACTERS, fewest=FEWEST_CHARACTERS, crumbs=(Crumb(t("查询", "Search")),),
    )  # fmt: skip


def _where(hit: Hit, words: InWords) -> str:
    """The insurer of a policy and the area, as far as there are any."""
    insurer = words.insurers.get(hit.insurer_id, hit.insurer_id) if hit.kind == "policy" and hit.insurer_id else None
    return " ".join(filter(None, (insurer, words.region(hit.region_code) if hit.region_code else None)))


def _exact(found: Found, text: str) -> Hit | None:
    """The only thing that is exactly what was typed."""
    same = [hit for hit in found.hits if text in (hit.key, hit.title) or text.upper() == hit.key]
    return same[0] if len(same) == 1 and not found.is_cut else None
