"""Who has no lines answers by habit: the narrowest that says, and only what is asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.rehearsal.automaton import Automaton, Reacts, Says, Votes
from bot.rehearsal.record import Kind, Message, Version
from bot.rehearsal.script import Role
from bot.rehearsal.shape import HabitsShape

NOON = datetime(2026, 10, 14, 10, 0, tzinfo=UTC)
POLICE, DEPUTY = Role("pol.VB", 1), Role("pol.VB", 2)


def automaton(**habits: HabitsShape) -> Automaton:
    named = {key.replace("__", "/").replace("_", "."): value for key, value in habits.items()}
    return Automaton(named, "sv", lambda code: code.partition(".")[0])


def message(subject: str, plain: str = "", *, tap: bool = True) -> Message:
    reactions = {"✅": ["@bot:x"]} if tap else {}
    versions = [Version(NOON, plain)]
    return Message("$1", "!r", "@bot:x", Kind.WORDS, versions, subject=subject, reactions=reactions)


def test_a_summons_is_acknowledged_after_the_usual_delay() -> None:
    play = automaton()

    play.consider(message("summons:KA-2026-001"), [POLICE], NOON)

    assert play.next_at == NOON + timedelta(seconds=40)
    assert isinstance(play.due(NOON + timedelta(seconds=40))[0].answer, Reacts)


def test_the_narrowest_habit_wins_and_leaves_the_rest_to_the_wider() -> None:
    play = automaton(
        default=HabitsShape(acknowledge="1m", confirm="5m"),
        pol=HabitsShape(acknowledge="2m"),
        pol_VB__1=HabitsShape(acknowledge="never"),
    )

    play.consider(message("summons:KA-2026-001"), [POLICE, DEPUTY], NOON)
    play.consider(message("receipt:AF-2026-0001"), [POLICE], NOON)

    due = play.due(NOON + timedelta(hours=1))
    assert [(each.who, each.at - NOON) for each in due] == [
        (DEPUTY, timedelta(minutes=2)),
        (POLICE, timedelta(minutes=5)),
    ]


def test_what_offers_no_tap_asks_for_none() -> None:
    play = automaton()

    play.consider(message("summons:KA-2026-001", tap=False), [POLICE], NOON)

    assert play.next_at is None


def test_the_same_thing_is_done_once_however_often_it_is_asked() -> None:
    play = automaton()

    play.consider(message("summons:KA-2026-001"), [POLICE], NOON)
    play.consider(message("summons:KA-2026-001"), [POLICE], NOON)

    assert len(play.due(NOON + timedelta(hours=1))) == 1


def test_a_position_is_filled_in_as_the_habit_says() -> None:
    play = automaton(pol=HabitsShape(position="disagrees"))

    play.consider(message("agreement:OV-2026-001"), [POLICE], NOON)

    answer = play.due(NOON + timedelta(hours=1))[0].answer
    assert answer == Votes("!r", "agreement:OV-2026-001", "disagrees")


def test_a_carry_back_is_received_and_then_handed_on_with_the_words_it_was_given() -> None:
    play = automaton()
    asks = message("carry_back:AF-2026-0007", "När den är framme: !återförd AF-2026-0007")

    play.consider(asks, [POLICE], NOON)

    received, carried = play.due(NOON + timedelta(hours=1))
    assert isinstance(received.answer, Reacts)
    assert carried.answer == Says(asks, "!återförd AF-2026-0007")
    assert carried.at == NOON + timedelta(minutes=20, seconds=40)


def test_what_holds_nothing_to_hand_on_is_only_received() -> None:
    play = automaton()

    play.consider(message("carry_back:AF-2026-0007", "Läs och kvittera."), [POLICE], NOON)

    assert len(play.due(NOON + timedelta(days=1))) == 1


def test_who_has_a_name_does_only_what_stands_under_it() -> None:
    habits = {"default": HabitsShape(confirm="1m"), "petra": HabitsShape(acknowledge="3m")}
    play = Automaton(habits, "sv", lambda _: "pol", {POLICE: "petra"})

    play.consider(message("summons:KA-2026-001"), [POLICE], NOON)
    play.consider(message("receipt:AF-2026-0001"), [POLICE], NOON)

    assert [each.at - NOON for each in play.due(NOON + timedelta(days=1))] == [timedelta(minutes=3)]
