"""What is said in an exercise stays in it, and what is real is not touched from one (R22)."""

from __future__ import annotations

from collections.abc import Iterable

from bot.asking import Ask
from bot.asking.arguments import AN_ID
from bot.dispatch.hearing import Wish
from bot.domain.answer import Refusal
from bot.domain.region import Region, everything
from bot.store import exercises


def goes_on(ask: Ask, found: Wish) -> None:
    """Refuse what would count in an exercise that is over, or would reach out of one."""
    exercise = ask.region.exercise
    if exercise and exercise.ended and found.command.counts and not found.command.outlives:
        raise Refusal("exercise_over", exercise=exercise.code)
    if exercise and found.command.real:
        raise Refusal("not_in_exercise", exercise=exercise.code)


async def keep_within(ask: Ask, law: Region, said: Iterable[object]) -> None:
    """Refuse what begins with an id of what is real in an exercise, or the reverse.

    `law` is the region's own, which knows its exercises; an id further on is only spoken of.
    """
    if not everything(law.exercises):
        return
    year = ask.now.astimezone(law.timezone).year
    words = [it.removeprefix("·").split() for it in said if isinstance(it, str)]
    for id_ in (each[0].upper() for each in words if each and AN_ID.match(each[0])):
        world = await exercises.world_of(ask.session, law, id_, year)
        if world.practised != ask.region.practised:
            raise Refusal(
                "other_world", id=id_, exercise=world.practised, here=ask.region.practised
            )
