"""The restore drill keeps its promises, and fails when the landing store's manifests are destroyed, too."""

from __future__ import annotations

import subprocess
import sys

import pytest

from drills import backups

pytestmark = [pytest.mark.long, pytest.mark.skipif(backups.programs() is None, reason=backups.LACKING)]


@pytest.mark.parametrize(("options", "code"), [((), 0), (("--without-manifests",), 1)])
def test_what_was_acknowledged_comes_back_with_manifests(options: tuple[str, ...], code: int) -> None:
    command = [sys.executable, "-m", "drills.restore", "--few", "--scale", "0.005", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert (done.returncode, "RPO after reconciling: 0 receipts, 0 rows\n" in done.stdout) == (code, code == 0), (
        done.stdout + done.stderr
    )
