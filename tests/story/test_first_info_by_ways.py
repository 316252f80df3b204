"""First information goes out by mail and alarm system too; what fails is told to who leads."""

from __future__ import annotations

import pytest

from bot.domain.model import DispatchState
from tests.story.activation import FIRE, activated
from tests.story.other_ways import WAYS, becomes, gets_ways, sent
from tests.story.story import Story, mxid_of, unmanned

ID = "H-2026-001"


@pytest.fixture
async def law(story: Story) -> Story:
    """Let the police and health care have ways."""
    gets_ways(story, WAYS)
    return story


async def test_every_organisation_gets_it_by_its_ways_in_the_same_words(law: Story) -> None:
    await activated(law)

    rows = await sent(law, ID)
    assert [(row.organisation, row.kind, row.mxid) for row in rows] == [
        ("pol", "email", mxid_of("pol.VB")),
        ("pol", "webhook", mxid_of("pol.VB")),
        ("reg", "webhook", mxid_of("reg.TIB")),
    ]
    content = rows[0].content
    said = law.find("Första information", "direct", "pol.VB").body
    assert content["subject"] == (
        f"[SKARPT LÄGE] {ID}: första information kl. 16.12 till Polisregion Mälarvik"
    )
    assert content["text"] == (
        f"SKARPT LÄGE. Det här är ingen övning.\n{said}\n"
        "Det här är skickat till Vakthavande befäl, Polisregion Mälarvik, som får det i "
        "Matrix också. Svara där.\nDet går inte att svara på det här meddelandet."
    )
    data = content["data"]
    assert (data["kind"], data["incident"], data["live"]) == ("first_info", ID, True)
    assert (data["purpose"], data["forum"]) == (FIRE, "ASK")
    assert data["starts_at"] == "2026-11-03T15:40:00+00:00"


async def test_where_nobody_is_in_matrix_its_mailbox_gets_it_all_the_same(law: Story) -> None:
    await unmanned(law, "reg.TIB")

    await activated(law)

    row = next(row for row in await sent(law, ID) if row.organisation == "reg")
    assert (row.mxid, row.function) == ("", "reg.TIB")
    assert row.content["text"].splitlines()[-2:] == [
        (
            "Det här är skickat till er eftersom ingen är Tjänsteperson i beredskap (sjukvård), "
            "Region Mälarvik i Matrix just nu. Berörs ni: ring Tjänsteperson i beredskap, "
            "Länsstyrelsen Mälarvik, som leder."
        ),
        "Det går inte att svara på det här meddelandet.",
    ]


async def test_who_leads_is_told_whom_to_phone_where_it_fails(law: Story) -> None:
    await activated(law)
    mail, alarm, care = await sent(law, ID)

    await becomes(law, mail, DispatchState.DELIVERED)
    await becomes(law, alarm, DispatchState.FAILED, "no_address")
    await becomes(law, care, DispatchState.UNKNOWN, "cut")

    told = law.find("utanför Matrix", "direct", "lst.TIB")
    assert told.body == (
        f"[SKARPT LÄGE] {ID}: ring Tjänsteperson i beredskap (sjukvård), Region Mälarvik. "
        "Det är inte säkert att den första informationen har nått dem utanför Matrix.\n"
        "E-post: lämnat till Polisregion Mälarvik kl. 16.12.\n"
        "Larmsystem: Osäkert om det kom fram: Region Mälarvik kl. 16.12. Ring dem. "
        "Gick inte: Polisregion Mälarvik (adressen saknas i inställningarna)."
    )
    assert told.letter.content["call"]


async def test_it_goes_out_anew_when_it_is_activated_anew(law: Story) -> None:
    await activated(law)
    first = len(await sent(law, ID))

    await law.to("2026-11-03T17:20")
    await law.says("lst.TIB", f"!avsluta {ID} till=17.50", "direct")
    await law.to("2026-11-03T17:30")

    await law.says(
        "lst.TIB", f'!bedöm {ID} aktivera rytm=18.00,20.00 slutvillkor="släckt"', "direct"
    )

    assert len(await sent(law, ID)) == 2 * first
