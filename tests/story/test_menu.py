"""Commands chosen from a menu: what is shown, and that each arrives as if it had been typed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.dispatch.catalogue import Catalogue
from bot.dispatch.desk import Desk
from bot.dispatch.menu import menus
from bot.domain.answer import Facts
from bot.domain.menus import DESCRIPTION, Menus, descriptions, state_key
from bot.domain.region import Region
from bot.matrix.ears import Ears
from bot.text.phrasebook import Phrasebook
from tests.menu_client import BLOCK, Entry, menu
from tests.recorded import Asked, recording
from tests.story.story import BOT, Story, mxid_of

WHO = "lst.TIB"
NOW = datetime(2026, 10, 12, tzinfo=UTC)
Typed = tuple[str, dict[str, str], str]
FILLED_IN: list[Typed] = [
    ("kvittera", {}, "!kvittera"),
    ("kvittera", {"which": "KA-2026-001"}, "!kvittera ka-1"),
    ("åtgärd", {"text": "tank vid Lunden", "due": "17.30"}, "!åtgärd tank vid Lunden senast=17.30"),
    (
        "åtgärd",
        {"reference": "BE-2026-118", "forum": "VSK", "text": '"tank"', "due": "i morgon 09.00"},
        '!åtgärd BE-2026-118 VSK "tank" senast="i morgon 09.00"',
    ),
    ("åtgärder", {"forum": "VSK"}, "!åtgärder vsk"),
    ("fastställ", {"meeting": "M-2026-001"}, "!fastställ M-1"),
    ("deltar", {"summons": "KA-2026-001"}, "!deltar KA-2026-001"),
    ("återförd", {"carry_back": "AF-1", "by": "telefon", "readback": "ja"},
     "!återförd AF-1 per=telefon motläst=ja"),
    ("återförd", {"to": "ekviken.TIB"}, "!återförd till=ekviken.TIB"),
    ("avsluta", {}, "!avsluta"),
    ("bekräfta", {"carry_back": "AF-2026-0001"}, "!bekräfta AF-1"),
    ("kalla", {"forum": "TIBG", "at": "16.04", "purpose": "bedöma läget i=3"},
     "!kalla TIBG 16.04 bedöma läget i=3"),
    ("kalla", {"at": "i morgon 09.00", "purpose": "läget", "forum": "VSK"},
     "!kalla VSK i morgon 09.00 läget"),
    ("förhinder", {"summons": "KA-1", "reason": "sjuk i dag"}, "!förhinder KA-1 sjuk i dag"),
    ("sammanfattning", {"forum": "VSK"}, "!sammanfattning VSK"),
    ("klar", {"action": "AT-2"}, "!klar AT-2"),
    ("forum", {"forum": "TIBG"}, "!forum TIBG"),
    ("återlämna", {"action": "AT-2", "why": "tanken behövs"}, "!återlämna AT-2 tanken behövs"),
    ("hjälp", {"verb": "kalla"}, "!hjälp kalla"),
    ("hemma", {"which": "M-2026-001"}, "!hemma M-2026-001"),
    ("ståndpunkt", {"choice": "1"}, "!ståndpunkt 1"),
    ("bedöm", {"outcome": "kontakt", "more": "trf vag"}, "!bedöm kontakt trf vag"),
    ("bedöm", {"outcome": "inget", "to": "trf"}, "!bedöm inget till=trf"),
    (
        "bedöm",
        {"incident": "H-1", "outcome": "följ", "more": "kl 16.40"},
        "!bedöm H-1 följ kl 16.40",
    ),
    (
        "ståndpunkt",
        {"agreement": "OV-1", "choice": "2", "reservation": "till kl. 22", "seat": "lst.TIB"},
        "!ståndpunkt OV-1 2 till kl. 22 plats=lst.TIB",
    ),
    (
        "förslag",
        {"text": "Bron stängs.", "why": "arbete på bron", "kind": "tid", "to": "lindo,ekv",
         "closes": "16.04", "forum": "VSK"},
        '!förslag VSK tid "Bron stängs." varför="arbete på bron" berörda=lindo,ekv stänger=16.04',
    ),
    ("leda", {"meeting": "M-1", "whom": "pol.VB"}, "!leda M-1 pol.vb"),
    ("mottagen", {}, "!mottagen"),
    ("sök", {"summons": "KA-1", "function": "lst.TIB"}, "!sök KA-1 lst.TIB"),
    ("vem", {"whom": "lst.TIB"}, "!vem lst.tib"),
    ("intyga", {"person": "Amira Holm"}, "!intyga Amira Holm"),
    ("avsluta", {"what": "M-1"}, "!avsluta M-1"),
    ("tillsätt",
     {"code": "VATTEN", "name": "Nödvatten", "purpose": "En plan.", "owner": "kansli.SCHEF",
      "members": "lst.FD,reg.BCH", "ends": "2027-06-30", "result": "RSG"},
     ('!tillsätt VATTEN Nödvatten syfte="En plan." ägare=kansli.SCHEF medlemmar=lst.FD,reg.BCH '
     "slut=2027-06-30 resultat=RSG")),
    ("lucka",
     {"function": "lst.TIB", "begins": "2026-12-24", "ends": "2026-12-26", "why": "jul"},
     "!lucka lst.TIB 2026-12-24 2026-12-26 jul"),
    ("nås", {"forum": "TIBG", "at": "16.04"}, "!nås TIBG 16.04"),
    ("öva",
     {"title": "Tunnelbrand", "forums": "TIBG,ASK", "parts": "lst.TIB,pol.VB=@anna:pol.example"},
     "!öva Tunnelbrand forum=TIBG,ASK deltar=lst.TIB,pol.VB=@anna:pol.example"),
    ("förläng", {"forum": "AGC", "ends": "2027-09-30"}, "!förläng AGC 2027-09-30"),
]  # fmt: skip


def filled_in(entries: Mapping[str, Entry]) -> list[Typed]:
    """Fill each command's form in; one newer than the list gets one word in each."""
    known = {name for name, _, _ in FILLED_IN}
    return [it for it in FILLED_IN if it[0] in entries] + [
        (name, dict.fromkeys(needed, "ord"), f"!{name} {' '.join(['ord'] * len(needed))}".strip())
        for name, entry in entries.items()
        if name not in known
        for needed in [[it.key for it in entry.parameters if not it.optional]]
    ]


class Clear:
    """A keyring that has nothing to open."""

    def opened(self, _room_id: str, _event: Mapping[str, Any]) -> None:
        return None


@pytest.fixture(scope="module")
def offered(malarvik: Region, phrasebook: Phrasebook) -> Menus:
    """Write the menus as the house does."""

    def say(name: str, facts: Facts) -> str:
        return phrasebook.line(name, facts, malarvik.language, now=NOW)

    return menus(Catalogue.discover().commands(), phrasebook, malarvik, say)


def shown(offered: Menus, where: str) -> dict[str, Entry]:
    offers = offered.direct if where == "direct" else offered.forum
    return menu(
        [
            {"type": DESCRIPTION, "sender": BOT, "state_key": key, "content": content}
            for key, content in descriptions(offers, BOT).items()
        ]
    )


async def hears(story: Story, content: Mapping[str, Any], where: str, number: int = 1) -> None:
    """Let a message come as the homeserver gives it."""
    who = mxid_of(WHO)
    room = f"!direct:{who}" if where == "direct" else f"!forum:{where}"
    stamp = int(story.clock.now().timestamp() * 1000)
    event = {
        "type": "m.room.message", "event_id": f"$menu{number}", "sender": who,
        "origin_server_ts": stamp, "content": content,
    }  # fmt: skip
    sync = {"rooms": {"join": {room: {"timeline": {"events": [event]}}}}, "next_batch": "s"}
    events = Ears(BOT, ("samverkan",), Clear(), story.clock.now).read(sync, first=False).events
    async with story.store.begin() as session:
        await story._room(session, room.removeprefix("!"))
        await story.desk.hear(session, events, story.clock.now())
    await story._ring()


def test_the_key_of_a_command_is_the_proposal_s() -> None:
    assert state_key("ban", "@draupnir:draupnir.space") == (
        "JBDLR6YMe+72yqsEMi/MVdTmjN3ynPThMz+M7QLATZQ="
    )


def test_every_command_is_in_the_menus_of_the_rooms_it_is_for(offered: Menus) -> None:
    forum, direct = shown(offered, "VSK"), shown(offered, "direct")

    assert set(direct) == {verb.words["sv"][0] for verb in Catalogue.discover().commands()}
    assert set(direct) - set(forum) == {"återförd", "mottagen", "bekräfta"}


def test_the_menu_is_in_the_region_s_language_and_knows_the_other_words(offered: Menus) -> None:
    entry = shown(offered, "VSK")["kvittera"]

    assert entry.says == (
        "Talar om att du har fått en kallelse; det är ännu inget löfte om att delta. "
        "Svarar du åt någon som ringt: för=rosvik per=telefon motläst=ja."
    )
    assert entry.aliases == ("kvitterar", "kvitterat", "ack", "acknowledge")
    assert [it.says for it in entry.parameters][:2] == [
        "Kallelsen (KA-…) eller återföringen (AF-…). Behövs bara om flera väntar.",
        (
            "Organisationen som du svarar åt, till exempel rosvik. "
            "Lämnas tomt när du svarar för dig själv."
        ),
    ]
    assert [it.key for it in entry.parameters] == ["which", "behalf", "by", "readback"]


def test_a_field_has_the_choices_there_are_and_says_if_it_is_needed(
    offered: Menus, malarvik: Region
) -> None:
    entries = shown(offered, "VSK")
    propose = {it.key: it for it in entries["förslag"].parameters}
    convene = entries["kalla"]

    assert propose["kind"].choices == list(malarvik.agreement_kinds)
    assert [it.key for it in convene.parameters] == ["at", "purpose", "forum"]
    assert [it.key for it in convene.parameters if not it.optional] == ["at", "purpose"]
    assert convene.parameters[2].choices == list(malarvik.forums)
    assert convene.tail == "purpose"
    assert [key for key, it in propose.items() if not it.optional] == ["why", "text"]
    (choice,) = (it for it in entries["ståndpunkt"].parameters if it.key == "choice")
    assert choice.choices == ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize("where", ["VSK", "direct"])
async def test_each_command_arrives_from_the_menu_as_it_does_typed(
    where: str, story: Story, offered: Menus
) -> None:
    asked: list[Asked] = []
    story.desk = Desk(story.region, recording(asked), story.desk.post)
    entries = shown(offered, where)

    for number, (name, fields, typed) in enumerate(filled_in(entries)):
        await hears(story, entries[name].invoke(fields), where, number)
        await story.passes(minutes=2)
        chosen, asked[:] = list(asked), []
        await story.says(WHO, typed, where)
        assert story.said(where, WHO) == []
        assert chosen == asked, name
        assert len(asked) == 1, name
        asked.clear()


CALL = {"command": "kalla", "arguments": {"forum": "VSK", "at": "16.04", "purpose": "läget"}}
MENTIONED = {"m.mentions": {"user_ids": [BOT]}}


async def test_what_was_chosen_counts_and_not_the_body(story: Story) -> None:
    await hears(story, {"msgtype": "m.text", "body": "!hjälp", BLOCK: CALL, **MENTIONED}, "VSK")

    assert "läget" in story.find("läget", "VSK").body
    assert not any(body.startswith("Det här kan du göra") for body in story.said())


@pytest.mark.parametrize(
    "mentions",
    [
        {}, {"m.mentions": {}}, {"m.mentions": {"user_ids": [BOT, "@other:x"]}},
        {"m.mentions": {"user_ids": BOT}}, {"m.mentions": {"user_ids": ["@other:x"]}},
        {"m.mentions": {"user_ids": [BOT], "room": True}, "msgtype": "m.notice"},
    ],
)  # fmt: skip
async def test_a_command_chosen_from_another_s_menu_is_not_ours(
    mentions: dict[str, Any], story: Story
) -> None:
    content = {"msgtype": "m.text", "body": "!hjälp", BLOCK: CALL, **mentions}

    await hears(story, content, "VSK")

    assert story.said() == []


REFUSED = [
    (
        {"command": "kalla", "arguments": {"forum": "VSK", "at": "i övermorgon", "purpose": "x"}},
        "”i övermorgon” är varken ett forum eller en tid som jag förstår.",
    ),
    ({"command": "kalla", "arguments": {"at": "16.04"}}, "Det saknas något: texten."),
    ({"command": "kalla", "arguments": []}, "Det saknas något: en tid"),
    ({"command": "kalla"}, "Det saknas något: en tid"),
    (
        {"command": "kalla", "arguments": {"at": "16.04", "purpose": "x", "color": "blå"}},
        "Fältet ”color”: ”blå” kan jag inte läsa där, och inget är gjort.\nVälj kommandot igen",
    ),
    (
        {"command": "kalla", "arguments": {"at": ["16.04"], "purpose": "x"}},
        "Fältet ”at” kan jag inte läsa, och inget är gjort.",
    ),
    (
        {"command": "kalla", "arguments": {"forum": "NORD", "at": "16.04", "purpose": "x"}},
        "Fältet ”forum”: ”NORD” kan jag inte läsa där, och inget är gjort.",
    ),
    (
        {"command": "forum", "arguments": {"forum": {"type": "room_id", "id": "!a:b", "via": []}}},
        "Det finns inget forum som heter",
    ),
    (
        {"command": "forum", "arguments": {"forum": {"type": "room_id", "room_id": "!a:b"}}},
        "Det finns inget forum som heter",
    ),
    ({"command": "kala", "arguments": {}}, "Jag kan inget ord som heter ”kala”."),
    ({"command": 7, "arguments": {}}, "Jag kan inget ord som heter ””."),
    ({"command": "ståndpunkt", "arguments": {"choice": 9}}, "Vilken ståndpunkt? 1 biträder"),
]  # fmt: skip


@pytest.mark.parametrize(("block", "answer"), REFUSED)
async def test_every_field_is_read_again_and_refused_as_it_is_typed(
    block: dict[str, Any], answer: str, story: Story
) -> None:
    content = {"msgtype": "m.text", "body": "!hjälp", BLOCK: block, **MENTIONED}

    await hears(story, content, "VSK")

    assert answer in story.said_last()
    assert len(story.said()) == 1


async def test_the_stable_name_is_read_too_and_the_number_as_a_digit(story: Story) -> None:
    await story.says(WHO, '!förslag tid "Bron stängs." varför="arbete" berörda=lst,lindo')
    block = {"command": "position", "arguments": {"choice": 1, "reservation": None, "seat": ""}}

    await hears(
        story, {"msgtype": "m.text", "body": "x", "m.bot.command": block, **MENTIONED}, "VSK"
    )

    assert "Länsstyrelsen" in story.find("^OV-2026-001 prövas", "VSK").body
