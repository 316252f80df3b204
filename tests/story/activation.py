"""Something that is activated: for stories about its conferences and its end."""

from __future__ import annotations

from tests.story.gathering import gathers
from tests.story.story import Story

FIRE = "Bussbrand i Klippbergstunneln, båda rören stängda"
ACTIVATE = (
    "!bedöm H-2026-001 aktivera rytm=16.40,18.30,20.30 "
    'slutvillkor="tunneln öppen i båda riktningar"'
)


async def requested(story: Story) -> None:
    """Let the traffic controller ask for cooperation, Tuesday 3 November at 15.51."""
    await story.to("2026-11-03T15:51")
    await story.says("vag.VTL", f'!samverka "{FIRE}"', "LC")


async def activated(story: Story, words: str = ACTIVATE) -> None:
    """Let it be activated at 16.12, in the judge's direct room."""
    await requested(story)
    await gathers(story, "ASK")
    await story.to("2026-11-03T16:12")
    await story.says("lst.TIB", words, "direct")
