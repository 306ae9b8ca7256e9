"""How an API can lie or break, for tests: switched on for one insurer, for ever or for its first calls."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

from sandbox.dialects.speech import Slice

Kind = Literal[
    "truncated_body", "cut_chunked", "cut_gzip", "html_body", "wrong_charset", "nan", "duplicate_key",
    "repeated_page", "overlapping_page", "changed_total", "missing_total", "repeated_cursor", "short_page",
    "empty_middle_page", "wrong_checksum", "renamed_items",
    "error_in_200", "unknown_error_in_200", "refused", "storm_429", "storm_500", "timeout", "redirect_elsewhere",
    "redirect_here", "next_elsewhere", "echo_secret",
]  # fmt: skip
KINDS: tuple[str, ...] = get_args(Kind)


@dataclass(frozen=True)
class Misbehaviour:
    """One way to misbehave; ``calls`` None = every call for rows, else only the first so many."""

    kind: Kind
    calls: int | None = None


@dataclass
class Mischief:
    """Who misbehaves how. State: calls so far by insurer."""

    plans: dict[str, Misbehaviour] = field(default_factory=dict)
    _calls: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next_kind(self, insurer_id: str) -> Kind | None:
        """How this call goes wrong, or None when it goes right."""
        plan = self.plans.get(insurer_id)
        if plan is None:
            return None
        with self._lock:
            self._calls[insurer_id] += 1
            is_over = plan.calls is not None and self._calls[insurer_id] > plan.calls
        return None if is_over else plan.kind


def distort(kind: Kind | None, part: Slice, rows: list[dict[str, Any]]) -> Slice:
    """The slice as a lying API cuts it out of ``rows``; unchanged for kinds that lie elsewhere."""
    number = part.offset // part.size
    if kind == "repeated_page" and number:
        return replace(part, rows=rows[: part.size])
    if kind == "overlapping_page" and number:
        return replace(part, rows=rows[part.offset - 1 : part.offset - 1 + part.size])
    if kind == "changed_total":
        return replace(part, total=part.total + number)
    if kind == "repeated_cursor" and number:
        return replace(part, next_offset=part.offset)
    if kind == "short_page" and not number:
        return replace(part, rows=part.rows[:-1])
    if kind == "empty_middle_page" and number == 1:
        return replace(part, rows=[])
    return part


def distort_document(kind: Kind | None, document: Any) -> Any:
    """The document with counts gone or the list of items renamed; unchanged for kinds that lie elsewhere."""
    if kind == "missing_total":
        return _without(document, {"total", "total_count", "count", "pages", "isLast"})
    if kind == "renamed_items":
        return _with_renamed_lists(document)
    if kind == "wrong_checksum":
        return _replaced(document, "digest", "0" * 64)
    if kind == "next_elsewhere":
        return _replaced(document, "next", "https://elsewhere.example/page2")
    return document


def distort_text(kind: Kind | None, text: str) -> bytes:
    """The body's bytes, with wrong characters or values no strict reader takes."""
    if kind == "wrong_charset":
        return text.encode("gb18030")
    if kind == "nan":
        return text.replace("{", '{"x":NaN,', 1).encode()
    if kind == "duplicate_key":
        return text.replace("{", '{"x":1,"x":2,', 1).encode()
    if kind == "html_body":
        return "<html><body>系统维护中</body></html>".encode()
    return text.encode()


def _without(document: Any, names: set[str]) -> Any:
    if not isinstance(document, dict):
        return document
    return {key: _without(value, names) for key, value in document.items() if key not in names}


def _with_renamed_lists(document: Any) -> Any:
    if not isinstance(document, dict):
        return document
    named = {(f"{key}_v2" if isinstance(value, list) else key): value for key, value in document.items()}
    return {key: _with_renamed_lists(value) for key, value in named.items()}


def _replaced(document: Any, name: str, value: Any) -> Any:
    if not isinstance(document, dict):
        return document
    return {key: value if key == name else _replaced(below, name, value) for key, below in document.items()}
