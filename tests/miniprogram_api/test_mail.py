"""E-mail against a real SMTP server: what arrives, and what each refusal means (J1)."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from miniprogram_api.errors import MailError, TransportError
from miniprogram_api.mail import SmtpMailer
from miniprogram_api.settings import MailConfig
from tests.postbox import Postbox, open_postbox


@pytest_asyncio.fixture
async def postbox() -> AsyncIterator[Postbox]:
    async with open_postbox() as box:
        yield box


def mailer(postbox: Postbox, password: str = "right") -> SmtpMailer:
    config = MailConfig("127.0.0.1", postbox.port, "notice@example.com", "user", password, "none", timeout=5)
    return SmtpMailer(config)


async def test_a_message_arrives_whole(postbox: Postbox) -> None:
    number = await mailer(postbox).send("wang@example.com", "律师已接单", "请打开案件空间查看。")
    (message,) = postbox.arrived
    assert (message["To"], message["From"], message["Subject"]) == (
        "wang@example.com",
        "notice@example.com",
        "律师已接单",
    )
    assert message["Message-ID"] == number
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().strip() == "请打开案件空间查看。"


@pytest.mark.parametrize(
    ("to", "password", "answer", "code", "reason", "retryable"),
    [
        ("nobody@example.com", "right", "250 OK", "mail.550", "bad_address", False),
        ("wang@example.com", "wrong", "250 OK", "mail.535", "misconfigured", False),
        ("wang@example.com", "right", "451 later", "mail.451", "refused", True),
        ("wang@example.com", "right", "554 spam", "mail.554", "refused", False),
    ],
)
async def test_refusals_say_whether_trying_again_helps(
    postbox: Postbox, to: str, password: str, answer: str, code: str, reason: str, retryable: bool
) -> None:
    postbox.answer = answer
    with pytest.raises(MailError) as caught:
        await mailer(postbox, password).send(to, "提醒", "正文")
    assert (caught.value.code, caught.value.reason, caught.value.retryable) == (code, reason, retryable)
    assert "wang" not in str(caught.value)
    assert postbox.arrived == []


async def test_nobody_there_was_certainly_not_sent() -> None:
    with pytest.raises(TransportError) as caught:
        await mailer(Postbox(port=9)).send("wang@example.com", "提醒", "正文")
    assert not caught.value.sent


async def test_a_line_break_in_a_subject_adds_no_header(postbox: Postbox) -> None:
    with pytest.raises(ValueError, match="Header"):
        await mailer(postbox).send("wang@example.com", "提醒\r\nBcc: all@example.com", "正文")
