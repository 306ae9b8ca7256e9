"""The Link header of RFC 8288: which address is next, whatever its quoting, order, case and other links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urldefrag, urljoin

_NAME = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_TARGET = re.compile(r"[\s,]*<([^>]*)>\s*")
_PARAMETER = re.compile(rf';\s*(?:({_NAME})\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?)?\s*', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_REST = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^,"])*')


def links(header: str) -> Iterator[tuple[str, dict[str, str]]]:
    """(target, parameters by name in lower case) of every link; of a parameter given twice the first counts.

    What is no link is passed over up to the next comma outside quotes. Several headers are joined with commas before.
    """
    at = 0
    while at < len(header):
        target = _TARGET.match(header, at)
        if target is None:
            at = ((found := _REST.match(header, at)) and max(found.end(), at + 1)) or at + 1
            continue
        at, parameters = target.end(), dict[str, str]()
        while (parameter := _PARAMETER.match(header, at)) and parameter.end() > at:
            at = parameter.end()
            name, quoted, plain = parameter.groups()
            if name:
                value = _ESCAPED.sub(r"\1", quoted) if quoted is not None else plain or ""
                parameters.setdefault(name.lower(), value)
        yield target[1].strip(), parameters


def following(header: str, base: str) -> str | None:
    """The target whose relation to ``base`` is next, as it stands, or None; a link about another address is not ours."""
    for target, parameters in links(header):
        is_next = "next" in parameters.get("rel", "").lower().split()
        if is_next and _is_about(parameters.get("anchor"), base):
            return target
    return None


def _is_about(anchor: str | None, base: str) -> bool:
    """Whether a link's context is the answered address itself; a fragment of it is a part, not the whole."""
    if anchor is None:
        return True
    try:
        return urljoin(base, anchor) in (base, urldefrag(base).url)
    except ValueError:
        return False
