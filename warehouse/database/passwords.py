"""Passwords as argon2id: what the portal checks; the database server itself keeps a SCRAM verifier of the same password.

A check takes 19 MiB and some 30 ms, so that guessing is dear; at most two run at once, so that a flood of sign-ins does
not take the machine's memory.
"""

from __future__ import annotations

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

#: OWASP's least cost for argon2id.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_two_at_once = threading.BoundedSemaphore(2)
#: Of no password: a login that does not exist takes as long as one that does.
NOBODY = HASHER.hash("nobody has this one")


def hashed(password: str) -> str:
    """The password as argon2id, salted: another text each time."""
    with _two_at_once:
        return HASHER.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether a password is the one that was hashed; of None never, after the same time."""
    with _two_at_once:
        try:
            return HASHER.verify(password_hash or NOBODY, password) and password_hash is not None
        except (VerificationError, InvalidHashError):
            return False
