"""The pictures of docs/alerts.md: one morning's digest as mail and as each robot's message, taken in Chromium.

    python -m bench.alert_pictures docs/images

The alerts are those of the fixtures in tests/warehouse/alerts/cases, with the words of their definitions.
"""

from __future__ import annotations

import csv
import datetime as dt
import html
import pathlib
import re
import sys

from playwright.sync_api import sync_playwright

from pipeline.alerting import digest, mail
from pipeline.alerting.content import Content, markdown, plain
from schemas.regions import region_name
from warehouse.alerts.catalogue import load_definitions
from warehouse.alerts.outbox import Told
from warehouse.alerts.thresholds import shown

CASES = pathlib.Path("tests/warehouse/alerts/cases")
KINDS = ("A10", "A02", "A18a", "A08a", "A23b", "A01")
AT = dt.datetime(2026, 11, 18, 0, 30, tzinfo=dt.UTC)
CHROMIUM = "/usr/bin/chromium"
PAGE = """<!doctype html><meta charset="utf-8"><body style="margin:0;padding:20px;background:#eef0f3;
font:14px/1.6 'Noto Sans CJK SC',sans-serif;width:600px"><p style="color:#667;margin:0 0 8px">{robot}</p>
<div style="background:#fff;border-radius:8px;padding:14px 18px;white-space:pre-wrap;overflow-wrap:anywhere">{text}</div>"""
NAMES = {"lichun": "立春财产保险", "yushui": "雨水财产保险"}


def sample() -> Content:
    """A digest of the fixtures' alerts."""
    made = digest.digest(
        [_told(kind, n) for n, kind in enumerate(KINDS, 1)], AT, 40, "", lambda c: NAMES.get(c) or region_name(c) or c
    )
    assert made is not None
    return made


def _told(kind: str, number: int) -> Told:
    d = load_definitions()[kind]
    with (CASES / kind / "fail" / "expected.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    words = {t.name: shown(t, t.default) for t in d.thresholds if t.default is not None} | {"count": str(len(rows))}
    city = d.owner == "city"
    return Told(
        f"{kind}-20261118-{number:04d}", kind, d.owner, None if city else rows[0]["insurer_id"], "370100" if city else None,
        d.level, d.level_zh, d.title.zh, d.remedy, d.link, re.sub(r"\{(\w+)\}", lambda m: words[m[1]], d.message), len(rows), 1,
        len(rows), 0, None, kind == "A08a", False, kind == "A02", False, True, [row["message"] for row in rows[:3]],
    )  # fmt: skip


def main(folder: pathlib.Path) -> None:
    """Take the four pictures."""
    content = sample()
    robots = {
        "dingtalk": ("钉钉 DingTalk", 20_000),
        "wecom": ("企业微信 WeCom", 4_096),
        "feishu": ("飞书 Feishu", 20_000),
    }
    pages = {"mail": mail.html(content)}
    for name, (title, limit) in robots.items():
        text = f"{content.title}\n{plain(content, limit)}" if name == "feishu" else markdown(content, limit)
        pages[name] = PAGE.format(robot=title, text=_shown(text))
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name, page in pages.items():
            window = browser.new_page(viewport={"width": 680 if name == "mail" else 640, "height": 400})
            window.set_content(page)
            window.screenshot(path=folder / f"alert-digest-{name}.png", full_page=True)
        browser.close()


def _shown(text: str) -> str:
    """Markdown about as the robots show it."""
    safe = html.escape(text)
    safe = re.sub(r"^### (.*)$", r"<b style='font-size:16px'>\1</b>", safe, flags=re.MULTILINE)
    safe = re.sub(r"\*\*(.*?)\*\*", r"<b>\1</b>", safe)
    return re.sub(r"^&gt; (.*)$", r"<span style='color:#778'>▏\1</span>", safe, flags=re.MULTILINE)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
