"""Every environment variable that the hub reads, and secrets that stand in files of their own.

From this list come ``deploy/env.example`` and ``docs/reference/settings.md``; a test holds it against the code.
"""

from __future__ import annotations

import pathlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from schemas.errors import SetupError

#: Who reads it: every process; the portal; tasks of Airflow and commands; ``anze migrate`` and what administers accounts;
#: ``anze up`` on one machine.
Reader = Literal["all", "portal", "tasks", "admin", "local"]
#: A variable of this name and ending says which file holds the value, as secrets of containers do.
FILE = "_FILE"


@dataclass(frozen=True)
class Variable:
    """One variable; a name that ends in ``<...>`` stands for one variable a thing. ``default``: what holds without it."""

    name: str
    reader: Reader
    meaning: str
    default: str = ""
    is_needed: bool = False
    is_secret: bool = False

    def covers(self, name: str) -> bool:
        """Whether ``name`` is this variable, or one of its family."""
        prefix, is_family, _ = self.name.partition("<")
        return name.startswith(prefix) and len(name) > len(prefix) if is_family else name == self.name


VARIABLES: tuple[Variable, ...] = (
    Variable("ANZE_DATABASE_URL", "all", "The hub's database with the loader's login: postgresql+psycopg2://anze_loader:PASSWORD@HOST/anze?sslmode=verify-full&sslrootcert=FILE.", is_needed=True, is_secret=True),
    Variable("ANZE_PROFILE", "all", "`production`: no secret is taken from var/anze.env, and `anze up` is refused."),
    Variable("ANZE_LOG", "all", "`json`: logs of the hub's own processes are one JSON object a line.", "text"),
    Variable("ANZE_LINEAGE", "tasks", "`on`, or a folder: loads are told as OpenLineage events.", "off"),
    Variable("ANZE_PROVINCE", "all", "Folder of the province: insurers, receivers, regions.", "the simulated province"),
    Variable("ANZE_VAR", "all", "Folder of what a process keeps: uploads under way, heads of the ledger, a local installation.", "var beside the program"),
    Variable("ANZE_LANDING", "all", "Where landed bytes are: a folder, or s3://bucket/prefix.", "$ANZE_VAR/landing"),
    Variable("ANZE_LEDGER", "all", "Folder of the ledger's heads, outside the database.", "$ANZE_VAR/ledger"),
    Variable("ANZE_CLOCK_CONFIRMED", "all", "A day on which a person says that the clock is right, however long nothing was received: 2027-01-31."),
    Variable("ANZE_READ_DATABASE_URL", "all", "A standby, with the loader's login, for regulators and commands that only read.", "the primary", is_secret=True),
    Variable("AWS_ACCESS_KEY_ID", "all", "Account of the bucket; needed with s3://."),
    Variable("AWS_SECRET_ACCESS_KEY", "all", "Its secret.", is_secret=True),
    Variable("AWS_SESSION_TOKEN", "all", "Token of a temporary account.", is_secret=True),
    Variable("AWS_REGION", "all", "Region of the bucket.", "us-east-1"),
    Variable("AWS_DEFAULT_REGION", "all", "The same by its other name; AWS_REGION goes before it."),
    Variable("AWS_ENDPOINT_URL", "all", "Address of an S3 server that is not Amazon's: https://s3.example.cn."),
    Variable("AWS_VIRTUAL_HOSTED_STYLE_REQUEST", "all", "`true` where the server wants the bucket in the host's name.", "false"),
    Variable("ANZE_DROP", "tasks", "Drop folders of insurers that send files.", "$ANZE_VAR/drop"),
    Variable("ANZE_DROP_MARKER", "tasks", "A file that the drop folder holds where it is mounted: without it nothing is looked for there."),
    Variable("ANZE_CREDENTIALS_<ID>", "tasks", "Secrets of one insurer for commands, as JSON (login, secret, extra); tasks take Airflow's connection insurer_<id>.", is_secret=True),
    Variable("ANZE_RECEIVER_<NAME>", "tasks", "Secrets of one receiver of alerts, as JSON; Airflow's connection receiver_<name> goes before it.", is_secret=True),
    Variable("ANZE_RETRY_SECONDS", "tasks", "How long a failed sync waits for its next try.", "300"),
    Variable("ANZE_QUESTION_SECONDS", "tasks", "How often an open question is looked at again.", "60"),
    Variable("ANZE_PORTAL_URL", "portal", "Where people find the portal; with https:// cookies are Secure.", "http://127.0.0.1:8060"),
    Variable("ANZE_PORTAL_HOST", "portal", "Address on which it listens.", "127.0.0.1"),
    Variable("ANZE_PORTAL_PORT", "portal", "Port on which it listens.", "8060"),
    Variable("ANZE_PORTAL_PROXY", "portal", "Addresses of proxies whose X-Forwarded-For and -Proto are believed.", "none"),
    Variable("ANZE_PORTAL_PASSWORD", "portal", "Password of the login anze_portal.", is_needed=True, is_secret=True),
    Variable("ANZE_PORTAL_INSURER_PASSWORD", "portal", "Password of the login anze_portal_insurer.", is_needed=True, is_secret=True),
    Variable("ANZE_PORTAL_REGULATOR_PASSWORD", "portal", "Password of the login anze_portal_regulator.", is_needed=True, is_secret=True),
    Variable("ANZE_OIDC_ISSUER", "portal", "Identity provider for sign-in at the portal, by OpenID Connect: https://id.example/realms/x.", "passwords only"),
    Variable("ANZE_OIDC_CLIENT_ID", "portal", "The portal's client at the provider."),
    Variable("ANZE_OIDC_CLIENT_SECRET", "portal", "Its secret.", is_secret=True),
    Variable("ANZE_OIDC_CLAIM", "portal", "Claim of the ID token that holds the account's name, which nobody may change for himself.", "preferred_username"),
    Variable("ANZE_METRICS_TOKEN", "portal", "What Prometheus shows at /metrics; without it there is no such address.", is_secret=True),
    Variable("ANZE_PORTAL_MAX_MB", "portal", "Largest upload.", "300"),
    Variable("ANZE_PORTAL_FREE_MB", "portal", "What stays free on the disk beside uploads.", "256"),
    Variable("ANZE_PORTAL_PATIENCE", "portal", "Seconds after which a client that sends nothing is not waited for.", "60"),
    Variable("ANZE_PORTAL_LEAST_RATE", "portal", "Bytes a second below which an upload is ended.", "1024"),
    Variable("ANZE_PORTAL_ACCOUNT_PACE", "portal", "Requests a minute of one account.", "1200"),
    Variable("ANZE_PORTAL_ADDRESS_PACE", "portal", "Requests a minute of one address.", "600"),
    Variable("ANZE_TWIN_DATABASE_URL", "admin", "The database with the login that migrates, makes accounts and rehearses.", "in $ANZE_VAR/admin.env, else ANZE_DATABASE_URL", is_secret=True),
    Variable("ANZE_POSTGRES_PORT", "local", "Port of the local PostgreSQL.", "54329"),
    Variable("ANZE_AIRFLOW_PORT", "local", "Port of the local Airflow.", "8088"),
    Variable("ANZE_SANDBOX_PORT", "local", "Port of the simulated insurers.", "8035"),
    Variable("ANZE_PARALLELISM", "local", "Tasks at once of the local Airflow.", "4"),
    Variable("ANZE_SANDBOX_URL", "local", "Address of the simulated insurers, written by `anze up`."),
    Variable("ANZE_SANDBOX_SEED", "local", "Seed of the simulated province; of its first start.", "20261121"),
    Variable("ANZE_SANDBOX_SCALE", "local", "Its size: 1 = 56,000 enterprises; of its first start.", "0.01"),
    Variable("ANZE_CLOCK_OFFSET", "local", "Seconds by which the sandbox's clock is shifted; never in production.", "0"),
    Variable("ANZE_LOADER_PASSWORD", "local", "Password of the login anze_loader, made by `anze up`.", is_secret=True),
    Variable("ANZE_REGULATOR_PASSWORD", "local", "Password of the login anze_regulator, made by `anze up`.", is_secret=True),
    Variable("ANZE_AIRFLOW_DATABASE_PASSWORD", "local", "Password of Airflow's own login, made by `anze up`.", is_secret=True),
)  # fmt: skip


def variable(name: str) -> Variable | None:
    """The declared variable that covers a name; None for a name that nothing reads."""
    return next((each for each in VARIABLES if each.covers(name)), None)


def is_secret(name: str) -> bool:
    """Whether a value is a secret."""
    found = variable(name)
    return found is not None and found.is_secret


def with_files(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment with each secret in place of the ``<NAME>_FILE`` that names its file.

    Raises SetupError for a file that cannot be read or is empty, and for a secret that is given twice.
    """
    files = _files(environ)
    kept = {name: value for name, value in environ.items() if name not in {f"{each}{FILE}" for each in files}}
    return {**kept, **{name: _read(name, path, environ) for name, path in files.items()}}


def _files(environ: Mapping[str, str]) -> dict[str, str]:
    named = {name.removesuffix(FILE): path for name, path in environ.items() if name.endswith(FILE) and path}
    return {name: path for name, path in named.items() if is_secret(name)}


def _read(name: str, path: str, environ: Mapping[str, str]) -> str:
    if environ.get(name):
        raise SetupError(f"{name} 设置了两次 is set twice, by itself and by {name}{FILE}: remove one")
    if not path.startswith("/"):  # not repeated: it may be the secret itself
        raise SetupError(
            f"{name}{FILE} 不是绝对路径 is no path: write that of the file which holds the value, from / on"
        )
    try:
        text = pathlib.Path(path).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no UTF-8 text"
        raise SetupError(f"{name}{FILE} 无法读取 cannot be read: {path}: {reason}") from error
    if not text:
        raise SetupError(f"{name}{FILE} 是空文件 names an empty file: {path}")
    return text
