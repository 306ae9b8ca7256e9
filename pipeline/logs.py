"""Logs of the hub's own processes: text, or with ``ANZE_LOG=json`` one JSON object a line that says what was being worked on.

What is known of a line's work (``batch_id``, ``insurer_id``, ``record_type``, ``request_id``, ``account``) is kept in structlog's
context: Airflow's own log lines carry it too, for Airflow logs by structlog.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import logging
from collections.abc import Iterator, Mapping

from schemas.errors import SetupError
from schemas.time_zone import SHANGHAI

VARIABLE, JSON = "ANZE_LOG", "json"
TEXT = "%(asctime)s %(levelname)s %(name)s %(message)s"


def configure(environ: Mapping[str, str], level: int | None = None) -> None:
    """Make the root logger of a process write to standard error as ANZE_LOG says. Raises SetupError for another word.

    Without ``level``, of a command: text stays Python's own, warnings and worse in one line each.
    """
    if form_of(environ) == JSON:
        handler = logging.StreamHandler()
        handler.setFormatter(AsJson())
        logging.basicConfig(level=level or logging.WARNING, handlers=[handler], force=True)
    elif level is not None:
        logging.basicConfig(level=level, format=TEXT)


def form_of(environ: Mapping[str, str]) -> str:
    """``json``, or nothing for text. Raises SetupError for another word."""
    form = environ.get(VARIABLE, "")
    if form not in ("", JSON):
        raise SetupError(f"{VARIABLE} 只能是 json 或不设置 is {form!r}: write json, or nothing")
    return form


class AsJson(logging.Formatter):
    """One JSON object a line: time, level, logger, message, what is known of the work, and a fault with its way."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record; a line end in a message or a fault stays inside its field."""
        told = {
            "time": dt.datetime.fromtimestamp(record.created, SHANGHAI).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **known(),
        }
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False, default=str)


@contextlib.contextmanager
def about(**work: object) -> Iterator[None]:
    """Say of every line inside what it is about."""
    from structlog.contextvars import bound_contextvars  # 0.09 s, and most commands log nothing

    with bound_contextvars(**work):
        yield


def from_here(**work: object) -> None:
    """The same for all that is left of a request: what its answer fails by is told outside every block."""
    from structlog.contextvars import bind_contextvars

    bind_contextvars(**work)


def known() -> dict[str, object]:
    """What is known of the work at hand."""
    from structlog.contextvars import get_contextvars

    return get_contextvars()
