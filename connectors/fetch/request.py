"""One request before it is sent: where its values stand, and its body as the very bytes that are signed and sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from connectors.fetch.body import Number, canonical
from connectors.protocol import BodyForm

Params = list[tuple[str, str]]
"""Names and values; a Number may be written without quotes in a JSON body."""
_CONTENT_TYPES = {"json": "application/json; charset=utf-8", "form": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Request:
    """One request; ``params`` are those of the address that are not in ``url`` already, ``body`` those of a POST."""

    method: str
    url: str
    params: Params = field(default_factory=list, repr=False)
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    body: Params | None = field(default=None, repr=False)
    body_form: BodyForm = "form"

    @property
    def content(self) -> bytes | None:
        """The body's bytes, or None for a request without one."""
        if self.body is None:
            return None
        return canonical(nested(self.body)).encode() if self.body_form == "json" else urlencode(self.body).encode()

    def top_level(self) -> Params:
        """All parameters of address and body by name, nested ones as JSON, without empty ones."""
        body = nested(self.body or []).items() if self.body_form == "json" else self.body or []
        texts = ((name, value if isinstance(value, str) else canonical(value)) for name, value in body)
        return sorted((name, value) for name, value in [*self.params, *texts] if value)

    def with_value(self, place: str, value: str) -> Request:
        """The request with a value at a place: ``header NAME``, ``query NAME`` or ``body NAME``."""
        where, _, name = place.partition(" ")
        if where == "header":
            return self.with_headers({name: value})
        if where == "query":
            return replace(self, params=[*self.params, (name, value)])
        return replace(self, body=[*(self.body or []), (name, value)])

    def with_headers(self, headers: dict[str, str]) -> Request:
        """The request with more headers."""
        return replace(self, headers=self.headers | headers)

    def sent_headers(self) -> dict[str, str]:
        """Its headers, with the type of its body."""
        return self.headers if self.body is None else {"Content-Type": _CONTENT_TYPES[self.body_form], **self.headers}


def nested(pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Parameters as a tree: a dot in a name nests; that no name is both value and object is checked before."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        *parents, last = name.split(".")
        at = tree
        for parent in parents:
            at = at.setdefault(parent, {})
        at[last] = value
    return tree


def as_texts(pairs: Params) -> Params:
    """The parameters with every number as text, for a body that wants them so."""
    return [(name, str.__str__(value) if isinstance(value, Number) else value) for name, value in pairs]


def split_query(url: str) -> tuple[str, Params]:
    """The address without its query, and the query's parameters, so that all of them are signed."""
    parts = urlsplit(url)
    return parts._replace(query="", fragment="").geturl(), parse_qsl(parts.query, keep_blank_values=True)
