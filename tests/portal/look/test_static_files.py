"""What pages load."""

from __future__ import annotations

import re

import pytest

from portal.look.gallery import gallery
from portal.look.static_files import names, static_file, static_url


def test_every_file_of_a_page_is_served_and_may_be_kept_for_ever() -> None:
    addresses = set(re.findall(r'"(/static/[^"]+)"', gallery()))
    assert {static_url("portal.css"), static_url("portal.js"), static_url("htmx-4.min.js")} <= addresses
    for address in addresses:
        file = static_file(address)
        assert file.content
        assert "immutable" in file.cache_control
        assert file.media_type.startswith(
            {"css": "text/css", "js": "text/javascript", "svg": "image/svg"}[address.rpartition(".")[2]]
        )


def test_an_address_without_hash_is_asked_for_again() -> None:
    assert static_file("portal.css").cache_control == "no-cache"


@pytest.mark.parametrize(
    "address",
    ["/static/../pages.py", "pages.py", "/static/portal.000000000000.css", "", "/etc/passwd", "htmx-2.min.js"],
)
def test_nothing_else_is_served(address: str) -> None:
    with pytest.raises(FileNotFoundError):
        static_file(address)


def test_style_sheets_load_nothing_from_elsewhere() -> None:
    for name in names():
        if name.endswith(".css"):
            assert not re.search(rb"@import|url\(", static_file(name).content), name
