"""The guide of the API says what works: its client and its curl line, run as they stand on the page."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys
from collections.abc import Callable

from pipeline.settings import ROOT
from sandbox.truth import Record
from tests.portal.front import Front
from tests.portal.submissions.conftest import changed
from warehouse.database.credentials import Issue, issue_token

GUIDE = (ROOT / "docs" / "api.md").read_text()


def block(language: str) -> str:
    return re.search(f"```{language}\n(.*?)```", GUIDE, re.DOTALL)[1]  # type: ignore[index]


def environ(office: Front) -> dict[str, str]:
    token = issue_token(office.engine, "office_own", Issue("guide", ("submit", "read"), 1, "test"))
    return {**os.environ, "ANZE_PORTAL": office.address, "ANZE_TOKEN": token}


def test_the_client_submits_waits_and_tells_problems(
    office: Front, policies: list[Record], file_of: Callable[..., bytes], tmp_path: pathlib.Path
) -> None:
    client, file = tmp_path / "client.py", tmp_path / "policies.csv"
    client.write_text(block("python"))
    file.write_bytes(changed(file_of(policies[2:4]), 0, "policy_status_code", "77"))
    run = [sys.executable, str(client), str(file)]
    first = subprocess.run(run, env=environ(office), capture_output=True, text=True, timeout=120)
    assert first.returncode == 1, first.stderr
    assert "FLD-011" in first.stdout
    number = first.stdout.splitlines()[0]
    again = subprocess.run(run, env=environ(office), capture_output=True, text=True, timeout=120)
    assert again.stdout.splitlines()[0] == number


def test_the_curl_line_gives_a_receipt(
    office: Front, policies: list[Record], file_of: Callable[..., bytes], tmp_path: pathlib.Path
) -> None:
    (tmp_path / "policies.csv").write_bytes(file_of(policies[4:5]))
    told = subprocess.run(
        ["bash", "-c", block("bash")], env=environ(office), cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert '"receipt_no":"' in told.stdout, told.stdout + told.stderr
