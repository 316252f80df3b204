"""What a region file says of how a function changes hands."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.region import Relief
from config.region_file.forum_shape import FormerShape, ForumShape
from config.region_file.reading import Reading

USUAL = Relief()


def relief_of(reading: Reading) -> Relief:
    """Give the region's own; what it leaves out is as everywhere."""
    written = reading.shape.relief
    return _over(USUAL, written, timedelta(minutes=written.brief_before))


def relief_in(reading: Reading, forum: ForumShape) -> Relief | None:
    """Give what a forum has otherwise than the region; None if it has nothing."""
    if forum.relief is None:
        return None
    region = relief_of(reading)
    return _over(region, forum.relief, region.brief_before)


def _over(usual: Relief, written: FormerShape, brief_before: timedelta) -> Relief:
    """Put what is written over what is usual."""
    grace = usual.grace if written.grace is None else timedelta(minutes=written.grace)
    listens = usual.listens if written.former is None else written.former == "listens"
    return Relief(brief_before, grace, listens)
