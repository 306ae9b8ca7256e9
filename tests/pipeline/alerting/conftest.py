"""A hub whose province has receivers on this machine."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import pathlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline.alerting.content import Content, Item
from pipeline.alerting.deliver import Delivered, deliver
from pipeline.alerting.secrets import of_environment
from pipeline.hub import Hub, open_hub
from pipeline.settings import load_settings
from schemas.delivery import Credentials
from tests.pipeline.alerting.receiving import Post, Robot, post_office, robot
from warehouse.alerts import outbox

#: A Wednesday at ten in Shanghai.
AT = dt.datetime(2026, 11, 18, 2, 0, tzinfo=dt.UTC)
SECRET = "SEC-canary-7f3a"
CONTENT = Content(
    "安责险预警日报 2026-11-18", "未关闭 1 条。",
    [Item("critical", "【严重】重大隐患逾期未整改 · 立春", "2 项重大事故隐患过了整改期限。", ("隐患 H1 期限 2026-11-01",), "请核实。")], 1,
)  # fmt: skip


@dataclass
class Sending:
    """A hub and what it sends; ``secrets`` are the environment's."""

    hub: Hub
    folder: pathlib.Path
    robot: Robot
    post: Post
    environ: dict[str, str] = field(default_factory=dict)

    def receivers(self, *entries: dict[str, Any]) -> None:
        """Who is told."""
        (self.folder / "receivers.yml").write_text(json.dumps(list(entries), ensure_ascii=False), encoding="utf-8")

    def decide(self, **keys: Any) -> None:
        """What the province decides besides where its mail server is."""
        mail = {
            "host": "127.0.0.1",
            "port": self.post.port,
            "security": "none",
            "sender": "安责险平台 <anze@example.org>",
        }
        (self.folder / "alerts.yml").write_text(json.dumps({"mail": mail, **keys}), encoding="utf-8")

    def write(
        self, receiver: str, key: str, content: Content = CONTENT, level: str = "critical", at: dt.datetime = AT
    ) -> None:
        with self.hub.engine.begin() as connection:
            outbox.write(connection, key, receiver, level, content.kept(), at)

    def deliver(self, at: dt.datetime = AT) -> Delivered:
        return deliver(self.hub, self.secrets, at)

    def secrets(self, name: str) -> Credentials:
        return of_environment(name, self.environ)

    def messages(self) -> list[dict[str, Any]]:
        with self.hub.engine.connect() as connection:
            rows = connection.execute(sa.text("select * from alert.message order by message_id"))
            return [dict(row) for row in rows.mappings()]


@pytest.fixture
def sending(
    own_province: pathlib.Path, database_url: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Sending]:
    """A hub of a province with a robot and a mail server beside it."""
    monkeypatch.setenv("ANZE_SANDBOX_URL", "http://127.0.0.1:1")
    environ = {
        "ANZE_DATABASE_URL": database_url,
        "ANZE_VAR": str(tmp_path / "var"),
        "ANZE_SANDBOX_URL": "http://127.0.0.1:1",
    }
    with contextlib.ExitStack() as stack:
        hub = open_hub(load_settings(environ))
        made = Sending(hub, own_province, stack.enter_context(robot()), stack.enter_context(post_office()))
        made.decide()
        yield made
        hub.engine.dispose()
