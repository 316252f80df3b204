"""Mail to a real server: taken, refused, put off, cut, and never in clear."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace

from bot.domain.model import DispatchState
from bot.ways.mail import Mail, MailServer
from bot.ways.outcome import DELIVERED, Outcome, failed, later
from tests.ways.conftest import TEXT, Certificate, Post, Posts, dispatch


def server(post: Post, **other: object) -> MailServer:
    plain = MailServer("localhost", post.port, "samverkan@malarvik.example", "none")
    return replace(plain, **other)  # type: ignore[arg-type]


async def carry(mail: MailServer, steps: list[str] | None = None) -> Outcome:
    async def begun() -> None:
        if steps is not None:
            steps.append("begun")

    return await Mail(mail).carry(dispatch(), begun)


async def test_a_mail_says_all_in_plain_text_under_the_id_of_its_letter(posts: Posts) -> None:
    post = await posts.open(Post())

    assert await carry(server(post)) == DELIVERED

    [taken] = post.taken
    assert (taken.mail_from, taken.rcpt_tos) == (
        "samverkan@malarvik.example",
        ["tib@rosvik.example"],
    )
    assert isinstance(taken.content, bytes)
    message = email.message_from_bytes(taken.content, policy=email.policy.default)
    assert message["Subject"] == "[SKARPT LÄGE] Kallelse"
    assert message["Message-ID"] == f"<{1:032x}@malarvik.example>"
    assert message["Date"] == "Tue, 03 Nov 2026 14:54:00 +0000"
    assert message.get_content_type() == "text/plain"
    assert message.get_content().replace("\r\n", "\n") == TEXT


async def test_a_heading_of_several_lines_adds_no_line_to_the_head(posts: Posts) -> None:
    post = await posts.open(Post())
    forged = {"subject": "Kallelse\r\nBcc: @everybody", "text": "x", "data": {}}

    async def begun() -> None:
        pass

    outcome = await Mail(server(post)).carry(dispatch(content=forged), begun)

    assert outcome == DELIVERED
    content = post.taken[0].content
    assert isinstance(content, bytes)
    assert b"\r\nBcc" not in content


async def test_over_tls_with_a_password(posts: Posts, certificate: Certificate) -> None:
    post = Post()
    await posts.open(
        post, tls_context=certificate.served(), require_starttls=True, auth_required=True,
        authenticator=post.log_in,
    )  # fmt: skip
    trusting = server(
        post, security="starttls", trust=str(certificate.chain), user="samverkan",
        password=lambda: "open sesame",
    )  # fmt: skip

    assert await carry(trusting) == DELIVERED
    assert await carry(replace(trusting, password=lambda: "wrong")) == failed("login")

    assert (len(post.taken), set(post.logins)) == (1, {b"samverkan"})


async def test_over_tls_from_the_first_byte(posts: Posts, certificate: Certificate) -> None:
    post = await posts.open(Post(), implicit=certificate.served())
    trusting = server(post, security="tls", trust=str(certificate.chain))

    assert await carry(trusting) == DELIVERED
    assert await carry(replace(trusting, trust=None)) == later("tls")


async def test_nothing_goes_in_clear_where_it_was_to_be_encrypted(
    posts: Posts, certificate: Certificate
) -> None:
    without, strange = await posts.open(Post()), Post()
    await posts.open(strange, tls_context=certificate.served())
    steps: list[str] = []

    assert await carry(server(without, security="starttls"), steps) == later("tls")
    assert await carry(server(strange, security="starttls"), steps) == later("tls")

    assert (steps, without.tried, strange.tried) == ([], 0, 0)


async def test_a_server_that_asks_to_come_again_is_come_to_again(posts: Posts) -> None:
    post = await posts.open(Post(says=["451 4.7.1 greylisted"]))

    assert await carry(server(post)) == later("later")
    assert await carry(server(post)) == DELIVERED

    assert len(post.taken) == 1


async def test_a_no_is_a_no(posts: Posts) -> None:
    steps: list[str] = []
    unknown = await posts.open(Post(says=["550 5.1.1 no such mailbox"]))
    full = await posts.open(Post(after_data="552 too much"))
    busy = await posts.open(Post(after_data="452 not now"))

    assert await carry(server(unknown), steps) == failed("refused")
    assert steps == []
    assert await carry(server(full)) == failed("refused")
    assert await carry(server(busy)) == later("later")


async def test_cut_off_while_it_was_handed_over_it_is_unknown(posts: Posts) -> None:
    post = await posts.open(Post(cuts=True))
    steps: list[str] = []

    outcome = await carry(server(post), steps)

    assert outcome == Outcome(DispatchState.UNKNOWN, "cut")
    assert not outcome.again
    assert (steps, len(post.taken)) == (["begun"], 1)


async def test_a_server_that_is_not_there_is_tried_again(posts: Posts) -> None:
    post = await posts.open(Post())
    await posts.close()

    assert await carry(server(post)) == later("unreachable")
