"""What may be wrong with a request: a code of ours, a status, and what a person should do. RFC 9457 for programs.

A page shows the same words. No answer names a table, a function or a row's value.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.exceptions import HTTPException

from schemas.errors import HubError, KeyUsedOtherwise, NotFound, RateLimited, RetryLater, SetupError

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Kind:
    """One kind of problem: HTTP status and titles in two languages."""

    status: int
    zh: str
    en: str


KINDS = {
    "REQUEST-INVALID": Kind(400, "请求内容有误", "The request is not valid"),
    "SIGN-IN-NEEDED": Kind(401, "请先登录", "Please sign in"),
    "SIGN-IN-REFUSED": Kind(401, "账号、密码或验证码不正确", "Account, password or code is not right"),
    "NOT-ALLOWED": Kind(403, "当前账号没有这项权限", "This account may not do that"),
    "FORGED": Kind(403, "页面已过期,请返回重新操作", "This page is out of date: go back and try again"),
    "NOT-FOUND": Kind(404, "没有找到", "Not found"),
    "METHOD-NOT-ALLOWED": Kind(405, "这个地址不支持这种请求", "This address does not take that method"),
    "TOO-SLOW": Kind(408, "上传中断:一分钟没有收到内容,请重新上传", "The upload stalled: send it again"),
    "KEY-REUSED": Kind(409, "这个 Idempotency-Key 已用于另一次不同的请求", "This Idempotency-Key was used for another request"),
    "TOO-LARGE": Kind(413, "文件超过大小上限", "The file is larger than allowed"),
    "MEDIA-TYPE": Kind(415, "不支持这种内容类型", "This media type is not supported"),
    "DIGEST-DIFFERS": Kind(422, "收到的内容与 Content-Digest 不一致,请重新上传", "The content differs from its Content-Digest"),
    "TOO-MANY": Kind(429, "请求过于频繁,请稍后再试", "Too many requests: try again later"),
    "FAULT": Kind(500, "平台出现故障,已记录,请稍后再试", "A fault of the platform; it was logged"),
    "NOT-NOW": Kind(503, "平台暂时繁忙,请稍后再试", "Not just now: try again later"),
    "NO-ROOM": Kind(507, "平台存储空间不足,没有收下,请稍后再试", "No room left: not taken, try again later"),
}  # fmt: skip
OF_STATUS = {kind.status: code for code, kind in reversed(KINDS.items())}


class Problem(HTTPException):
    """Raised by pages and the API for everything that the caller can be told; ``detail`` says what and what to do.

    An HTTPException, so that it passes through whatever reads a body for a route.
    """

    headers: dict[str, str]

    def __init__(
        self, code: str, detail: str = "", *, retry_after: int | None = None,
        headers: Mapping[str, str] | None = None, **more: Any,
    ) -> None:  # fmt: skip
        super().__init__(KINDS[code].status, detail, dict(headers or {}))
        self.code, self.more = code, more
        if retry_after is not None:
            self.headers["Retry-After"] = str(retry_after)

    def __str__(self) -> str:
        return f"{self.code} {self.detail}".strip()

    @property
    def kind(self) -> Kind:
        return KINDS[self.code]


@dataclass(frozen=True)
class Told:
    """A problem as the answer tells it."""

    code: str
    status: int
    title: str
    detail: str
    headers: dict[str, str] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)

    def document(self, instance: str) -> dict[str, Any]:
        """The problem details of RFC 9457."""
        return {
            "type": f"/api/v1/problems/{self.code}", "title": self.title, "status": self.status, "code": self.code,
            "detail": self.detail or self.title, "instance": instance, **self.more,
        }  # fmt: skip


def told(problem: Problem, language: str) -> Told:
    """A problem in one language, with the headers that belong to it."""
    headers = dict(problem.headers)
    if problem.kind.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    title = problem.kind.en if language == "en" else problem.kind.zh
    return Told(problem.code, problem.kind.status, title, problem.detail, headers, problem.more)


def of_hub(error: HubError) -> Problem:
    """The problem that a fault of the hub is for the caller."""
    if isinstance(error, NotFound):
        return Problem("NOT-FOUND")
    if isinstance(error, KeyUsedOtherwise):
        return Problem("KEY-REUSED")
    if isinstance(error, RetryLater):
        seconds = error.after_seconds if isinstance(error, RateLimited) and error.after_seconds else 5
        return Problem("NOT-NOW", retry_after=int(seconds))
    if isinstance(error, SetupError) and "cannot be written" in str(error):
        is_full = any(os.strerror(number) in str(error) for number in (errno.ENOSPC, errno.EDQUOT))
        return Problem("NO-ROOM" if is_full else "NOT-NOW", retry_after=60)
    return Problem("FAULT")
