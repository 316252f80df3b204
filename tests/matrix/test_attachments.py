"""Files: described as clients want them, sealed where the room is, and never in the words' way."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from nio.crypto import decrypt_attachment

from bot.domain.model import Letter
from bot.matrix.attachments import Attachments
from bot.matrix.envelope import seal
from bot.matrix.wire import Blob, MatrixRefusal, Unreachable, Wire
from bot.press.press import Printed

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PRINTED = Printed(b"%PDF pages", b"PNG page", 529, 748)
UNSENT = "kunde inte skickas som fil"


@dataclass
class Store:
    """A media store that keeps what it takes, and may say how much that is."""

    limit: int | None = None
    refusal: Exception | None = None
    files: dict[str, bytes] = field(default_factory=dict)
    kinds: list[str] = field(default_factory=list)

    async def call(self, _method: str, _path: str) -> dict[str, Any]:
        return {} if self.limit is None else {"m.upload.size": self.limit}

    async def hand_in(self, _path: str, file: Blob) -> dict[str, Any]:
        if self.refusal:
            raise self.refusal
        self.kinds.append(file.kind)
        address = f"mxc://here/{len(self.files)}"
        self.files[address] = bytes(file)
        return {"content_uri": address}


def letter() -> Letter:
    told = {"plain": "Sammanfattning.pdf", "html": "", "language": "sv", "unsent": UNSENT}
    return Letter(id="one", place="forum:VSK", kind="file", content=told, written_at=NOW)


async def printed(_: Letter) -> Printed:
    return PRINTED


def attachments(store: Store) -> Attachments:
    return Attachments(cast("Wire", store), printed)


async def test_in_a_room_in_clear_a_file_is_described_whole() -> None:
    store = Store()

    file = await attachments(store).of(letter(), encrypted=False)
    content = seal(letter(), target=None, replaces=None, file=file).content

    assert store.files == {"mxc://here/0": PRINTED.page, "mxc://here/1": PRINTED.pdf}
    assert store.kinds == ["image/png", "application/pdf"]
    assert {key: content[key] for key in ("msgtype", "body", "filename", "url", "m.mentions")} == {
        "msgtype": "m.file",
        "body": "Sammanfattning.pdf",
        "filename": "Sammanfattning.pdf",
        "url": "mxc://here/1",
        "m.mentions": {},
    }
    assert content["info"] == {
        "mimetype": "application/pdf",
        "size": len(PRINTED.pdf),
        "thumbnail_info": {"mimetype": "image/png", "size": 8, "w": 529, "h": 748},
        "thumbnail_url": "mxc://here/0",
    }


async def test_in_an_encrypted_room_the_server_sees_neither_pages_nor_picture() -> None:
    store = Store()

    file = await attachments(store).of(letter(), encrypted=True)

    assert file is not None
    assert "url" not in file
    assert store.kinds == ["application/octet-stream"] * 2
    for described, clear in (
        (file["file"], PRINTED.pdf),
        (file["info"]["thumbnail_file"], PRINTED.page),
    ):
        stored = store.files[described["url"]]
        assert clear not in stored
        assert described["key"]["alg"] == "A256CTR"
        opened = decrypt_attachment(
            stored, described["key"]["k"], described["hashes"]["sha256"], described["iv"]
        )
        assert opened == clear


async def test_a_message_that_is_tried_again_uploads_nothing_anew() -> None:
    store, one = Store(), letter()
    files = attachments(store)

    first = await files.of(one, encrypted=True)
    again = await files.of(one, encrypted=True)

    assert first == again
    assert len(store.files) == 2


@pytest.mark.parametrize(
    "store",
    [
        Store(limit=5),
        Store(refusal=MatrixRefusal(413, "M_TOO_LARGE", "too large")),
        Store(refusal=MatrixRefusal(403, "M_FORBIDDEN", "no uploads here")),
    ],
    ids=["larger than it says it takes", "larger than it takes", "it takes none"],
)
async def test_what_the_homeserver_does_not_take_goes_as_words_that_say_so(store: Store) -> None:
    file = await attachments(store).of(letter(), encrypted=False)

    content = seal(letter(), target=None, replaces=None, file=file).content

    assert (content["msgtype"], content["body"]) == ("m.notice", UNSENT)
    assert store.files == {}


async def test_a_homeserver_that_is_away_is_tried_again() -> None:
    with pytest.raises(Unreachable):
        await attachments(Store(refusal=Unreachable("away"))).of(letter(), encrypted=False)


async def test_a_paper_that_cannot_be_printed_stops_no_letter() -> None:
    async def jammed(_: Letter) -> Printed:
        raise RuntimeError("typst panicked")

    file = await Attachments(cast("Wire", Store()), jammed).of(letter(), encrypted=False)

    assert file is None
