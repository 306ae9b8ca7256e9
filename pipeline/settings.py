"""Settings: environment variables (``pipeline/variables.py``); a local installation adds ``var/anze.env``, written by ``anze up``."""

from __future__ import annotations

import datetime as dt
import json
import os
import pathlib
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.variables import FILE, is_secret, with_files
from schemas.delivery import Credentials
from schemas.errors import AuthRefused, SetupError
from schemas.province import VARIABLE
from warehouse.landing.store import BUCKET

ROOT = pathlib.Path(__file__).resolve().parent.parent
#: What may create databases and roles stands in a file of its own, apart from what every loader reads.
TWIN_URL, ADMIN_FILE = "ANZE_TWIN_DATABASE_URL", "admin.env"
PROFILE, PRODUCTION = "ANZE_PROFILE", "production"


@dataclass(frozen=True)
class Settings:
    """What an installation consists of. ``clock_offset`` shifts the hub's clock, in the sandbox only.

    ``landing``: the folder of landed bytes, or ``s3://bucket/prefix``.
    """

    database_url: str
    landing: str
    drop_folder: pathlib.Path
    var_folder: pathlib.Path
    clock_offset: dt.timedelta
    environ: Mapping[str, str]

    def now(self) -> dt.datetime:
        """The hub's clock, UTC: real time plus the sandbox's offset. Only entry points ask it."""
        return dt.datetime.now(dt.UTC) + self.clock_offset

    @property
    def landing_folder(self) -> pathlib.Path | None:
        """The folder of landed bytes; None where they are in a bucket."""
        return None if self.landing.startswith(BUCKET) else pathlib.Path(self.landing)

    def require_drop_folder(self) -> None:
        """Raise SetupError when the drop folder is not there, or is not the share that was mounted (ANZE_DROP_MARKER)."""
        folder, marker = self.drop_folder, self.environ.get("ANZE_DROP_MARKER")
        if self.environ.get("ANZE_DROP") and not folder.is_dir():
            raise SetupError(f"投递目录 {folder} 不存在 is not there: mount it, or mend ANZE_DROP")
        if marker and not (folder / marker).is_file():
            raise SetupError(
                f"投递目录 {folder} 中没有 {marker},可能未挂载 holds no {marker}, so it is not taken for mounted: "
                f"mount it; on a new share, once: touch {folder / marker}"
            )

    @property
    def twin_database_url(self) -> str | None:
        """Address with a login that may create databases and roles: from the environment, else ``var/admin.env``.

        It is read where it is used and stands in no loader's environment. Raises SetupError when others may read the file.
        """
        file = self.var_folder / ADMIN_FILE
        if url := self.environ.get(TWIN_URL):
            return url
        if file.exists() and file.stat().st_mode & 0o077:
            raise SetupError(f"{file} holds the superuser's password and may be read by others: chmod 600 {file}")
        return read_env_file(file).get(TWIN_URL)

    @property
    def read_database_url(self) -> str | None:
        """Where regulators and commands that only read are answered, with the loader's login: a standby; None = the primary."""
        return self.environ.get("ANZE_READ_DATABASE_URL") or None

    def machine_now(self) -> dt.datetime:
        """This machine's clock, without the sandbox's offset."""
        return self.now() - self.clock_offset

    @property
    def ledger_folder(self) -> pathlib.Path:
        """Where heads of the ledger are kept outside the database: ANZE_LEDGER, else ``ledger`` beside the rest."""
        return pathlib.Path(self.environ.get("ANZE_LEDGER", self.var_folder / "ledger"))

    @property
    def clock_confirmed_on(self) -> dt.date | None:
        """The day on which a person says that the clock is right, however long nothing was received. Raises SetupError."""
        text = self.environ.get("ANZE_CLOCK_CONFIRMED")
        try:
            return dt.date.fromisoformat(text) if text else None
        except ValueError as error:
            raise SetupError(f"ANZE_CLOCK_CONFIRMED is {text!r}: write a day, like 2027-01-31") from error

    def credentials(self, insurer_id: str) -> Credentials:
        """Secrets of one insurer from ``ANZE_CREDENTIALS_<ID>``. Raises AuthRefused."""
        return credentials_of(insurer_id, self.environ)


def credentials_of(insurer_id: str, environ: Mapping[str, str]) -> Credentials:
    """Secrets of one insurer from ``ANZE_CREDENTIALS_<ID>`` (JSON: login, secret, extra). Raises AuthRefused."""
    name = f"ANZE_CREDENTIALS_{insurer_id.upper()}"
    if name not in environ:
        raise AuthRefused(f"no credentials for {insurer_id}: set {name}, or run it through Airflow")
    try:
        entry = json.loads(environ[name])
    except ValueError:
        entry = None
    if not isinstance(entry, dict) or not isinstance(entry.get("extra") or {}, dict):
        raise AuthRefused(f'{name} is no JSON object: write {{"login": "...", "secret": "...", "extra": {{}}}}')
    return credentials_from(entry)


def credentials_from(entry: Mapping[str, object]) -> Credentials:
    """Credentials of a JSON object with ``login``, ``secret`` and ``extra``."""
    extra = entry.get("extra") or {}
    assert isinstance(extra, Mapping)
    return Credentials(
        str(entry.get("login") or ""), str(entry.get("secret") or ""), {k: str(v) for k, v in extra.items()}
    )


def var_folder(environ: Mapping[str, str] = os.environ) -> pathlib.Path:
    """Where a local installation keeps its state."""
    return pathlib.Path(environ.get("ANZE_VAR", ROOT / "var")).resolve()


def environment(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment, with secrets from the files that it names, laid over ``var/anze.env``.

    Raises SetupError when one cannot be read, and in production when ``var/anze.env`` holds a secret.
    """
    given = with_files(os.environ if environ is None else environ)
    file = var_folder(given) / "anze.env"
    kept = read_env_file(file)
    if is_production(given):
        _refuse_secrets(kept, file)
    return {**kept, **given}


def is_production(environ: Mapping[str, str]) -> bool:
    """Whether this is a production installation. Raises SetupError for a profile that is none."""
    profile = environ.get(PROFILE, "")
    if profile not in ("", PRODUCTION):
        raise SetupError(f"{PROFILE} 只能是 production 或不设置 is {profile!r}: write {PRODUCTION}, or nothing")
    return profile == PRODUCTION


def _refuse_secrets(kept: Mapping[str, str], path: pathlib.Path) -> None:
    """Raise SetupError when a file of settings beside the program holds a secret."""
    if found := sorted(name for name, value in kept.items() if value and is_secret(name)):
        raise SetupError(
            f"{path} 含有密钥 holds {', '.join(found[:3])}: with {PROFILE}={PRODUCTION} secrets come from the environment, "
            f"or from a file that {found[0]}{FILE} names; take them out"
        )


def adopt_province() -> None:
    """Make the province of ``var/anze.env`` this process's, and its children's, where the environment names none."""
    if VARIABLE not in os.environ and (chosen := environment().get(VARIABLE)):
        os.environ[VARIABLE] = chosen


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings of this installation. Raises SetupError when neither environment nor ``var/anze.env`` names a database."""
    merged = environment(environ)
    folder = var_folder(os.environ if environ is None else environ)
    if not merged.get("ANZE_DATABASE_URL"):
        raise SetupError("no database: run `anze up` for a local one, or set ANZE_DATABASE_URL")
    return Settings(
        database_url=merged["ANZE_DATABASE_URL"],
        landing=merged.get("ANZE_LANDING") or str(folder / "landing"),
        drop_folder=pathlib.Path(merged.get("ANZE_DROP", folder / "drop")),
        var_folder=folder,
        clock_offset=_offset(merged.get("ANZE_CLOCK_OFFSET") or "0"),
        environ=merged,
    )


def _offset(text: str) -> dt.timedelta:
    try:
        return dt.timedelta(seconds=float(text))
    except (ValueError, OverflowError) as error:
        raise SetupError(f"ANZE_CLOCK_OFFSET is {text!r}: write seconds") from error


def read_env_file(path: pathlib.Path) -> dict[str, str]:
    """``KEY=value`` lines of a file; empty when there is none. Raises SetupError when it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError as error:
        raise SetupError(f"{path} is no UTF-8 text: mend it, or remove it and run `anze up`") from error
    except OSError as error:
        raise SetupError(f"{path} cannot be read: {error.strerror}") from error
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {key: value for key, _, value in pairs}


def write_env_file(path: pathlib.Path, values: Mapping[str, str]) -> None:
    """Write ``KEY=value`` lines at one stroke, readable by the owner only: they hold secrets. Raises SetupError."""
    text = "".join(f"{key}={value}\n" for key, value in values.items())
    beside = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.touch(mode=0o600)
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise SetupError(f"{path} cannot be written: {error.strerror}") from error
