"""`who`: who has which function now."""

from __future__ import annotations

from tests.story.story import Story


async def test_in_a_forum_it_tells_of_that_forum(story: Story) -> None:
    await story.says("lst.TIB", "!vem", "LC")

    assert story.said_last("LC").splitlines() == [
        "Just nu i Ledningscentralsforum (LC)",
        (
            "- Vakthavande trafikledare, Trafikverket Mälarvik: vag.VTL 1;"
            " ersättare vag.VTL 2 och vag.VTL 3."
        ),
        (
            "- Vakthavande trafikledare, Region Mälarvik trafikförvaltningen: trf.VTL 1;"
            " ersättare trf.VTL 2 och trf.VTL 3."
        ),
        "- Vakthavande befäl, Polisregion Mälarvik: pol.VB 1; ersättare pol.VB 2 och pol.VB 3.",
        (
            "- Vakthavande operatör ledning, SOS Alarm Mälarvik: sos.VOF 1;"
            " ersättare sos.VOF 2 och sos.VOF 3."
        ),
        (
            "- Räddningschef i beredskap, Norra brandförsvaret: rtjn.RCB 1;"
            " ersättare rtjn.RCB 2 och rtjn.RCB 3."
        ),
        (
            "- Räddningschef i beredskap, Södra brandförsvarsförbundet: rtjs.RCB 1;"
            " ersättare rtjs.RCB 2 och rtjs.RCB 3."
        ),
        "- Driftjour, Mälarbanan Drift AB: bana.JOUR 1; ersättare bana.JOUR 2.",
    ]


async def test_a_function_is_told_of_with_its_deputies_and_forums(story: Story) -> None:
    await story.says("pol.VB", "who lst.tib", "direct")

    assert story.told_last("pol.VB") == (
        "Duty officer, Länsstyrelsen Mälarvik: lst.TIB 1.\n"
        "Deputies: lst.TIB 2 and lst.TIB 3.\n"
        "Seats in: VSK, ASK and TIBG."
    )


async def test_a_miss_is_answered_with_the_nearest(story: Story) -> None:
    await story.says("pol.VB", "!vem lst.TIP")

    assert "Det finns ingen funktion som heter ”lst.\u2060TIP”." in story.said_last()
    assert "lst.TIB" in story.said_last()


async def test_in_a_direct_room_it_asks_which_forum(story: Story) -> None:
    await story.says("lst.TIB", "vem", "direct")

    assert story.told_last("lst.TIB").startswith("Vilket forum gäller det?")
