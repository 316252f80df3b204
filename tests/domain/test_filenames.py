"""A file's name: taken by every system, and misleading nobody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.filenames import LONGEST, file_name


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Sammanfattning v. 42 VSK", "Sammanfattning v. 42 VSK.pdf"),
        ("../../etc/passwd", "etc passwd.pdf"),
        ("a\u202efdp.exe", "a fdp.exe.pdf"),
        ('kl. 10:00 <"?*|>', "kl. 10 00.pdf"),
        ("rad\nett\x00två", "rad ett två.pdf"),
        ("  . ", "samverkan.pdf"),
        ("a\u030alvåg", "ålvåg.pdf"),
    ],
)
def test_a_name_is_its_words_without_what_is_no_part_of_a_name(words: str, name: str) -> None:
    assert file_name(words, "pdf") == name


@given(st.text(max_size=400))
def test_any_words_make_a_name(words: str) -> None:
    name = file_name(words, "pdf")

    assert name.endswith(".pdf")
    assert len(name.encode()) <= LONGEST + len(".pdf")
    assert not set(name) & set('/\\:*?"<>|\n\r\t\x00')
