"""A meeting is closed, its digest drafted from the record, approved, and let out (R12)."""

from __future__ import annotations

from sqlmodel import select

from bot.deadlines.digest import arm_digests
from bot.domain.model import AgreementState, Choice, LogEntry, Meeting
from bot.store import log, meetings
from tests.story.meeting_room import M, agreed, at, held, published, takes_on, thursday
from tests.story.story import Story, unmanned

CHAIR = "lst.TIB"


async def meeting(story: Story) -> Meeting:
    async with story.store.read() as session:
        found = await meetings.by_id(session, M)
    assert found is not None
    return found


async def test_closing_names_what_goes_on_and_says_when_the_digest_comes(story: Story) -> None:
    await thursday(story)
    await agreed(story, {}, id_="OV-2026-062", text="Sandning", state=AgreementState.PROPOSED)

    await story.says(CHAIR, "!avsluta")

    assert story.said_last() == (
        "M-2026-118 avslutad kl. 09.28 av Tjänsteperson i beredskap, Länsstyrelsen Mälarvik. "
        "Ordinarie samverkanskonferens.\n"
        "- OV-2026-062 prövas vidare, svar till kl. 14.28: ”Sandning”\n"
        "Sammanfattningen ligger hos ordföranden och sekreteraren och fastställs senast kl. 15.00."
    )


async def test_only_those_who_lead_the_forum_may_close(story: Story) -> None:
    await thursday(story)

    await story.says("lindo.SAK", "!avsluta")

    assert story.said_last().startswith("Det gör den som leder Ordinarie samverkanskonferens, ")
    assert (await meeting(story)).state == "open"


async def test_the_secretary_may_close_from_the_direct_room(story: Story) -> None:
    await thursday(story)

    await story.says("lst.LBA", "avsluta", "direct")

    assert story.said_last().startswith("M-2026-118 avslutad kl. 09.28 av Lägesbildsansvarig")
    assert story.told_last("lst.LBA").startswith("Fastställ sammanfattningen senast kl. 15.00:")


async def test_closing_twice_says_when_and_by_whom_it_ended(story: Story) -> None:
    await thursday(story)
    await story.says(CHAIR, "!avsluta")

    await story.says("kansli.RSIB", "!avsluta M-2026-118")

    assert story.said_last() == (
        "M-2026-118 är redan avslutat, kl. 09.28 av Tjänsteperson i beredskap, "
        "Länsstyrelsen Mälarvik."
    )


async def test_the_draft_goes_to_chair_and_secretary_and_to_nobody_else(story: Story) -> None:
    await thursday(story)

    await story.says(CHAIR, "!avsluta")

    for who in (CHAIR, "lst.LBA"):
        assert story.told_last(who).startswith(
            "Fastställ sammanfattningen senast kl. 15.00: !fastställ M-2026-118 eller ✅."
        )
    assert story.told("kansli.RSIB") == []
    assert not any("Sammanfattning v. 42" in body for body in story.said())


async def test_the_digest_says_what_the_record_holds(story: Story) -> None:
    await published(story)

    assert story.said_last() == (
        "Sammanfattning v. 42, Ordinarie samverkanskonferens (M-2026-118, fastställd kl. 09.46 "
        "av Tjänsteperson i beredskap, Länsstyrelsen Mälarvik).\n"
        "Får spridas inom er organisation.\n"
        "Informationsklass: Endast deltagande aktörer.\n"
        "Närvarande: 29 av 30, varav 1 genom ersättare. Saknades: Ulvnäs flygplats.\n"
        "Överenskommet:\n"
        "- OV-2026-061, överenskommen med förbehåll: ”Besked om Ekviksbron senast 21.30.” "
        "Biträder: Ekvikens kommun, Region Mälarvik, Södra brandförsvarsförbundet och "
        "Trafikverket Mälarvik. Med förbehåll: Lindö kommun (”även hemtjänsten ska få besked”). "
        "Gäller till onsdag kl. 06.00. Omprövas tisdag kl. 21.30.\n"
        "Åtaget:\n"
        "- AT-2026-204 Driftjour, Mälarviks Vatten AB: ”tank vid Lunden” "
        "Klart senast i morgon kl. 17.30.\n"
        "Nästa: torsdag 22 oktober kl. 09.00."
    )


async def test_forums_that_receive_the_digest_get_the_same_words(story: Story) -> None:
    await published(story)

    assert story.said_last("RSG") == story.said_last("VSK")
    assert story.said("RCG") == []


async def test_one_tap_on_the_draft_approves(story: Story) -> None:
    await thursday(story)
    await story.says(CHAIR, "!avsluta")

    await story.taps("lst.LBA", where="direct", to="Fastställ")

    assert story.said_last().startswith("Sammanfattning v. 42")
    assert story.told("lst.LBA")[-1] == (
        "Fastställd: M-2026-118. Sammanfattningen är utsänd i Ordinarie samverkanskonferens, "
        "och 30 återföringar är på väg."
    )
    assert (await meeting(story)).approved_by == "lst.LBA"


async def test_what_has_changed_since_the_draft_is_read_before_it_is_approved(
    story: Story,
) -> None:
    await thursday(story)
    await story.says(CHAIR, "!avsluta")
    await takes_on(story, "reg.TIB", "ringer Söder", "2026-10-16T12:00", "AT-2026-205")

    await story.says(CHAIR, "!fastställ")
    unapproved = story.said_last()
    again = story.told_last(CHAIR)
    await story.says(CHAIR, "!fastställ")

    assert not unapproved.startswith("Sammanfattning")
    assert again.startswith("Läs igen: något har hänt sedan utkastet")
    assert "”ringer Söder”" in again
    assert "”ringer Söder”" in story.said_last()


async def test_approving_twice_says_when_and_by_whom_it_was_done(story: Story) -> None:
    await published(story)

    await story.says("kansli.RSIB", "!fastställ M-2026-118")

    assert story.said_last() == (
        "Sammanfattningen av M-2026-118 är redan fastställd, kl. 09.46 av "
        "Tjänsteperson i beredskap, Länsstyrelsen Mälarvik."
    )
    assert len([body for body in story.said() if body.startswith("Sammanfattning v. 42")]) == 1


async def test_others_may_not_approve(story: Story) -> None:
    await thursday(story)
    await story.says(CHAIR, "!avsluta")

    await story.says("lindo.SAK", "!fastställ M-2026-118")

    assert story.said_last().startswith("Det gör den som leder")


async def test_an_open_meeting_has_nothing_to_approve(story: Story) -> None:
    await thursday(story)

    await story.says(CHAIR, "!fastställ M-2026-118")

    assert story.said_last() == (
        "M-2026-118 är inte avslutat, så det finns ingen sammanfattning att fastställa.\n"
        "Avsluta först: !avsluta M-2026-118"
    )


async def test_past_its_limit_the_vice_chair_is_asked_and_the_chair_told(story: Story) -> None:
    await thursday(story)
    await story.says(CHAIR, "!avsluta")

    await story.to("2026-10-15T14:59")
    before = story.told("kansli.RSIB")
    await story.to("2026-10-15T15:00")

    assert before == []
    assert story.told_last("kansli.RSIB").startswith(
        "Vill du fastställa sammanfattningen? Tiden är ute: !fastställ M-2026-118 eller ✅."
    )
    assert "Jag har nu också frågat Regional samverkanskoordinator" in story.told_last(CHAIR)
    await story.taps("kansli.RSIB", where="direct")
    assert story.said_last().startswith("Sammanfattning v. 42")


async def test_an_activated_meetings_digest_is_late_after_a_quarter_of_an_hour(
    story: Story,
) -> None:
    await held(story, "ASK", mode="activated")
    await story.says(CHAIR, "!avsluta", "ASK")

    await story.passes(minutes=15)

    assert story.told_last("kansli.RSIB").startswith("Vill du fastställa sammanfattningen?")


async def test_without_chair_and_secretary_the_vice_chair_gets_the_draft(story: Story) -> None:
    await thursday(story)
    await unmanned(story, CHAIR)
    await unmanned(story, "lst.LBA")

    await story.says("kansli.RSIB", "!avsluta")

    assert story.told_last("kansli.RSIB").startswith("Fastställ sammanfattningen")


async def test_what_closed_after_the_last_digest_is_told_in_the_next(story: Story) -> None:
    await published(story)
    await story.to("2026-10-16T09:00")
    await agreed(story, {"reg.TIB": (Choice.AGREES, "")}, id_="OV-2026-064", text="Sandning")
    await story.to("2026-10-22T09:00")
    await held(story, id_="M-2026-119")

    await story.says(CHAIR, "!avsluta")
    await story.says(CHAIR, "!fastställ")

    assert "OV-2026-064, överenskommen med förbehåll: ”Sandning”" in story.said_last()
    assert "OV-2026-061" not in story.said_last()


async def test_digest_shows_the_last_one_again(story: Story) -> None:
    await published(story)
    told = story.said_last()

    await story.says("lindo.SAK", "!sammanfattning")
    await story.says("lindo.SAK", "sammanfattning VSK", "direct")

    assert story.said_last() == told
    assert story.told_last("lindo.SAK") == told


async def test_before_the_first_one_there_is_no_digest(story: Story) -> None:
    await story.says("lindo.SAK", "!sammanfattning")

    assert story.said_last().startswith(
        "Det finns ingen fastställd sammanfattning från Ordinarie samverkanskonferens än."
    )


async def test_the_friday_digest_sums_up_what_is_open(story: Story) -> None:
    await arm(story)
    await published(story)
    await agreed(
        story, {"reg.TIB": (Choice.AGREES, "")}, id_="OV-2026-063", text="Tider",
        state=AgreementState.PROPOSED,
    )  # fmt: skip

    await story.to("2026-10-16T15:00")

    said = story.said_last()
    assert said.startswith("Öppet just nu i Ordinarie samverkanskonferens.\nÅtaget:\n- AT-2026-204")
    assert "Omprövas:\n- OV-2026-061: ”Besked om Ekviksbron senast 21.30.” tisdag" in said
    assert "- Lindö kommun (AF-2026-0028, från M-2026-118): inte kvitterad." in said
    assert said.endswith("Nästa möte: torsdag 22 oktober kl. 09.00.")


async def test_a_friday_with_nothing_open_says_so_and_the_next_one_comes(story: Story) -> None:
    await arm(story)
    await arm(story)

    await story.to("2026-10-16T15:00")
    first = story.said()
    await story.to("2026-10-23T15:00")

    assert first == [
        "Inget är öppet i Ordinarie samverkanskonferens.\nNästa möte: torsdag 22 oktober kl. 09.00."
    ]
    assert len([b for b in story.said() if b.startswith("Inget är öppet")]) == 2


async def test_a_digest_that_downtime_delayed_says_how_late_it_is(story: Story) -> None:
    await arm(story)

    await sleeps_until(story, "2026-10-16T17:00")
    late = story.said_last()
    await sleeps_until(story, "2026-10-26T09:00")

    assert "Det här skulle ha kommit för 2 timmar sedan." in late
    assert story.said_last() == late


async def test_every_act_is_in_the_chained_log(story: Story) -> None:
    await published(story)

    async with story.store.read() as session:
        entries = list(await session.exec(select(LogEntry)))
        broken = await log.verify(session)

    said = [entry.what for entry in entries]
    assert said[:3] == ["meeting.ended", "digest.drafted", "digest.published"]
    assert said.count("carry_back.sent") == 30
    assert broken is None


async def arm(story: Story) -> None:
    """Set what the law wants set at a start."""
    async with story.store.begin() as session:
        await arm_digests(session, story.region, story.clock.now())


async def sleeps_until(story: Story, local: str) -> None:
    """Let time go while the bot is down, and start it again."""
    story.clock.move_to(at(story, local))
    await story._ring()


async def test_the_digest_comes_as_a_paper_too_with_the_same_facts(story: Story) -> None:
    await thursday(story)
    await story.says(CHAIR, "!avsluta")

    await story.taps(CHAIR, where="direct", to="Fastställ")

    paper = story.find("pdf", "VSK", kind="file").letter
    assert paper.content["plain"] == "Sammanfattning v. 42 VSK M-2026-118.pdf"
    assert paper.content["unsent"].startswith("Sammanfattning v. 42 VSK M-2026-118.pdf kunde inte")
    assert "<h1>Sammanfattning v. 42</h1>" in paper.content["html"]
    assert "<h3>OV-2026-061, " in paper.content["html"]
    assert paper.content["mention"] == []
