"""Client certificates and own authorities: an SSL context out of credentials, whose private key touches no disk in plain."""

from __future__ import annotations

import pathlib
import secrets
import ssl
import tempfile

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization

from connectors.fetch.keys import pem
from connectors.protocol import Tls
from schemas.delivery import Credentials
from schemas.errors import AuthRefused


def context(how: Tls, credentials: Credentials, insurer_id: str) -> ssl.SSLContext:
    """A verifying context that shows the client certificate. Raises AuthRefused for what is missing or unreadable."""
    made = ssl.create_default_context()
    try:
        if how.authority:
            made.load_verify_locations(cadata=pem(credentials, how.authority, insurer_id).decode())
        if how.certificate:
            _show(made, pem(credentials, how.certificate, insurer_id), _key(how, credentials, insurer_id))
    except (ssl.SSLError, ValueError):
        raise AuthRefused(f"{insurer_id}: client certificate, its key or the authority is no PEM that fits") from None
    return made


def _key(how: Tls, credentials: Credentials, insurer_id: str) -> serialization.PrivateFormat | object:
    phrase = credentials.extra.get(f"{how.key}_password")
    try:
        return serialization.load_pem_private_key(
            pem(credentials, how.key, insurer_id), phrase.encode() if phrase else None
        )
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise AuthRefused(f"{insurer_id}: extra.{how.key} is no private key that opens") from None


def _show(made: ssl.SSLContext, certificate: bytes, key: object) -> None:
    """Load a certificate; the library reads files only, so the key is written encrypted by a phrase of this moment."""
    phrase = secrets.token_hex(16)
    sealed = key.private_bytes(  # type: ignore[attr-defined]  # every private key has it
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(phrase.encode()),
    )
    with tempfile.TemporaryDirectory() as folder:  # of this user only
        chain, private = pathlib.Path(folder, "certificate.pem"), pathlib.Path(folder, "key.pem")
        chain.write_bytes(certificate)
        private.write_bytes(sealed)
        made.load_cert_chain(chain, private, phrase)
