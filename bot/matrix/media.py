"""Puts files in the homeserver's media store. One that is put there twice harms nobody."""

from __future__ import annotations

from bot.matrix.wire import Blob, Unreachable, Wire


async def upload(wire: Wire, data: bytes, kind: str) -> str:
    """Upload a file of that MIME type and give its address; raise what the wire raises.

    Its name is not told: it may say more than the server needs to know, and stands in the message.
    """
    blob = Blob.of(data, kind)
    answer = await wire.hand_in("/_matrix/media/v3/upload", blob)
    address = answer.get("content_uri")
    if not isinstance(address, str) or not address.startswith("mxc://"):
        msg = "POST upload: no address in the answer"
        raise Unreachable(msg)
    return address
