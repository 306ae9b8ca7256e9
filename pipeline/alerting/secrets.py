"""Secrets of receivers, from the environment: ``ANZE_RECEIVER_<NAME>``, a JSON object with login, secret and extra.

| Channel | login | secret |
|---|---|---|
| mail (entry ``mail``) | user of the mail server | its password |
| webhook | | key of the signature |
| dingtalk | access_token of the robot | its SEC... of signing |
| wecom | key of the robot | |
| feishu | token of the robot | its key of signing |
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from pipeline.settings import credentials_from
from schemas.delivery import Credentials
from schemas.errors import SetupError


def of_environment(name: str, environ: Mapping[str, str]) -> Credentials:
    """Secrets of one receiver; none where the environment has none. Raises SetupError for what is no JSON object."""
    variable = f"ANZE_RECEIVER_{name.upper()}"
    if variable not in environ:
        return Credentials("", "", {})
    try:
        entry = json.loads(environ[variable])
    except ValueError:
        entry = None
    if not isinstance(entry, dict) or not isinstance(entry.get("extra") or {}, dict):
        raise SetupError(f'{variable} is no JSON object: write {{"login": "...", "secret": "..."}}')
    return credentials_from(entry)
