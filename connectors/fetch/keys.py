"""Keys out of credentials: entries by name, and every text of them that nobody may read in a message or a page."""

from __future__ import annotations

import base64
import json
import pathlib
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

from schemas.delivery import Credentials
from schemas.errors import AuthRefused

SHORTEST_SECRET = 4
"""Shorter texts are not hidden in messages: they would blank out half of every message."""
_PEM = "-----BEGIN"


def entry(credentials: Credentials, name: str, insurer_id: str) -> str:
    """The entry of that name: ``login``, ``secret``, or one of ``extra``. Raises AuthRefused when it is missing."""
    own = {"login": credentials.login, "secret": credentials.secret}
    found = str(own.get(name) or credentials.extra.get(name) or "")
    if not found:
        where = name if name in own else f"extra.{name}"
        raise AuthRefused(f"{insurer_id}: credentials are missing: give {where}")
    return found


def pem(credentials: Credentials, name: str, insurer_id: str) -> bytes:
    """The PEM text of an entry that is one, or the content of the file that it names. Raises AuthRefused."""
    text = entry(credentials, name, insurer_id)
    if _PEM in text:
        return text.replace("\\n", "\n").encode()
    try:
        return pathlib.Path(text).read_bytes()
    except (OSError, ValueError):
        raise AuthRefused(f"{insurer_id}: extra.{name} is neither PEM text nor a file that can be read") from None


def decoded(credentials: Credentials, name: str, form: str, insurer_id: str) -> bytes:
    """The bytes of an entry written as ``text``, ``hex`` or ``base64``. Raises AuthRefused when it is not so written."""
    text = entry(credentials, name, insurer_id)
    try:
        if form == "hex":
            return bytes.fromhex(text)
        return base64.b64decode(text, validate=True) if form == "base64" else text.encode()
    except ValueError:
        raise AuthRefused(f"{insurer_id}: extra.{name} is no {form}") from None


def basic(credentials: Credentials) -> str:
    """The value of a basic Authorization header."""
    return "Basic " + base64.b64encode(f"{credentials.login}:{credentials.secret}".encode()).decode()


def known_secrets(credentials: Credentials) -> tuple[str, ...]:
    """Every text of the credentials that must not be shown, in all its spellings."""
    return spelt([credentials.secret, basic(credentials).removeprefix("Basic "), *map(str, credentials.extra.values())])


def spelt(texts: Iterable[str]) -> tuple[str, ...]:
    """The texts as they are, as an address spells them and as JSON does, longest first."""
    forms = dict.fromkeys(form for text in texts for form in _spellings(text))
    return tuple(sorted((form for form in forms if len(form) >= SHORTEST_SECRET), key=len, reverse=True))


def _spellings(text: str) -> Iterator[str]:
    in_json = json.dumps(text)[1:-1]
    yield from (text, quote(text, safe=""), quote_plus(text), in_json, in_json.replace("/", "\\/"))
