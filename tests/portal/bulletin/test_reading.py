"""A bulletin tells what is frozen, to each account what it may see."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
import sqlalchemy as sa

from portal.bulletin.blocks import Document, Heading, Paragraph, Table
from portal.bulletin.document import compose
from portal.bulletin.facts import CODES
from portal.bulletin.words import SMALL, change
from portal.console.scope import Place
from portal.problems import Problem
from tests.portal.bulletin.conftest import OCTOBER, SEPTEMBER, Reading

FROZEN = (
    "select indicator_code, period_kind, region_code, latest_text, first_text from report.frozen_figure"
    " where month = '2026-10-01' and domain_code = '*' and insurer_id = '*'"
)


def said(document: Document) -> str:
    """Everything that a bulletin says, charts included."""
    parts = [document.title, document.subtitle, *document.facts, *document.footer]
    for block in document.blocks:
        if isinstance(block, Heading | Paragraph):
            parts.append(block.text)
        elif isinstance(block, Table):
            parts += [
                block.title,
                block.note,
                *(c.label for c in block.columns),
                *(c for row in block.rows for c in row),
            ]
    return "\n".join([*parts, *(chart.svg + chart.words for chart in document.charts)])


def frozen_texts(world: sa.Engine) -> dict[tuple[str, str, str], tuple[str, str]]:
    with world.connect() as connection:
        rows = connection.exec_driver_sql(FROZEN).all()
    return {(code, period, region): (latest, first) for code, period, region, latest, first in rows}


@pytest.mark.parametrize(("name", "region"), [("bulletin_province", "370000"), ("bulletin_city", "370200")])
def test_every_figure_is_the_frozen_one(world: sa.Engine, bulletin_of: Reading, name: str, region: str) -> None:
    bulletin, frozen = bulletin_of(name), frozen_texts(world)
    told = {(f.code, f.period_kind, f.region_code): f.shown_text for f in bulletin.figures}
    assert told == {key: latest for key, (latest, _) in frozen.items() if key[2] == region and key[0] in CODES}
    parts = {(f.code, f.period_kind, f.region_code): f.shown_text for part in bulletin.parts for f in part.figures}
    assert parts
    assert parts == {key: frozen[key][0] for key in parts}
    tables = {table.title: table for table in compose(bulletin).tables}
    assert [row[2] for row in tables["五项指标"].rows] == [f.shown_text for f in bulletin.figures]
    areas = tables["各市情况" if region == "370000" else "各县（市、区）情况"]
    told = [code for code in CODES if any(part.figure(code) for part in bulletin.parts)]
    for part, row in zip(bulletin.parts, areas.rows, strict=True):
        shown = [figure.shown_text if (figure := part.figure(code)) else "—" for code in told]
        assert [text.rstrip(SMALL) for text in row] == [part.region_name, *shown]


@pytest.mark.parametrize("name", ["bulletin_province", "bulletin_city", "bulletin_company"])
def test_causes_add_up_to_what_moved_in_a_month(bulletin_of: Reading, name: str) -> None:
    september, october = bulletin_of(name, month=SEPTEMBER), bulletin_of(name)
    assert september.moved is None
    assert "2026年8月的数据没有固定" in said(compose(september))
    assert october.moved is not None
    for code in CODES:
        before, after = september.headline(code), october.headline(code)
        if before and after:
            parts = [each for each in october.moved if each.code == code]
            assert sum(p.numerator for p in parts) == (after.numerator or 0) - (before.numerator or 0)
            assert sum(p.denominator for p in parts) == (after.denominator or 0) - (before.denominator or 0)


def test_a_revision_is_told_beside_the_first_figures(world: sa.Engine, bulletin_of: Reading) -> None:
    first, latest, frozen = (
        bulletin_of("bulletin_province", revision_no=0), bulletin_of("bulletin_province"), frozen_texts(world)
    )  # fmt: skip
    key = ("I1", "as_of", "370202")
    moved = {(r.code, r.period_kind, r.region_code): (r.latest_text, r.first_text) for r in latest.revisions}
    assert frozen[("I1", "as_of", "370000")][0] != frozen[("I1", "as_of", "370000")][1]
    assert moved[("I1", "as_of", "370000")] == frozen[("I1", "as_of", "370000")]
    assert (first.edition.revision_no, latest.edition.revision_no, first.revisions) == (0, 1, ())
    coverage = first.headline("I1")
    assert coverage
    assert coverage.shown_text == frozen[("I1", "as_of", "370000")][1]
    assert first.digest != latest.digest
    city = bulletin_of("bulletin_city")
    assert key in {(r.code, r.period_kind, r.region_code) for r in city.revisions}
    assert "第1次修订" in said(compose(latest))


def test_what_was_missing_is_named(bulletin_of: Reading) -> None:
    bulletin = bulletin_of("bulletin_province")
    assert bulletin.edition.missing_feeds == ("lichun/policy",)
    assert "1 项数据未送达" in said(compose(bulletin))


def test_a_city_is_told_of_no_other_city(world: sa.Engine, bulletin_of: Reading) -> None:
    text = said(compose(bulletin_of("bulletin_city")))
    with world.connect() as connection:
        query = (
            "select region_name from report.region where region_level <> 'province' and region_code !~ '^3702'"
            " except select region_name from report.region where region_code ~ '^3702'"
        )
        names = set(connection.exec_driver_sql(query).scalars())
    assert "青岛市" in text
    assert "市南区" in text
    assert [name for name in names if name in text] == []


def test_a_place_of_others_and_one_that_is_none_answer_alike(bulletin_of: Reading) -> None:
    for code in ("370100", "370000", "370102", "999999"):
        with pytest.raises(Problem) as told:
            bulletin_of("bulletin_city", place=Place(code))
        assert (told.value.code, told.value.detail) == (
            "NOT-FOUND", "2026-10 没有这个范围的数据，或者不在当前账号的权限内。",
        )  # fmt: skip


def test_an_insurer_is_told_of_itself(bulletin_of: Reading) -> None:
    bulletin = bulletin_of("bulletin_company")
    assert bulletin.place.insurer_id == "lichun"
    assert bulletin.headline("I1") is None
    assert bulletin.headline("I2") is not None
    assert {row.insurer_id for row in bulletin.timeliness} <= {"lichun"}
    assert "yushui" not in repr(bulletin)


def test_a_month_that_is_not_frozen_says_so(bulletin_of: Reading) -> None:
    with pytest.raises(Problem) as told:
        bulletin_of("bulletin_province", month=dt.date(2026, 8, 31))
    assert told.value.code == "NOT-FOUND"
    assert told.value.detail.startswith("2026-08 的数据还没有固定")
    with pytest.raises(Problem, match="has no revision 7: the newest is 1"):
        bulletin_of("bulletin_province", revision_no=7, language="en")


def test_small_samples_are_not_ranked(bulletin_of: Reading) -> None:
    bulletin = bulletin_of("bulletin_province")
    assert all(f.is_small_sample for part in bulletin.parts if (f := part.figure("I1")))
    text = said(compose(bulletin))
    assert "样本过小或没有数据，不作比较" in text
    assert "最高" not in text


def test_areas_that_can_be_compared_are(bulletin_of: Reading) -> None:
    bulletin = bulletin_of("bulletin_province")
    figures = [f for part in bulletin.parts if (f := part.figure("I1")) and f.shown_pct is not None]
    large = {f.region_code for f in figures[:2]}
    parts = [
        dataclasses.replace(
            part,
            figures=tuple(dataclasses.replace(f, is_small_sample=f.region_code not in large) for f in part.figures),
        )
        for part in bulletin.parts
    ]
    document = compose(dataclasses.replace(bulletin, parts=tuple(parts)))
    sentence = next(b.text for b in document.blocks if isinstance(b, Paragraph) and "可以比较" in b.text)
    assert f"{len(parts)}个市中，2个可以比较投保覆盖率" in sentence
    assert [f.region_name for f in figures if f.region_name in sentence] == [f.region_name for f in figures[:2]]


def test_the_year_to_date_is_not_compared_over_new_year(bulletin_of: Reading) -> None:
    bulletin = bulletin_of("bulletin_province")
    january = dataclasses.replace(bulletin, edition=dataclasses.replace(bulletin.edition, month=dt.date(2026, 1, 1)))
    services = bulletin.headline("I3")
    assert services
    assert services.period_kind == "ytd"
    assert january.before(services) is None
    assert change(services, january.before(services)) is None


def test_sentences_say_what_was_counted(bulletin_of: Reading) -> None:
    coverage = bulletin_of("bulletin_city").headline("I1")
    assert coverage
    begin = f"10月末，全市应投保企业 {coverage.denominator_text}，其中 {coverage.numerator_text}有有效保单，投保覆盖率 "
    text = said(compose(bulletin_of("bulletin_city")))
    assert begin + coverage.shown_text in text
    english = said(compose(bulletin_of("bulletin_city", language="en"), "en"))
    assert f"{coverage.numerator:f} of {coverage.denominator:f} enterprises".replace(".000000", "") in english


def test_the_address_leads_to_the_same_figures(bulletin_of: Reading) -> None:
    bulletin = bulletin_of("bulletin_city")
    assert bulletin.address == f"https://hub.example/console/bulletin/{OCTOBER:%Y-%m}?revision=1&region=370200"
    document = compose(bulletin)
    assert bulletin.address == document.footer[1]
    assert bulletin.digest[:16] in document.footer[0]
