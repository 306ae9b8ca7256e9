"""The reader's name across each page, faint: a screenshot or a print tells who made it."""

from __future__ import annotations

from markupsafe import Markup, escape

_SVG = """<svg class="watermark" aria-hidden="true" focusable="false" width="100%" height="100%">\
<defs><pattern id="watermark" width="340" height="190" patternUnits="userSpaceOnUse" patternTransform="rotate(-18)">\
<text x="12" y="60">{0}</text><text x="182" y="155">{0}</text></pattern></defs>\
<rect width="100%" height="100%" fill="url(#watermark)"/></svg>"""


def watermark(login: str, date: str) -> Markup:
    """An SVG over the page that lets clicks through; its faintness is the style sheet's."""
    return Markup(_SVG.format(escape(f"{login} {date}")))  # noqa: S704 - its only value is escaped
