"""Encrypted answers opened: AES or SM4 in CBC mode with PKCS#7 padding, by a key of the credentials."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from connectors.fetch.body import DamagedBody, dig
from connectors.fetch.keys import decoded
from connectors.protocol import Envelope
from schemas.delivery import Credentials
from schemas.errors import AuthRefused

BLOCK_BYTES = 16
_SIZES = {"aes_cbc": (16, 24, 32), "sm4_cbc": (16,)}


class NotSealed(Exception):
    """Raised when an answer holds no encrypted text where the definition says; its shape changed."""


class WrongKey(Exception):
    """Raised when an envelope does not open: another key sealed it, or it was damaged on the way."""


@dataclass(frozen=True)
class Opener:
    """Opens one insurer's envelopes. Raises AuthRefused for keys that are missing or of the wrong length."""

    how: Envelope
    credentials: Credentials
    insurer_id: str

    def __post_init__(self) -> None:
        self._cipher(bytes(BLOCK_BYTES))  # a bad key is told before anything is asked

    def open(self, sealed: Any) -> bytes:
        """The content of ``sealed``: the envelope's JSON, or its text where it is all there is.

        Raises NotSealed, WrongKey, and DamagedBody for text that is cut or no base64 or hex.
        """
        text = dig(sealed, self.how.at) if self.how.at else sealed
        if not isinstance(text, str) or not text.strip():
            raise NotSealed(f"{self.how.at or 'the body'} is no encrypted text")
        content = self._bytes(text)
        vector = self._vector(sealed)
        if vector is None:
            vector, content = content[:BLOCK_BYTES], content[BLOCK_BYTES:]
        if len(vector) != BLOCK_BYTES or not content or len(content) % BLOCK_BYTES:
            raise DamagedBody("the encrypted text is cut")
        decryptor, padding = self._cipher(vector).decryptor(), PKCS7(BLOCK_BYTES * 8).unpadder()
        try:
            padded = decryptor.update(content) + decryptor.finalize()
            return padding.update(padded) + padding.finalize()
        except ValueError:
            raise WrongKey("the envelope does not open with this key") from None

    def _vector(self, sealed: Any) -> bytes | None:
        if self.how.iv_key:
            return decoded(self.credentials, self.how.iv_key, self.how.key_form, self.insurer_id)
        if not self.how.iv_at:
            return None
        text = dig(sealed, self.how.iv_at)
        if not isinstance(text, str):
            raise NotSealed(f"{self.how.iv_at} is no initialisation vector")
        return self._bytes(text)

    def _bytes(self, text: str) -> bytes:
        plain = "".join(text.split())
        try:
            return bytes.fromhex(plain) if self.how.form == "hex" else base64.b64decode(plain, validate=True)
        except ValueError:
            raise DamagedBody(f"the encrypted text is no {self.how.form}") from None

    def _cipher(self, vector: bytes) -> Cipher[modes.CBC]:
        key = decoded(self.credentials, self.how.key, self.how.key_form, self.insurer_id)
        if len(key) not in _SIZES[self.how.cipher]:
            wanted = " or ".join(map(str, _SIZES[self.how.cipher]))
            raise AuthRefused(f"{self.insurer_id}: extra.{self.how.key} has {len(key)} bytes, {wanted} are wanted")
        made = algorithms.SM4(key) if self.how.cipher == "sm4_cbc" else algorithms.AES(key)
        return Cipher(made, modes.CBC(vector))


def with_content(sealed: Any, path: str, content: Any) -> Any:
    """The answer as though it had arrived in plain: ``content`` in place of the encrypted text at ``path``."""
    if not path:
        return content
    first, _, rest = path.partition(".")
    return {**sealed, first: with_content(sealed[first], rest, content)}
