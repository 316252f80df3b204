"""The identity's signatures, sealed secrets and recovery key, checked by other code than ours."""

from __future__ import annotations

import base64
import json
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from bot.matrix import recovery_key
from bot.matrix.machine import Machine
from bot.matrix.recovery_key import NotARecoveryKey
from bot.matrix.secret_storage import WrongKey, description, seal, unseal
from bot.matrix.session import NoSession
from bot.matrix.signing import Identity, SigningKey
from bot.matrix.vault import Secrets, Vault

BOT = "@samverkan:malarvik.example"
KNOWN = "EsTc LW2K PGiF wKEA 3As5 g5c4 BXwk qeeJ ZJV8 Q9fu gUMN UE4d"


def raw(written: str) -> bytes:
    return base64.b64decode(written + "=" * (-len(written) % 4))


def is_signed(value: dict[str, Any], public: str, key_id: str, by: str = BOT) -> bool:
    """Check a signature as the specification says, with none of the bot's code."""
    bare = {k: v for k, v in value.items() if k not in {"signatures", "unsigned"}}
    text = json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    try:
        key = Ed25519PublicKey.from_public_bytes(raw(public))
        key.verify(raw(value["signatures"][by][key_id]), text)
    except InvalidSignature:
        return False
    return True


def opened(secret: bytes, name: str, sealed: dict[str, str]) -> tuple[bytes, bool]:
    """Open a sealed secret with none of the bot's code; and tell whether its seal holds."""
    keys = HKDF(SHA256(), 64, bytes(32), name.encode()).derive(secret)
    mac = HMAC(keys[32:], SHA256())
    mac.update(raw(sealed["ciphertext"]))
    holds = mac.finalize() == raw(sealed["mac"])
    cipher = Cipher(algorithms.AES(keys[:32]), modes.CTR(raw(sealed["iv"]))).decryptor()
    return cipher.update(raw(sealed["ciphertext"])), holds


def test_each_key_of_an_identity_is_signed_by_who_vouches_for_it() -> None:
    device, identity = Machine(BOT, "DEVICE", None, ""), Identity.new(BOT)

    keys = identity.published("DEVICE", device.sign_json)

    master = identity.master.public
    assert is_signed(keys["master_key"], device.ed25519, "ed25519:DEVICE")
    assert is_signed(keys["self_signing_key"], master, f"ed25519:{master}")
    assert is_signed(keys["user_signing_key"], master, f"ed25519:{master}")
    assert not is_signed(keys["self_signing_key"] | {"usage": []}, master, f"ed25519:{master}")
    assert "=" not in json.dumps(keys)


def test_a_device_is_vouched_for_by_the_self_signing_key_and_by_no_other() -> None:
    device, identity = Machine(BOT, "DEVICE", None, "").device_keys(), Identity.new(BOT)

    signed = identity.signed(device)

    public = identity.self_signing.public
    assert is_signed(signed, public, f"ed25519:{public}")
    assert identity.vouches_for(signed)
    assert not identity.vouches_for(device)
    assert not Identity.new(BOT).vouches_for(signed)
    assert not identity.vouches_for(signed | {"keys": {}})


def test_a_seed_gives_the_key_that_the_specification_names() -> None:
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")

    key = SigningKey(seed)

    assert raw(key.public).hex().startswith("d75a980182b10ab7d54bfed3c964073a")


@given(st.binary(min_size=32, max_size=32), st.text(max_size=40), st.binary(max_size=100))
def test_a_sealed_secret_is_opened_by_other_code_and_by_ours(
    secret: bytes, name: str, told: bytes
) -> None:
    sealed = seal(secret, name, told)

    assert opened(secret, name, sealed) == (told, True)
    assert unseal(secret, name, sealed) == told
    assert raw(sealed["iv"])[8] < 0x80
    assert "=" not in "".join(sealed.values())


def test_a_secret_of_another_key_or_name_or_changed_is_not_opened() -> None:
    sealed = seal(bytes(32), "m.cross_signing.master", b"seed")
    other = {**sealed, "ciphertext": "AAAA" + sealed["ciphertext"][4:]}

    attempts: list[tuple[bytes, str, Mapping[str, Any]]] = [
        (b"\1" * 32, "m.cross_signing.master", sealed),
        (bytes(32), "m.cross_signing.self_signing", sealed),
        (bytes(32), "m.cross_signing.master", other),
        (bytes(32), "m.cross_signing.master", {"iv": 1, "mac": [], "ciphertext": ""}),
        (bytes(32), "m.cross_signing.master", {}),
    ]
    for attempt in attempts:
        with pytest.raises(WrongKey):
            unseal(*attempt)


def test_a_described_key_can_be_told_from_another() -> None:
    told = description(b"\7" * 32)

    sealed = seal(b"\7" * 32, "", bytes(32))
    zeros = Cipher(
        algorithms.AES(HKDF(SHA256(), 64, bytes(32), b"").derive(b"\7" * 32)[:32]),
        modes.CTR(raw(told["iv"])),
    ).encryptor()
    proof = {"iv": told["iv"], "mac": told["mac"], "ciphertext": ""}
    proof["ciphertext"] = base64.b64encode(zeros.update(bytes(32))).decode()

    assert told["algorithm"] == "m.secret_storage.v1.aes-hmac-sha2"
    assert opened(b"\7" * 32, "", proof) == (bytes(32), True)
    assert opened(b"\7" * 32, "", sealed) == (bytes(32), True)
    assert opened(b"\6" * 32, "", proof)[1] is False


def test_a_recovery_key_of_another_client_is_read_and_written_alike() -> None:
    secret = recovery_key.read(KNOWN)

    assert secret.hex().startswith("77076d0a7318a57d3c16c17251b26645")
    assert recovery_key.written(secret) == KNOWN
    assert recovery_key.read(KNOWN.replace(" ", "")) == secret
    assert recovery_key.read(f"\n {KNOWN}  \n") == secret


@given(st.binary(min_size=32, max_size=32))
def test_every_secret_has_a_recovery_key(secret: bytes) -> None:
    assert recovery_key.read(recovery_key.written(secret)) == secret


def test_a_recovery_key_with_one_wrong_sign_opens_nothing() -> None:
    """Of its one parity byte, one mistake in 256 is not seen; what was sealed sees that, too."""
    letters, name = KNOWN.replace(" ", ""), "m.cross_signing.master"
    sealed = seal(recovery_key.read(KNOWN), name, b"seed")
    wrong = [
        letters[:at] + sign + letters[at + 1 :]
        for at in range(len(letters))
        for sign in recovery_key.ALPHABET
        if sign != letters[at]
    ]

    unseen = list(filter(None, map(passed_as_a_key, wrong)))

    assert 0 < len(unseen) < len(wrong) / 200
    for secret in unseen:
        with pytest.raises(WrongKey):
            unseal(secret, name, sealed)


def passed_as_a_key(typed: str) -> bytes | None:
    """Read it as a recovery key; None where it is noticed, and not told again."""
    try:
        return recovery_key.read(typed)
    except NotARecoveryKey as noticed:
        said = str(noticed)
    assert typed not in said
    return None


@given(st.text(max_size=80))
def test_what_is_no_recovery_key_is_said_to_be_none(typed: str) -> None:
    with pytest.raises(NotARecoveryKey):
        recovery_key.read(typed)


def test_the_vault_is_for_its_owners_eyes_and_gives_back_what_it_took(tmp_path: Path) -> None:
    vault, held = Vault(BOT, tmp_path / "deep" / "vault.json"), Secrets.new(BOT)

    nothing = vault.load()
    vault.keep(held)
    again = vault.load()

    assert nothing is None
    assert again is not None
    assert (again.seeds(), again.recovery) == (held.seeds(), held.recovery)
    assert stat.S_IMODE(vault.file.stat().st_mode) == 0o600
    assert list(vault.file.parent.iterdir()) == [vault.file]
    for seed in held.seeds().values():
        assert seed not in repr(held) + repr(held.identity) + str(vars(vault))


def test_the_vault_in_the_environment_is_what_the_file_would_hold(tmp_path: Path) -> None:
    Vault(BOT, tmp_path / "vault.json").keep(held := Secrets.new(BOT))
    given = (tmp_path / "vault.json").read_text()

    vault = Vault(BOT, tmp_path / "elsewhere.json", given)
    read = vault.load()

    assert read is not None
    assert read.seeds() == held.seeds()
    with pytest.raises(NoSession) as refused:
        vault.keep(held)
    assert refused.value.reason == "vault-fixed"
    assert not (tmp_path / "elsewhere.json").exists()


def test_a_vault_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    vault = Vault(BOT, tmp_path / "vault.json")
    vault.keep(Secrets.new(BOT))
    vault.file.chmod(0o640)

    with pytest.raises(NoSession) as refused:
        vault.load()

    assert refused.value.reason == "vault-open"


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[:-30],
        lambda text: text[:0] + "{}",
        lambda text: text[:0] + "[1]",
        lambda text: json.dumps(json.loads(text) | {"master": "c2hvcnQ"}),
        lambda text: json.dumps(json.loads(text) | {"recovery": "!"}),
        lambda text: json.dumps(json.loads(text) | {"self_signing": 7}),
    ],
    ids=["half", "empty", "a list", "short", "no base64", "a number"],
)
def test_a_broken_vault_is_said_to_be_broken_and_not_quoted(
    change: Callable[[str], str], tmp_path: Path
) -> None:
    vault = Vault(BOT, tmp_path / "vault.json")
    vault.keep(held := Secrets.new(BOT))
    vault.file.write_text(change(vault.file.read_text()))

    with pytest.raises(NoSession) as refused:
        vault.load()

    assert refused.value.reason == "vault-unreadable"
    assert refused.value.__cause__ is None
    assert not any(seed in str(refused.value) for seed in held.seeds().values())


def test_the_vault_of_another_account_is_not_used(tmp_path: Path) -> None:
    Vault("@other:malarvik.example", tmp_path / "v").keep(Secrets.new("@other:malarvik.example"))

    with pytest.raises(NoSession) as refused:
        Vault(BOT, tmp_path / "v").load()

    assert refused.value.reason == "vault-foreign"
