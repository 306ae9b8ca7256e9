"""What an answer says once it is here: its envelope opened, its own code judged, our secrets blanked out of it."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from connectors.fetch.body import DamagedBody, dig, parse_json
from connectors.fetch.envelope import NotSealed, Opener, WrongKey, with_content
from connectors.model import ErrorBody, InsurerDefinition
from schemas.delivery import Credentials
from schemas.errors import StopFeed

logger = logging.getLogger(__name__)

BLANK = "***"
SHORTEST_KEPT_OUT = 8
"""Shorter secrets are not looked for in what lands: they would be found in ordinary values."""


@dataclass(frozen=True)
class Answer:
    """A whole answer that is no error: headers, body as it may land, and its JSON with numbers as text.

    ``nothing`` is the status or code that said that there is nothing to send, ``sealed_sha256`` the digest of the
    envelope that the body came in.
    """

    headers: Mapping[str, str]
    body: bytes
    document: Any
    nothing: str = ""
    sealed_sha256: str = ""


@dataclass(frozen=True)
class Failure:
    """Why there is no answer. ``refused`` may pass with fresh proof of who asks, ``drifted`` never, the others with time."""

    kind: Literal["unavailable", "limited", "damaged", "refused", "drifted"]
    message: str
    after_seconds: float | None = None


class Opening:
    """Reads one insurer's answers by its definition."""

    def __init__(self, definition: InsurerDefinition, credentials: Credentials) -> None:
        self._error, self._encoding = definition.response.error, definition.response.encoding
        how = definition.envelope
        self._opener = Opener(how, credentials, definition.insurer_id) if how else None

    def parsed(self, body: bytes) -> Any:
        """The body's JSON; its text where all of it is encrypted. Raises DamagedBody."""
        is_all_sealed = self._opener is not None and not self._opener.how.at
        if is_all_sealed and not body.lstrip().startswith((b"{", b"[")):
            try:
                return body.decode("ascii").strip().strip('"')
            except UnicodeDecodeError:
                raise DamagedBody("the encrypted text is no text") from None
        return parse_json(body, self._encoding)

    def read(self, answer: Answer) -> Answer | Failure:
        """The answer with its envelope opened and its code judged: before, or after where the code is inside."""
        if answer.nothing:
            return answer
        error, opener = self._error, self._opener
        if opener is None:
            return judged(answer, error) if error else answer
        is_inside = error is not None and (error.path == opener.how.at or error.path.startswith(f"{opener.how.at}."))
        if error and not is_inside and not isinstance(answer.document, str):
            outer = judged(answer, error)
            if isinstance(outer, Failure) or outer.nothing:
                return outer
        opened = self._opened(answer, opener)
        return judged(opened, error) if error and is_inside and isinstance(opened, Answer) else opened

    def _opened(self, answer: Answer, opener: Opener) -> Answer | Failure:
        try:
            content = opener.open(answer.document)
        except NotSealed as error:
            return Failure("drifted", str(error))
        except WrongKey as error:
            return Failure("refused", str(error))
        except DamagedBody as error:
            return Failure("damaged", str(error))
        try:
            document = parse_json(content, "utf-8")
        except DamagedBody as error:
            return Failure("refused", f"what the envelope holds is no JSON, perhaps another key sealed it: {error}")
        whole = with_content(answer.document, opener.how.at, document)
        return replace(answer, body=content, document=whole, sealed_sha256=hashlib.sha256(answer.body).hexdigest())


def judged(answer: Answer, error: ErrorBody) -> Answer | Failure:
    """The answer, or the failure that its body tells with HTTP 200; a code that is not listed is one of ``drifted``."""
    code = dig(answer.document, error.path)
    if code is not None and str(code) in error.ok:
        return answer
    if code is not None and str(code) in error.nothing:
        return Answer(answer.headers, b"", None, nothing=str(code))
    said = dig(answer.document, error.message) if error.message else None
    text = f"answers code {code}: {said}"
    if str(code) in error.auth:
        return Failure("refused", text)
    if str(code) in error.retry:
        return Failure("unavailable", text)
    return Failure("drifted", f"{error.path}: {text}; the definition lists ok {', '.join(error.ok)}")


def without_secrets(body: bytes, items_path: str, secrets: Sequence[str], insurer_id: str) -> bytes:
    """What may land of a page: our secrets blanked out, such as the key in the address of the next page.

    Raises StopFeed when one stands in a record itself: blanking it out would change what was sent.
    """
    found = [text for text in secrets if len(text) >= SHORTEST_KEPT_OUT and text.encode() in body]
    if not found:
        return body
    blanked = body
    for text in found:
        blanked = blanked.replace(text.encode(), BLANK.encode())
    if dig(json.loads(body), items_path) != dig(json.loads(blanked), items_path):
        raise StopFeed(f"{insurer_id}: a record of the answer holds our own credentials: tell the insurer")
    logger.warning("%s: the answer repeats our credentials; they are blanked out of what lands", insurer_id)
    return blanked
