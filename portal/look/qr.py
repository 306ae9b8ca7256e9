"""QR codes of pages: each is an address of ours, whose page still asks who looks."""

from __future__ import annotations

import io

import markupsafe
import segno


def code_of(address: str) -> markupsafe.Markup:
    """The code as SVG, without a style of its own."""
    written = io.BytesIO()
    segno.make(address, error="m").save(
        written, kind="svg", xmldecl=False, svgns=True, omitsize=True, svgclass="qr", lineclass="qr-line", border=2
    )
    return markupsafe.Markup(written.getvalue().decode())  # noqa: S704 - drawn by segno from an address of ours
