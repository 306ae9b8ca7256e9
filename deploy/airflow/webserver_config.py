"""Sign-in to Airflow: by OpenID Connect where OIDC_ISSUER is set, else by accounts of Airflow's own (`airflow users create`).

Airflow's FAB auth manager reads it: AIRFLOW__FAB__CONFIG_FILE is its path.
"""

import os
import pathlib

from flask_appbuilder.const import AUTH_DB, AUTH_OAUTH

ISSUER = os.environ.get("OIDC_ISSUER", "").rstrip("/")
AUTH_TYPE = AUTH_OAUTH if ISSUER else AUTH_DB
WTF_CSRF_ENABLED = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = os.environ.get("AIRFLOW__API__BASE_URL", "").startswith("https://")

if ISSUER:
    OAUTH_PROVIDERS = [
        {
            "name": "sso",
            "icon": "fa-key",
            "token_key": "access_token",
            "remote_app": {
                "client_id": os.environ["OIDC_CLIENT_ID"],
                "client_secret": pathlib.Path(os.environ["OIDC_CLIENT_SECRET_FILE"])
                .read_text(encoding="utf-8")
                .strip(),
                "server_metadata_url": f"{ISSUER}/.well-known/openid-configuration",
                "client_kwargs": {"scope": "openid profile email", "code_challenge_method": "S256"},
            },
        }
    ]
    # Who the provider lets in is known from the first sign-in on, and may do what the groups of each sign-in say: without
    # one of these, nothing.
    AUTH_USER_REGISTRATION = True
    AUTH_USER_REGISTRATION_ROLE = "Public"
    AUTH_ROLES_SYNC_AT_LOGIN = True
    AUTH_ROLES_MAPPING = {"anze-admin": ["Admin"], "anze-operator": ["Op"], "anze-viewer": ["Viewer"]}
