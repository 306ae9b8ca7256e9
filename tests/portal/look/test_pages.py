"""Pages as text: nothing of a sender becomes markup, nothing inline, two languages, the frame around each."""

from __future__ import annotations

import re
from dataclasses import replace

import jinja2
import pytest
from markupsafe import escape

from portal.look.frame import theme_of
from portal.look.gallery import frame, gallery
from portal.look.pages import environment, render

HOSTILE = """"><script>alert(1)</script><img src=x onerror=alert(1)>' {{ 7*7 }} &amp; </svg></title>"""
INLINE = re.compile(r"<script(?![^>]* src=)|<style|\sstyle\s*=|<[a-z]+[^>]*\son[a-z]+\s*=|javascript:", re.IGNORECASE)
PARTS = '{% import "parts.html" as parts %}'


def written(template: str, language: str = "zh", **context: object) -> str:
    return environment(language).from_string(PARTS + template).render(**context)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_texts_of_senders_stay_texts(language: str) -> None:
    page = gallery(language, hostile=HOSTILE, has_errors=True)
    assert HOSTILE not in page
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "49" not in re.findall(r"onerror=alert\(1\)&gt;&#39; (\S+)", page)
    assert page.count(str(escape(HOSTILE))) > 10


@pytest.mark.parametrize(
    "part",
    [
        "parts.page_header(x, x)", "parts.tag(x)", "parts.alert(x, x)", "parts.error_summary([x, (x, x)])", "parts.tabs([(x, x, True, x)], x)",
        "parts.button(x, name=x, value=x)", "parts.button_link(x, x)", "parts.copyable(x)", "parts.masked(x)", "parts.definitions([(x, x)])",
        "parts.stat(x, x, x)", "parts.cell(x)", "parts.cell(x, href=x)", "parts.actions([(x, x)], x)", "parts.pager(x, x)", "parts.empty(x)",
        "parts.csrf(x)", "parts.field(x, x, x, hint=x, error=x, autocomplete=x, placeholder=x)", "parts.select(x, x, [(x, x)], x, x, x, x)",
        "parts.textarea(x, x, x, x, x)", "parts.checkbox(x, x, x)", "parts.filters([(x, x, x)])", "parts.drop_zone(x, x, x, x, error=x)",
        "parts.as_of(x)", "parts.known_at(x)", "parts.steps([(x, x, 'done')], x)", "parts.timeline([(x, x, x, 'good')])",
        "parts.receipt(x, x, [(x, x)], note=x)", "parts.shown_of_total(1, 2, x)", "watermark(x, x)",
    ],
)  # fmt: skip
def test_each_part_escapes(part: str) -> None:
    text = written("{{ " + part + " }}", x=HOSTILE)
    assert str(escape(HOSTILE)) in text
    assert "<script" not in text
    assert "<img" not in text


@pytest.mark.parametrize("page", [gallery(), gallery("en", has_errors=True)], ids=["zh", "en"])
def test_nothing_is_inline(page: str) -> None:
    assert INLINE.search(page) is None
    assert re.search(r"(?:src|href)=\"(?:https?:)?//", page) is None


def test_a_page_speaks_one_language() -> None:
    zh, en = gallery(), gallery("en")
    assert '<html lang="zh-CN"' in zh
    assert '<html lang="en"' in en
    assert "跳到正文" in zh
    assert "Skip to content" in en
    assert "查询" in zh
    assert ">Search<" in en
    assert "<title>样式总览 · 安全生产责任保险数据平台</title>" in zh


def test_every_text_of_the_parts_is_a_pair() -> None:
    """Chinese that stands in a template without its English would reach an English page."""
    loader = environment("zh").loader
    assert loader is not None
    for name in (
        "layout.html",
        "sign_in.html",
        "message.html",
        *(n for n in loader.list_templates() if n.startswith("parts")),
    ):
        source = re.sub(r"\{#.*?#\}", "", loader.get_source(environment("zh"), name)[0], flags=re.DOTALL)
        alone = re.sub(r"""\bt\((?:"[^"]*"|'[^']*'), (?:"[^"]*"|'[^']*')\)""", "", source).replace(">中文<", "")
        assert re.findall(r"[\u4e00-\u9fff]+", alone) == [], name


def test_ids_are_unique() -> None:
    ids = re.findall(r'\sid="([^"]+)"', gallery(has_errors=True))
    assert sorted(ids) == sorted(set(ids))


def test_a_name_that_is_missing_is_an_error() -> None:
    with pytest.raises(jinja2.UndefinedError):
        render("message.html", "zh", frame=frame())


def test_a_message_says_what_happened_and_what_to_do() -> None:
    page = render(
        "message.html", "zh", frame=replace(frame(), has_errors=True), heading="没有权限", what="该企业不在您的范围内。",
        todo=["请联系平台管理员"], links=[("回到首页", "/")], reference="R-20261120-1",
    )  # fmt: skip
    assert "<title>错误：没有权限 · " in page
    for text in ("该企业不在您的范围内。", "请联系平台管理员", 'href="/"', "R-20261120-1"):
        assert text in page


def test_sign_in_keeps_the_account_and_never_the_password() -> None:
    page = render(
        "sign_in.html", "zh", frame=replace(frame(), viewer=None, menu=()), action="/sign-in", errors=["账号或密码不正确"],
        login="tianji", next_path="/submissions", asks_code=False, has_provider=False,
    )  # fmt: skip
    assert 'value="tianji"' in page
    assert re.search(r'name="password" type="password" value=""', page)
    assert 'name="csrf_token" value="token-of-the-session"' in page
    assert "账号或密码不正确" in page
    assert "watermark" not in page


def test_a_table_tells_what_it_shows_of_what_there_is() -> None:
    from portal.look.frame import Column

    table = '{{ parts.table("清单", columns, rows, 1284) }}'
    columns = (Column("名称", sort_href="?sort=name", sorted="ascending"), Column("人数", is_number=True))
    text = written(table, columns=columns, rows=[("甲", "12"), ("乙", None)])
    assert re.sub(r"<[^>]+>", "", text).split()[-5:] == ["共", "1,284", "条，本页显示", "2", "条"]
    assert 'aria-sort="ascending"><a class="sort" href="?sort=name">' in text
    assert '<td class="number">12</td>' in text
    assert '<td class="number">—</td>' in text
    assert "没有符合条件的记录" in written(table, columns=columns, rows=[])


def test_a_cookie_names_a_scheme_or_nothing() -> None:
    assert theme_of("dark") == "dark"
    assert theme_of('"><script>') == "auto"
    assert theme_of(None) == "auto"


def test_a_part_that_asks_again_waits_between() -> None:
    text = written('{% call parts.live("state", "/submissions/1/state", 3) %}检查中{% endcall %}')
    assert 'hx-get="/submissions/1/state" hx-trigger="every 3s" hx-swap="outerHTML"' in text
    assert "检查中" in text
