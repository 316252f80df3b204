"""The recovery key as people write it down: base58 in groups of four, with a parity byte."""

from __future__ import annotations

from functools import reduce
from operator import xor

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
HEAD = b"\x8b\x01"  # says that this is a recovery key
SECRET = 32  # bytes


class NotARecoveryKey(ValueError):  # noqa: N818 - says what it is not
    """What was typed is no recovery key; the message never says it again."""


def written(secret: bytes) -> str:
    """Write 32 bytes as a recovery key, in groups of four."""
    told = HEAD + secret
    number = int.from_bytes(told + bytes([reduce(xor, told)]), "big")
    letters = ""
    while number:
        number, digit = divmod(number, len(ALPHABET))
        letters = ALPHABET[digit] + letters
    return " ".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def read(typed: str) -> bytes:
    """Read a recovery key, however it is spaced. Raise NotARecoveryKey."""
    letters = "".join(typed.split())
    if not letters or not set(letters) <= set(ALPHABET):
        raise NotARecoveryKey("There are signs in it that no recovery key has.")
    number = reduce(lambda sum_, each: sum_ * 58 + ALPHABET.index(each), letters, 0)
    size = len(HEAD) + SECRET + 1
    if number >= 256**size:
        raise NotARecoveryKey("It is too long.")
    told = number.to_bytes(size, "big")
    if told[: len(HEAD)] != HEAD:
        raise NotARecoveryKey("It does not begin as a recovery key does; is all of it there?")
    if reduce(xor, told) != 0:
        raise NotARecoveryKey("A sign in it is wrong.")
    return told[len(HEAD) : -1]
