"""Insurers and agencies: how they stand, what is missing, what they delivered. Never one against another (rule R33)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse

from portal.asking import Here, Regulator, language, page, record
from portal.console import bodies, figures, names, overview
from portal.console.address import Address, opened, reading
from portal.console.in_words import in_words
from portal.look.frame import Crumb
from portal.look.texts import texts
from portal.submissions.words import STATES, record_name

router = APIRouter(include_in_schema=False)
#: Of the last deliveries, how many stand on an insurer's page.
MOST_DELIVERIES = 15
Code = Annotated[str, Path(max_length=60)]


@router.get("/console/insurers")
def insurers(request: Request, here: Here, who: Regulator, asked: Address) -> HTMLResponse:
    """Every insurer by name, with its timeliness and what had not come."""
    with reading(here, who.person) as connection:
        view = opened(connection, asked)
        known = names.insurers(connection)
        timely = {each.insurer_id: each for each in overview.timeliness(connection, view.publication)}
    record(request, who, "read", "insurers", row_count=len(known))
    missing: dict[str, list[str]] = {}
    for feed in view.publication.missing_feeds:
        insurer_id, _, record_type = feed.partition("/")
        missing.setdefault(insurer_id, []).append(record_name(record_type, language(request)))
    return page(
        request, "console/insurers.html", insurers=sorted(known.items(), key=lambda each: each[1]), timely=timely,
        missing=missing, view=view, data_as_of=view.stamp,
        crumbs=(Crumb(texts(language(request))("保险机构", "Insurers")),),
    )  # fmt: skip


@router.get("/console/insurers/{insurer_id}")
def insurer(request: Request, here: Here, who: Regulator, asked: Address, insurer_id: Code) -> HTMLResponse:
    """One insurer. Raises Problem NOT-FOUND."""
    tongue = language(request)
    with reading(here, who.person) as connection:
        view = opened(connection, asked)
        found = bodies.insurer(connection, view.publication, insurer_id, view.place.region_code)
        defined = {d.code: d for d in figures.definitions(connection, view.publication)}
        words = in_words(connection, ["CL-FEED-MODE"], view.publication.as_of, tongue)
    record(request, who, "read", f"insurer {insurer_id}", row_count=1)
    t, shown = texts(tongue), [each for each in found.figures if each.period_kind]
    others = {code for code, definition in defined.items() if definition.variant_of}
    return page(
        request, "console/insurer.html", insurer=found, view=view, words=words, defined=defined, states=STATES,
        record_name=lambda kind: record_name(kind, tongue), sees_all=view.scope.sees_all_areas,
        figures=[each for each in shown if each.indicator_code not in others], most_deliveries=MOST_DELIVERIES,
        variants=[each for each in shown if each.indicator_code in others], data_as_of=view.stamp,
        crumbs=(Crumb(t("保险机构", "Insurers"), "/console/insurers"), Crumb(found.insurer_name)),
    )  # fmt: skip


@router.get("/console/agencies/{code}")
def agency(request: Request, here: Here, who: Regulator, asked: Address, code: Code) -> HTMLResponse:
    """One technical service agency. Raises Problem NOT-FOUND."""
    with reading(here, who.person) as connection:
        view = opened(connection, asked)
        found = bodies.agency(connection, code)
        words = in_words(connection, ["CL-SERVICE-STATUS"], view.publication.as_of, language(request))
    record(request, who, "read", f"agency {code}", row_count=1)
    t = texts(language(request))
    return page(
        request, "console/agency.html", agency=found, words=words, view=view, data_as_of=view.stamp,
        total=sum(each.service_count for each in found.work),
        crumbs=(Crumb(t("查询", "Search"), "/console/search"), Crumb(found.agency_name)),
    )  # fmt: skip
