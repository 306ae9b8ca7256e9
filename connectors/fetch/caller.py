"""One insurer's API, called patiently: signed, paced, retried, never redirected to another host, always over verified TLS."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import requests
import urllib3.exceptions

from connectors.definition_checks import LOOPBACK
from connectors.fetch.auth import signer
from connectors.fetch.body import DamagedBody, dig, read_body
from connectors.fetch.deadline import Deadline
from connectors.fetch.keys import spelt
from connectors.fetch.opening import Answer, Failure, Opening, judged
from connectors.fetch.request import Request, split_query
from connectors.fetch.signature import Clock, QuerySigner
from connectors.fetch.tls import context
from connectors.fetch.waiting import Waiting, retry_after
from connectors.model import InsurerDefinition
from schemas.delivery import Credentials
from schemas.errors import (
    AuthRefused,
    IncompleteFetch,
    RateLimited,
    RetryLater,
    SchemaDrift,
    SourceUnavailable,
    StopFeed,
)

logger = logging.getLogger(__name__)

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HOPS = 3
_CHUNK_BYTES = 65_536
_SHOWN = 400
"""Characters of a message that are shown."""
_PORTS = {"http": 80, "https": 443}


_RAISED: dict[str, type[RetryLater]] = {
    "unavailable": SourceUnavailable,
    "limited": RateLimited,
    "damaged": IncompleteFetch,
}


class Caller:
    """A session with one insurer for one feed; ``what`` names the feed in messages."""

    def __init__(
        self, definition: InsurerDefinition, credentials: Credentials, sleep: Callable[[float], None], clock: Clock
    ) -> None:
        hide_queries()
        self._definition, self._credentials = definition, credentials
        self._waiting = Waiting(definition.limits, sleep)
        self._session = requests.Session()
        self._session.auth = _no_netrc
        tls = definition.tls
        needs_own = tls.certificate or tls.authority
        self._deadline = Deadline(context(tls, credentials, definition.insurer_id) if needs_own else None)
        for scheme in _PORTS:
            self._session.mount(f"{scheme}://", self._deadline)
        self._session.trust_env = urlsplit(definition.base_url).hostname not in LOOPBACK  # no proxy to reach ourselves
        self._session.headers.update(
            {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "anze-hub"}
        )
        self._signer = signer(definition, credentials, self._fetch_token, clock)
        how, insurer_id = definition.signature, definition.insurer_id
        self._query_signer = QuerySigner(how, credentials, insurer_id, clock) if how else None
        self._opening = Opening(definition, credentials)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._session.close()

    def ask(self, request: Request) -> Answer:
        """The answer to one query, signed and tried until patience ends.

        Raises SourceUnavailable, RateLimited, IncompleteFetch (body cut or no JSON), AuthRefused, SchemaDrift, and
        StopFeed for a certificate that cannot be verified or a redirect to another host.
        """
        return self._deliver(request, self._answer)

    def kept_out(self) -> tuple[str, ...]:
        """Every text of ours that must not land: secret, tokens, and the entries that the definition names as keys."""
        how, sealed, tls = self._definition.signature, self._definition.envelope, self._definition.tls
        named = {tls.key, f"{tls.key}_password", how and how.key, sealed and sealed.key, sealed and sealed.iv_key}
        harmless = spelt(str(text) for name, text in self._credentials.extra.items() if name not in named)
        return tuple(text for text in self._signer.secrets() if text not in harmless)

    def _deliver(self, request: Request, once: Callable[[Request], Answer | Failure]) -> Answer:
        attempt, may_renew = 0, True
        while True:
            attempt += 1
            outcome = once(request)
            if isinstance(outcome, Answer):
                return outcome
            message = self._redacted(f"{self._definition.insurer_id} {urlsplit(request.url).path}: {outcome.message}")
            if outcome.kind == "drifted":
                raise SchemaDrift(message)
            if outcome.kind == "refused":
                if not (may_renew and once == self._answer and self._signer.renew()):
                    raise AuthRefused(message)
                may_renew = False
                continue
            logger.warning("%s (attempt %d)", message, attempt)
            if not self._waiting.pause(attempt, outcome.after_seconds):
                raise _RAISED[outcome.kind](message, outcome.after_seconds)

    def _answer(self, request: Request) -> Answer | Failure:
        answer = self._exchange(self._signed(request))
        for _ in range(_HOPS):
            if not isinstance(answer, str):
                break
            url, params = split_query(same_origin(answer, self._definition))
            answer = self._exchange(self._signed(replace(request, url=url, params=params)))
        if isinstance(answer, str):
            raise StopFeed(f"{self._definition.insurer_id}: more than {_HOPS} redirects")
        return self._opening.read(answer) if isinstance(answer, Answer) else answer

    def _signed(self, request: Request) -> Request:
        signed = self._signer.sign(request)
        return self._query_signer.sign(signed) if self._query_signer else signed

    def _fetch_token(self, request: Request) -> Any:
        return self._deliver(request, self._unsigned).document

    def _unsigned(self, request: Request) -> Answer | Failure:
        answer = self._exchange(request)
        if isinstance(answer, str):
            raise StopFeed(f"{self._definition.insurer_id}: the token address redirects")
        error = self._definition.response.error
        if error and isinstance(answer, Answer) and dig(answer.document, error.path) is not None:
            return judged(answer, error)
        return answer

    def _exchange(self, request: Request) -> Answer | Failure | str:
        """One exchange on the wire: an answer, a failure, or the address of a redirect."""
        self._waiting.pace()
        with self._deadline.within(self._definition.limits.answer_seconds):
            outcome = self._sent(request)
        if self._deadline.is_over and isinstance(outcome, Answer | Failure):
            return Failure("unavailable", f"the answer took over {self._definition.limits.answer_seconds:g} s")
        return outcome

    def _sent(self, request: Request) -> Answer | Failure | str:
        limits = self._definition.limits
        tls_fault = False
        try:
            response = self._session.request(
                request.method,
                request.url,
                params=request.params,
                headers=request.sent_headers(),
                data=request.content,
                timeout=(limits.connect_seconds, limits.read_seconds),
                stream=True,
                allow_redirects=False,
            )
        except requests.exceptions.SSLError as error:
            tls_fault = "CERTIFICATE_VERIFY_FAILED" in str(error)
            failure = Failure("unavailable", "TLS connection failed")
        except requests.exceptions.RequestException as error:
            failure = Failure("unavailable", f"no answer ({type(error).__name__})")
        except ValueError:  # the library looks at a redirect's address even when it is not to follow it
            failure = Failure("drifted", "redirects to an address that is none")
        else:
            with response:
                return self._received(response)
        if tls_fault:  # raised out of the handler: the original names the whole address, with its query
            raise StopFeed(f"{self._definition.insurer_id}: the server's certificate cannot be verified")
        return failure

    def _received(self, response: requests.Response) -> Answer | Failure | str:
        if str(response.status_code) in self._definition.response.nothing_status:
            return Answer(response.headers, b"", None, nothing=str(response.status_code))
        failure = self._status_failure(response)
        if failure:
            return failure
        if response.status_code in _REDIRECTS:
            return joined(response.url, response.headers.get("Location", ""), self._definition)
        encoding = response.headers.get("Content-Encoding", "").lower()
        try:
            chunks = response.raw.stream(_CHUNK_BYTES, decode_content=False)
            body = read_body(chunks, encoding, self._definition.limits.body_bytes)
            return Answer(response.headers, body, self._opening.parsed(body))
        except DamagedBody as error:
            return Failure("damaged", str(error))
        except (urllib3.exceptions.HTTPError, OSError) as error:
            return Failure("damaged", f"body is cut ({type(error).__name__})")

    def _status_failure(self, response: requests.Response) -> Failure | None:
        status, headers = response.status_code, response.headers
        wish = retry_after(headers.get("Retry-After"), headers.get("Date"))
        if status == 429:
            return Failure("limited", "too many requests (429)", wish)
        if status >= 500 or status in (408, 425):
            return Failure("unavailable", f"answers {status}", wish)
        if status in (401, 403):
            return Failure("refused", f"credentials are refused ({status})")
        if status >= 400 or (status not in _REDIRECTS and status != 200):
            return Failure("drifted", f"answers {status}, 200 is expected")
        return None

    def _redacted(self, text: str) -> str:
        """The text without secrets, on one line, its beginning: it may hold a server's own words."""
        for secret in self._signer.secrets():
            text = text.replace(secret, "***")
        line = "".join(c if c.isprintable() else " " for c in text)
        return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"


def joined(base: str, address: str, definition: InsurerDefinition) -> str:
    """``address`` as the server gave it, relative to ``base``. Raises StopFeed when it is no address."""
    try:
        return urljoin(base, address)
    except ValueError:
        raise StopFeed(f"{definition.insurer_id}: leads to an address that is none: refused") from None


def same_origin(url: str, definition: InsurerDefinition) -> str:
    """``url`` when scheme, host and port are those of ``base_url``. Raises StopFeed otherwise."""
    there = urlsplit(url)
    if _origin(url) != _origin(definition.base_url):
        raise StopFeed(f"{definition.insurer_id}: leads to another host, {there.scheme}://{there.hostname}: refused")
    return url


def _origin(url: str) -> tuple[str, str | None, str | None, int | None]:
    """Scheme, user, host and port; a port that is no number is nobody's."""
    parts = urlsplit(url)
    try:
        return parts.scheme, parts.username, parts.hostname, parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return parts.scheme, parts.username, parts.hostname, None


def _no_netrc(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps requests from reading credentials of its own out of ~/.netrc."""
    return request


class _HideQuery(logging.Filter):
    """Cuts query strings, which may hold an API key, from the connection pool's debug lines."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(a.split("?")[0] if isinstance(a, str) else a for a in record.args)
        return True


_HIDE_QUERY = _HideQuery()


def hide_queries() -> None:
    """Keep query strings out of the HTTP library's log; may be called often."""
    logging.getLogger("urllib3.connectionpool").addFilter(_HIDE_QUERY)
