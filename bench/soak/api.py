"""The API against its description: requests that schemathesis makes of it, right and wrong, as each of some accounts.

``python -m bench.soak.api http://127.0.0.1:8060 TOKENS`` where TOKENS is a file with a name and a token on each line;
``--cases N`` of every operation, account and mode (500). It submits: never ask an installation that is in use.
"""

from __future__ import annotations

import argparse
import pathlib
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks

PATIENCE_SECONDS = 60
#: What every answer must be: no fault, of a described status, type and shape. Not that wrong values are refused: in an
#: address an object or a null arrives as a text.
CHECKS = [
    not_a_server_error, checks.status_code_conformance, checks.content_type_conformance,
    checks.response_headers_conformance, checks.response_schema_conformance, checks.unsupported_method,
    checks.allow_header_conformance,
]  # fmt: skip
MODES = {"right": GenerationMode.POSITIVE, "wrong": GenerationMode.NEGATIVE}


@dataclass
class Tally:
    """State: answers by operation and status, and what was wrong."""

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """What was found, an operation a line."""
        names = sorted({name for name, _ in self.answers})
        told = [
            f"{name}: " + ", ".join(f"{status} x {n}" for (of, status), n in sorted(self.answers.items()) if of == name)
            for name in names
        ]
        return [*told, *self.faults, f"{self.answers.total()} cases, {len(self.faults)} faults"]


def described(address: str) -> Any:
    """The description as a portal gives it, for schemathesis."""
    told = requests.get(f"{address}/api/v1/openapi.json", timeout=PATIENCE_SECONDS).json()
    schema: Any = schemathesis.openapi.from_dict(told, config=SchemathesisConfig.from_dict({"seed": 5}))
    schema.config.update(base_url=address)
    return schema


def quiet(cases: int) -> settings:
    """So many cases, always the same ones."""
    return settings(
        max_examples=cases, derandomize=True, deadline=None, database=None, phases=[Phase.generate], print_blob=False,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip


def check(case: Any, answer: Any) -> None:
    """Check an answer; besides, what may go on later says when. Raises FailureGroup, AssertionError."""
    case.validate_response(answer, checks=CHECKS)
    if answer.status_code in (429, 503) and not answer.headers.get("retry-after"):
        raise AssertionError(f"{answer.status_code} without Retry-After")


def try_all(schema: Any, session: requests.Session, mode: GenerationMode, *, cases: int, tally: Tally) -> None:
    """Ask every operation as one account."""
    for result in schema.get_all_operations():
        operation = result.ok()
        try:
            _try(operation, session, mode, cases=cases, tally=tally)
        except (FailureGroup, AssertionError) as fault:
            causes = getattr(fault, "exceptions", (fault,))
            tally.faults += [f"{operation.label}: {type(cause).__name__}: {cause}" for cause in causes]


def _try(operation: Any, session: requests.Session, mode: GenerationMode, *, cases: int, tally: Tally) -> None:
    @quiet(cases)
    @given(case=operation.as_strategy(generation_mode=mode))
    def tried(case: Any) -> None:
        answer = case.call(session=session)
        tally.answers[operation.label, answer.status_code] += 1
        check(case, answer)

    tried()


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask as every account of the file; 1 when something was wrong."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak.api", description=__doc__)
    parser.add_argument("address")
    parser.add_argument("tokens", type=pathlib.Path)
    parser.add_argument("--cases", type=int, default=500)
    options = parser.parse_args(arguments)
    schema, tally, begun = described(options.address), Tally(), time.monotonic()
    for line in options.tokens.read_text(encoding="utf-8").splitlines():
        name, _, secret = line.partition(" ")
        with requests.Session() as session:
            session.headers["Authorization"] = f"Bearer {secret.strip()}"
            for mode in MODES.values():
                try_all(schema, session, mode, cases=options.cases, tally=tally)
        print(f"{name}: {tally.answers.total()} cases, {len(tally.faults)} faults", flush=True)
    print(*tally.lines(), f"{time.monotonic() - begun:.0f} s in all", sep="\n")
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
