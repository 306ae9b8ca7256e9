"""Definition files as texts by name (``insurers/x.yml``, ``vendors/y.yml``, ``regulator.yml``), read when asked for."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator, Mapping

from schemas.errors import DefinitionError

REGULATOR = "regulator"


class Files(Mapping[str, str]):
    """The definition files of a folder: name -> text. Raises DefinitionError for one that is not UTF-8."""

    def __init__(self, root: pathlib.Path) -> None:
        self._root = root

    def __getitem__(self, name: str) -> str:
        try:
            return (self._root / name).read_bytes().decode()
        except FileNotFoundError:
            raise KeyError(name) from None
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            raise DefinitionError(name, "file", "is not UTF-8", line, "save it as UTF-8") from error

    def __iter__(self) -> Iterator[str]:
        patterns = (f"{REGULATOR}.yml", "insurers/*.yml", "vendors/*.yml")
        return (path.relative_to(self._root).as_posix() for name in patterns for path in sorted(self._root.glob(name)))

    def __len__(self) -> int:
        return sum(1 for _ in self)
