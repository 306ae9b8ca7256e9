"""``anze indicator show`` and ``explain`` asked wrongly, and of figures that are provisional: the answer names the way on."""

from __future__ import annotations

import datetime as dt
import pathlib

import pytest
import sqlalchemy as sa

from tests.pipeline.conftest import Anze
from tests.warehouse.building import at, load_rows, policy
from warehouse.publishing.publish import publish

FEEDS = [("lichun", "policy"), ("youlan", "policy"), ("youlan", "claim")]


@pytest.fixture
def told(engine: sa.Engine, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> sa.Engine:
    """One policy, published on the 20th without what youlan owes."""
    span = {"cover_start_date": at(18).date(), "cover_end_date": at(30).date()}
    place = {"region_code": "370102", "high_risk_domain_code": "20"}
    load_rows(engine, tmp_path, "policy", [policy("P1", at(16), **span, **place)], at(18))
    with engine.begin() as connection:
        publish(connection, dt.date(2026, 11, 20), at(21), at(21), expected=FEEDS, delivered_since=at(1))
    monkeypatch.setenv("ANZE_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("ANZE_VAR", str(tmp_path / "var"))
    return engine


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("show I9", "I1 I1a I1b"),
        ("explain I9", "I1 I1a I1b"),
        ("show covrage_ratio", "did you mean 'coverage_ratio'?"),
        ("show I1 --period month", "I1 没有期间 no period 'month': as_of"),
        ("explain I1 --period month", "I1 没有期间 no period 'month': as_of"),
        ("show I1 --region 青岛", "370200 青岛市"),
        ("explain I1 --region 999999", "no region '999999'"),
        ("show I2 --level county", "no figures below city"),
        ("explain I2 --region 370102", "no figures below city"),
        ("show I1 --level town", "province, city, county"),
        ("explain I1 --insurer lichun", "I1a 按机构计数"),
        ("show I4 --insurer lichn", "did you mean 'lichun'?"),
        ("show I4 --domain 99", "20 危险化学品"),
        ("explain I5 --domain 20", "no figures by domain"),
        ("show I4 --region 370102 --domain 20 --insurer lichun", "by domain and insurer at once"),
        ("show I1 --publication 99", "no publication 99"),
        ("explain I1 --publication 99", "no publication 99"),
        ("explain I1 --limit -1", "--limit"),
        ("frozen 2026-13", "2026-13 is no month: write 2026-10"),
        ("frozen 7", "7 is no month: write 2026-10"),
        ("frozen 2026-10", "2026-10 is not frozen: anze publish --freeze 2026-10"),
        ("diff 2026-10 latest", "2026-10 is not frozen: anze publish --freeze 2026-10"),
        ("diff 2026-13 latest", "2026-13 is no publication: write an id, `latest`, 2026-10"),
    ],
)
def test_a_question_without_an_answer_is_wrong_usage_and_says_what_there_is(
    anze: Anze, arguments: str, said: str
) -> None:
    refused = anze("indicator", *arguments.split())
    assert (refused.code, refused.out) == (2, "")
    assert said in " ".join(refused.err.replace("│", " ").split())


@pytest.mark.usefixtures("told")
def test_a_cell_in_which_no_record_counts_is_no_mistake(anze: Anze) -> None:
    for question in ("show", "explain"):
        empty = anze("indicator", question, "I1a", "--insurer", "youlan")
        assert (empty.code, empty.out) == (1, "")
        assert "no record counts there" in empty.err


@pytest.mark.usefixtures("told")
def test_a_provisional_figure_names_the_feeds_that_it_waits_for(anze: Anze) -> None:
    shown, explained = anze("indicator", "show", "i1"), anze("indicator", "explain", "coverage_ratio")
    assert shown.code == explained.code == 0
    assert "未交齐 not delivered in full: youlan (policy)\n" in shown.err
    assert "暂定 provisional: 未交齐 not delivered in full: youlan (policy)\n" in explained.out
    assert anze("indicator", "explain", "I1", "--json").json["provisional"] == [
        "未交齐 not delivered in full: youlan (policy)"
    ]
    assert "claim" in anze("indicator", "show", "I2").err


@pytest.mark.usefixtures("told")
def test_indicators_that_have_no_such_figure_are_told_beside_those_that_have(anze: Anze) -> None:
    shown = anze("indicator", "show", "I1", "I2", "--insurer", "lichun")
    assert shown.code == 0
    assert "I2 " in shown.out
    assert "I1 不分机构 no figures by insurer" in shown.err


def test_before_the_first_publication_the_command_to_publish_is_named(
    anze: Anze, engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANZE_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    empty = anze("indicator", "show")
    assert empty.code == 1
    assert "nothing was published yet: anze publish" in empty.err


@pytest.mark.usefixtures("told")
def test_records_that_were_left_out_are_listed_with_their_reason_in_words(
    told: sa.Engine, anze: Anze, tmp_path: pathlib.Path
) -> None:
    rows = [
        policy("P2", at(21), region_code="320214"),
        *(policy(no, at(21), region_code="370102") for no in ("P3", "P4")),
    ]
    load_rows(told, tmp_path, "policy", rows, at(21))
    with told.begin() as connection:
        publish(connection, dt.date(2026, 11, 21), at(22), at(22), expected=FEEDS, delivered_since=at(1))
    counted = anze("indicator", "explain", "I2", "--limit", 1)
    listed = anze("indicator", "explain", "I2", "--left-out")
    assert "地区代码不在本省 outside_province" in counted.out
    assert "列出其中最大的 1 条 the largest 1 of them are listed: --limit" in counted.out
    assert "P2" not in counted.out
    assert "P2" in listed.out
    (record,) = anze("indicator", "explain", "I2", "--left-out", "--json").json["left_out"]
    assert (record["record_key"], record["exclusion"], record["row_no"]) == ("P2", "outside_province", 1)


@pytest.mark.usefixtures("told")
def test_a_figure_without_value_says_why_also_when_it_is_provisional(anze: Anze) -> None:
    shown = " ".join(anze("indicator", "show", "I1").out.split())
    assert "暂定 provisional" in shown
    assert "分母为零 zero_denominator" in shown


@pytest.mark.parametrize(
    "asked",
    [("show",), ("at", "--as-of", "2026-11-20", "--known-at", "2026-11-22T02:00+08:00")],
    ids=["published", "computed"],
)
@pytest.mark.usefixtures("told")
def test_a_figure_stands_in_its_unit_with_names_and_its_period_in_words(anze: Anze, asked: tuple[str, ...]) -> None:
    """Published or computed for the asking; the premium of one policy is a small sample."""
    place = ("indicator", *asked, "I2", "--period", "ytd", "--region", "370100", "--domain", "20")
    (figure,) = anze(*place, "--json").json
    assert figure["denominator_text"] == "100.00 元"
    assert figure["period_text"] == "本年累计 2026-01-01 至 2026-11-20"
    assert (figure["domain_name"], figure["insurer_name"]) == ("危险化学品", "全部机构")
    assert figure["is_small_sample"] is True
    line = " ".join(anze(*place).out.split())
    for words in ("济南市 370100", "危险化学品 20", "本年累计 2026-01-01 至 2026-11-20", "0.00 元", "样本过小 small"):
        assert words in line


def test_a_difference_is_told_in_units_too(told: sa.Engine, anze: Anze, tmp_path: pathlib.Path) -> None:
    load_rows(told, tmp_path, "policy", [policy("P2", at(21), region_code="370102")], at(21))
    with told.begin() as connection:
        publish(connection, dt.date(2026, 11, 21), at(22), at(22), expected=FEEDS, delivered_since=at(1))
    out = " ".join(anze("indicator", "diff", "1", "2", "-i", "I2", "--period", "ytd").out.split())
    assert "山东省 370000 × 全部行业领域 × 全部机构, 本年累计" in out
    assert "发布 1: 本年累计 2026-01-01 至 2026-11-20" in out
    assert "100.00 元" in out
    assert "+100.00 元" in out
    assert "200.00 元" in out


@pytest.mark.usefixtures("told")
def test_a_question_about_any_day_that_has_no_answer_is_one_line(anze: Anze) -> None:
    refused = anze("indicator", "at", "I1", "--insurer", "lichun", "--known-at", "2026-11-21T12:00")
    assert (refused.code, refused.out, len(refused.err.splitlines())) == (2, "", 1)
    assert "I1a 按机构计数" in refused.err
