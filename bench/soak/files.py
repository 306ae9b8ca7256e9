"""File operations of one process below one folder, counted, with a strike at the N-th of them.

Calls of ``os`` and ``io.open`` are wrapped, and so is what is written through a file object. An audit hook listens to the
interpreter as well: an operation that it hears outside every wrapper is ``missed``, so that a new way of writing files
cannot escape unseen. For processes that end afterwards: nothing is put back.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Self

Moment = Literal["before", "torn", "after"]
_BY_PATH = ("open", "mkdir", "rmdir", "rename", "replace", "link", "symlink", "unlink", "remove", "chmod", "truncate")
_BY_DESCRIPTOR = ("fsync", "fdatasync", "fchmod", "ftruncate", "write", "close")
_AUDITED = {
    "open",
    "os.mkdir",
    "os.rmdir",
    "os.rename",
    "os.link",
    "os.symlink",
    "os.remove",
    "os.chmod",
    "os.truncate",
}


@dataclass
class Watch:
    """State: operations so far, descriptors of watched files, how deep we are in wrappers, operations that were missed."""

    root: str
    at: int | None
    moment: Moment
    act: Callable[[], None]
    count: int = 0
    depth: int = 0
    descriptors: set[int] = field(default_factory=set)
    names: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def concerns(self, target: object) -> bool:
        """Whether a path or a descriptor is one of the watched folder's."""
        if isinstance(target, int):
            return target in self.descriptors
        if not isinstance(target, str | bytes | os.PathLike):
            return False
        return os.path.abspath(os.fsdecode(target)).startswith(self.root)  # noqa: PTH100 - pathlib would come back here

    def around(self, name: str, act: Callable[[], Any], torn: Callable[[], None] | None = None) -> Any:
        """Do one operation, and strike before, in the middle (where it has one) or after it when it is its turn."""
        self.count += 1
        self.names.append(name)
        is_turn = self.count == self.at
        if is_turn and self.moment == "before":
            self.act()
        if is_turn and self.moment == "torn" and torn:
            torn()
            self.act()
        self.depth += 1
        try:
            result = act()
        finally:
            self.depth -= 1
        if is_turn and self.moment != "before":
            self.act()
        return result

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        """The audit hook."""
        if event in _AUDITED and not self.depth and any(map(self.concerns, arguments[:2])):
            self.missed.append(event)


class Written:
    """A file object whose writes are counted; everything else is the file's own."""

    def __init__(self, watch: Watch, file: Any) -> None:
        self._watch, self._file = watch, file

    def write(self, content: Any) -> int:
        """Write and flush as one operation, so that a strike finds the bytes in the file."""

        def whole() -> int:
            written = self._file.write(content)
            self._file.flush()
            return int(written)

        def half() -> None:
            self._file.write(bytes(content)[: len(content) // 2])
            self._file.flush()

        return int(self._watch.around("write", whole, half))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def watch(root: str, at: int | None, moment: Moment, act: Callable[[], None]) -> Watch:
    """Count from now on what this process does below ``root``; ``at`` None = only count."""
    watching = Watch(os.path.realpath(root), at, moment, act)
    for name in _BY_PATH:
        setattr(os, name, _by_path(watching, name, getattr(os, name)))
    for name in _BY_DESCRIPTOR:
        setattr(os, name, _by_descriptor(watching, name, getattr(os, name)))
    for module, name in ((os, "fdopen"), (io, "open")):
        setattr(module, name, _opening(watching, name, getattr(module, name)))
    sys.addaudithook(watching.hear)
    return watching


def _by_path(watching: Watch, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(path: Any, *rest: Any, **named: Any) -> Any:
        if watching.depth or not watching.concerns(path):
            return real(path, *rest, **named)
        result = watching.around(name, lambda: real(path, *rest, **named))
        if name == "open":
            watching.descriptors.add(result)
        return result

    return wrapped


def _by_descriptor(watching: Watch, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(descriptor: Any, *rest: Any) -> Any:
        if watching.depth or descriptor not in watching.descriptors:
            return real(descriptor, *rest)
        result = watching.around(name, lambda: real(descriptor, *rest))
        if name == "close":
            watching.descriptors.discard(descriptor)
        return result

    return wrapped


def _opening(watching: Watch, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(target: Any, mode: str = "r", *rest: Any, **named: Any) -> Any:
        if watching.depth or not watching.concerns(target):
            return real(target, mode, *rest, **named)
        file = watching.around(name, lambda: real(target, mode, *rest, **named))
        watching.descriptors.add(file.fileno())
        return Written(watching, file) if set(mode) & set("wax+") else file

    return wrapped
