"""Pages from templates: ``render(name, language, **context)``.

``layout.html`` and ``parts.html`` are the look's own; a template of another folder of the portal is named with it:
``console/overview.html`` is ``portal/console/templates/overview.html``. Each language has an environment of its own, so
that macros know theirs without being told.
"""

from __future__ import annotations

import functools
import pathlib

import jinja2

from portal.look import formats
from portal.look.frame import Column
from portal.look.static_files import static_url
from portal.look.texts import LANGUAGES, texts
from portal.look.watermark import watermark

#: Of a form that writes, and of an htmx request: where the session's token against forged requests travels.
CSRF_FIELD, CSRF_HEADER = "csrf_token", "X-CSRF-Token"
#: What the pages need of the browser, and nothing else.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

_PORTAL = pathlib.Path(__file__).parents[1]
_FILTERS = (
    formats.amount, formats.count, formats.percent, formats.date, formats.moment, formats.second, formats.size,
)  # fmt: skip


def render(name: str, request_language: str, /, **context: object) -> str:
    """The page of a template. Raises jinja2.UndefinedError for a name that the context lacks."""
    return environment(request_language).get_template(name).render(**context)


@functools.cache
def environment(language: str) -> jinja2.Environment:
    """The templates in one language; any but ``en`` is Chinese."""
    language = language if language in LANGUAGES else LANGUAGES[0]
    made = jinja2.Environment(
        loader=_loader(),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # templates are those of the code that runs
    )
    made.filters |= {function.__name__: function for function in _FILTERS}
    made.globals |= {
        "language": language,
        "t": texts(language),
        "url": formats.url,
        "frame_column": Column,
        "static_url": static_url,
        "watermark": watermark,
        "CSRF_FIELD": CSRF_FIELD,
        "NOTHING": formats.NOTHING,
    }
    return made


def _loader() -> jinja2.BaseLoader:
    folders = {
        f.parent.name: jinja2.FileSystemLoader(f)
        for f in sorted(_PORTAL.glob("*/templates"))
        if f.parent.name != "look"
    }
    return jinja2.ChoiceLoader([jinja2.FileSystemLoader(_PORTAL / "look" / "templates"), jinja2.PrefixLoader(folders)])
