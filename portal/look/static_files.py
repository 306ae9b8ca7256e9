"""Files that pages load: ours in ``static/``, and htmx from its wheel. Their addresses carry a hash of their content."""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import pathlib
from dataclasses import dataclass

PREFIX = "/static/"
#: A file of a hashed address never changes.
CACHE_FOREVER = "public, max-age=31536000, immutable"

_FOLDER = pathlib.Path(__file__).parent / "static"
_HTMX = "htmx-4.min.js"
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True)
class StaticFile:
    """A file to serve; ``cache_control`` is the header of that name."""

    content: bytes
    media_type: str
    cache_control: str


@functools.cache
def static_url(name: str) -> str:
    """The address of a file: ``portal.css`` is ``/static/portal.<hash>.css``. Raises FileNotFoundError."""
    path = _path(name)
    return f"{PREFIX}{path.stem}.{_digest(path)}{path.suffix}"


def static_file(address: str) -> StaticFile:
    """The file of an address, with or without prefix and hash. Raises FileNotFoundError for one that is not ours."""
    name = address.removeprefix(PREFIX)
    hashed = {static_url(known).removeprefix(PREFIX): known for known in names()}
    path = _path(hashed.get(name, name))
    return StaticFile(path.read_bytes(), _MEDIA_TYPES[path.suffix], CACHE_FOREVER if name in hashed else "no-cache")


@functools.cache
def names() -> tuple[str, ...]:
    """All files that a page may load."""
    return (*sorted(path.name for path in _FOLDER.iterdir() if path.suffix in _MEDIA_TYPES), _HTMX)


def _path(name: str) -> pathlib.Path:
    if name not in names():
        raise FileNotFoundError(f"no static file {name!r}")
    return _htmx() if name == _HTMX else _FOLDER / name


@functools.cache
def _htmx() -> pathlib.Path:
    """Of the wheel that carries htmx; found, not imported: its modules need Django."""
    found = importlib.util.find_spec("django_htmx")
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError("the wheel django-htmx, which carries htmx, is not installed")
    return pathlib.Path(found.submodule_search_locations[0]) / "static" / "django_htmx" / _HTMX


def _digest(path: pathlib.Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
