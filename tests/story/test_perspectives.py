"""The sides that a forum wants are covered, or named as missing: while it is called, and there."""

from __future__ import annotations

from tests.story.gathering import gathers
from tests.story.story import Story


async def test_the_call_says_which_perspectives_are_still_missing(story: Story) -> None:
    await gathers(story, "ASK")
    await story.says("lst.TIB", "!kalla ASK 08.20 trafiken står", "ASK")

    await story.says("rtjn.RCB", "kvittera", "direct")
    await story.says("trf.VTL", "deltar", "direct")

    status = story.find("Kvitterat 2", "ASK").body
    assert "Perspektiv som är nådda: trafik och blåljus. Perspektiv som saknas: " in status
    assert "kommun (Mälarviks stad, Norrsunds kommun, Söderby kommun och 11 till)" in status
    assert status.endswith(", vård (Region Mälarvik).")


async def test_the_opening_says_which_perspectives_are_in_the_room(story: Story) -> None:
    await gathers(story, "ASK", but=["reg.TIB"])
    await story.says("lst.TIB", "!kalla ASK 08.20 trafiken står", "ASK")
    for who in ("reg.TIB", "trf.VTL", "pol.VB", "lindo.SAK"):
        await story.says(who, "kvittera", "direct")

    await story.to("2026-10-12T08:20")

    opening = story.find("Upprop utgår", "ASK").body
    assert (
        "Perspektiv i rummet: kommun, trafik och blåljus. "
        "Perspektiv som saknas: vård (Region Mälarvik)."
    ) in opening
