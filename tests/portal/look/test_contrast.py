"""Contrast of the colours that stand on each other, light, dark and printed; axe does not judge texts in drawings."""

from __future__ import annotations

import itertools
import re

import pytest

from portal.look.static_files import static_file

DARK = r':root\[data-theme="dark"\]{} {{(.*?)}}'
QUIET = ("good", "bad", "warn")
TEXTS = [
    *itertools.product(("text", "text-muted", "link", "bad"), ("surface", "surface-quiet", "page")),
    *((name, f"{name}-quiet") for name in QUIET), ("text", "accent-quiet"), ("link", "accent-quiet"), ("text-muted", "accent-quiet"),
    *(("text", f"{name}-quiet") for name in QUIET), ("on-accent", "accent"), ("on-accent", "accent-hover"), ("on-top", "top"), ("on-top-muted", "top"),
    *(("on-tile", f"tile-{shade}") for shade in (0, 1, 2)), *(("on-dark-tile", f"tile-{shade}") for shade in (3, 4)),
]  # fmt: skip
MARKS = [
    ("accent", "surface"),
    ("line-strong", "surface"),
    ("focus", "surface"),
    ("focus", "page"),
    ("bad", "surface-quiet"),
    ("accent", "surface-quiet"),
]


def colours(scheme: str) -> dict[str, str]:
    portal, charts = (static_file(name).content.decode() for name in ("portal.css", "charts.css"))
    light = [re.search(r":root {(.*?)}", portal, re.DOTALL), re.search(r"\.chart-svg { (--.*?)}", charts, re.DOTALL)]
    dark = [re.search(DARK.format(""), portal, re.DOTALL), re.search(DARK.format(r" \.chart-svg"), charts, re.DOTALL)]
    found: dict[str, str] = {}
    for match in [*light, *(dark if scheme == "dark" else [])]:
        assert match is not None
        found |= dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]+);", match[1]))
    return found


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * each for each in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_can_be_read(scheme: str) -> None:
    known = colours(scheme)
    weak = {pair: round(contrast(known[pair[0]], known[pair[1]]), 2) for pair in TEXTS}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_marks_can_be_seen(scheme: str) -> None:
    known = colours(scheme)
    weak = {pair: round(contrast(known[pair[0]], known[pair[1]]), 2) for pair in MARKS}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 3} == {}


def test_both_ways_to_the_dark_scheme_are_the_same() -> None:
    """By the system, and by the reader's choice."""
    for name in ("portal.css", "charts.css"):
        text = static_file(name).content.decode()
        chosen = re.findall(r':root\[data-theme="dark"\](?: \.chart-svg)? {(.*?)}', text, re.DOTALL)
        system = re.findall(r':root:not\(\[data-theme="light"\]\)(?: \.chart-svg)? {(.*?)}', text, re.DOTALL)
        assert [each.split() for each in chosen] == [each.split() for each in system]
        assert chosen
