from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from bot.matrix.keyring import Keyring
from bot.matrix.session import NoSession, open_session
from bot.matrix.wire import Wire
from bot.rehearsal.homeserver import Homeserver

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_password_is_used_once_and_the_device_stays(
    homeserver: Homeserver, tmp_path: Path
) -> None:
    account = await homeserver.register("samverkan", "hemligt")

    first = await open_session(homeserver.url, account.user_id, tmp_path, "hemligt")
    again = await open_session(homeserver.url, account.user_id, tmp_path, None)

    assert again == first
    assert first.device_id != account.device_id
    assert len(first.device_id) > 20
    assert stat.S_IMODE((tmp_path / "session.json").stat().st_mode) == 0o600
    assert first.access_token not in repr(first)


async def test_without_session_and_password_there_is_nothing_to_do(
    homeserver: Homeserver, tmp_path: Path
) -> None:
    with pytest.raises(NoSession) as caught:
        await open_session(homeserver.url, "@bot:malarvik.example", tmp_path, None)

    assert caught.value.reason == "no-password"


async def test_a_wrong_password_is_said_to_be_wrong(homeserver: Homeserver, tmp_path: Path) -> None:
    account = await homeserver.register("felskriven", "hemligt")

    with pytest.raises(NoSession) as caught:
        await open_session(homeserver.url, account.user_id, tmp_path, "hemlight")

    assert caught.value.reason == "wrong-password"
    assert "hemlight" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


async def test_a_token_of_another_device_is_not_used_with_these_keys(
    homeserver: Homeserver, tmp_path: Path
) -> None:
    account = await homeserver.register("tvadatorer", "hemligt")
    session = await open_session(homeserver.url, account.user_id, tmp_path, "hemligt")
    kept = json.loads((tmp_path / "session.json").read_text())
    (tmp_path / "session.json").write_text(
        json.dumps(kept | {"access_token": account.access_token})
    )

    with pytest.raises(NoSession) as caught:
        await open_session(homeserver.url, account.user_id, tmp_path, "hemligt")

    assert caught.value.reason == "wrong-device"
    assert session.device_id in str(caught.value)


async def test_a_revoked_token_is_told_apart(homeserver: Homeserver, tmp_path: Path) -> None:
    account = await homeserver.register("utloggad", "hemligt")
    session = await open_session(homeserver.url, account.user_id, tmp_path, "hemligt")
    wire = Wire(homeserver.url, session.access_token)
    await wire.call("POST", "/_matrix/client/v3/logout", {})
    await wire.close()

    with pytest.raises(NoSession) as caught:
        await open_session(homeserver.url, account.user_id, tmp_path, "hemligt")

    assert caught.value.reason == "token-revoked"


async def test_a_session_of_somebody_else_is_not_used(
    homeserver: Homeserver, tmp_path: Path
) -> None:
    account = await homeserver.register("enannan", "hemligt")
    await open_session(homeserver.url, account.user_id, tmp_path, "hemligt")

    with pytest.raises(NoSession) as caught:
        await open_session(homeserver.url, "@samverkan:malarvik.example", tmp_path, "hemligt")

    assert caught.value.reason == "wrong-user"


async def test_keys_under_another_pickle_key_are_refused_in_words(tmp_path: Path) -> None:
    Keyring("@bot:malarvik.example", "DEVICE", tmp_path, "the right key").close()

    with pytest.raises(NoSession, match="do not open with the key in pickle_key_file") as refused:
        Keyring("@bot:malarvik.example", "DEVICE", tmp_path, "another key")

    assert refused.value.reason == "wrong-key"
