"""The reader's name across each page, faint: a screenshot or a print tells who made it."""

from __future__ import annotations

from markupsafe import Markup, escape

_SVG = """<svg class="watermark" aria-hidden="true" focusable="false" width="100%" height="100%">\
<defs><pattern id="watermark" width="{1}" height="190" patternUnits="userSpaceOnUse" patternTransform="rotate(-18)">\
<text x="12" y="60">{0}</text><text x="{2}" y="155">{0}</text><text x="-{3}" y="155">{0}</text></pattern></defs>\
<rect width="100%" height="100%" fill="url(#watermark)"/></svg>"""

#: No letter of a login or a day is wider, so that no name is cut at the edge of its tile.
LETTER_PIXELS = 8


def watermark(login: str, date: str) -> Markup:
    """An SVG over the page that lets clicks through; its faintness is the style sheet's."""
    text = f"{login} {date}"
    half = 30 + len(text) * LETTER_PIXELS
    return Markup(_SVG.format(escape(text), 2 * half, half, half))  # noqa: S704 - its only value is escaped
