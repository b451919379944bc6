"""What goes out by customer-service message, SMS, e-mail and voice call: that something happened, never what.

Texts are fitted to each provider's limits before anything is sent.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from miniprogram_api.customer import NOT_ALLOWED, window_fault
from miniprogram_api.errors import SmsError, TransportError, WeChatError
from miniprogram_api.mail import Mailer
from miniprogram_api.sms import SmsSender, number_e164
from miniprogram_api.voice_calls import VoiceCaller
from schemas.documents.ledgers import NoticeDocument
from services.notices.customer_windows import CustomerWindows
from services.notices.ways import UnreachableError, perhaps_sent

Lookup = Callable[[str], Awaitable[str | None]]  # user id → address of that kind
_PARAM = 12  # characters of an SMS parameter that every account may send
_UNKNOWN_USER = 40003


class CustomerSender(Protocol):
    """The part of ``miniprogram_api.customer.CustomerMessages`` that is needed here."""

    async def send_text(self, openid: str, text: str) -> None: ...


class ByCustomerMessage:
    """While the person's customer-service window is open; asking WeChat about a closed one would cost a call each."""

    def __init__(self, sender: CustomerSender, windows: CustomerWindows, openid_of: Lookup) -> None:
        self._sender = sender
        self._windows = windows
        self._openid_of = openid_of

    async def carry(self, notice: NoticeDocument) -> str | None:
        openid = await self._openid_of(notice["user_id"])
        if openid is None:
            raise UnreachableError("no_openid")
        taken = await self._windows.take(notice["user_id"])
        if taken is None:
            raise UnreachableError("window_closed")
        try:
            await self._sender.send_text(openid, f"【{_title(notice)}】{notice['text']}")
        except TransportError as fault:
            if not perhaps_sent(fault):
                await self._windows.give_back(notice["user_id"], taken)
            raise
        except WeChatError as fault:
            if window_fault(fault) is not None:
                await self._windows.close(notice["user_id"])
                raise UnreachableError(f"window_{window_fault(fault)}") from None
            await self._windows.give_back(notice["user_id"], taken)
            if fault.errcode == _UNKNOWN_USER:
                raise UnreachableError("unknown_openid") from None
            if fault.errcode == NOT_ALLOWED:
                raise UnreachableError("not_allowed") from None
            raise
        return None


class BySms:
    def __init__(self, sender: SmsSender, templates: Mapping[str, str], phone_of: Lookup) -> None:
        """``templates`` must have ``notice``, with one parameter."""
        self._sender = sender
        self._template = templates["notice"]
        self._phone_of = phone_of

    async def carry(self, notice: NoticeDocument) -> str | None:
        phone = await self._phone_of(notice["user_id"])
        if phone is None:
            raise UnreachableError("no_phone")
        try:
            receipt = await self._sender.send(number_e164(phone), self._template, [_title(notice)[:_PARAM]])
        except SmsError as fault:
            raise _phone_fault(fault) from None
        return receipt.serial


class ByCall:
    def __init__(self, caller: VoiceCaller, templates: Mapping[str, str], phone_of: Lookup) -> None:
        """``templates`` must have ``notice``, with one parameter."""
        self._caller = caller
        self._template = templates["notice"]
        self._phone_of = phone_of

    async def carry(self, notice: NoticeDocument) -> str | None:
        phone = await self._phone_of(notice["user_id"])
        if phone is None:
            raise UnreachableError("no_phone")
        try:
            return await self._caller.call(number_e164(phone), self._template, [_title(notice)[:_PARAM]])
        except SmsError as fault:
            raise _phone_fault(fault) from None


class ByMail:
    def __init__(self, mailer: Mailer, address_of: Lookup, site: str) -> None:
        """``site``: the address of the web client, to which links are added."""
        self._mailer = mailer
        self._address_of = address_of
        self._site = site.rstrip("/")

    async def carry(self, notice: NoticeDocument) -> str | None:
        address = await self._address_of(notice["user_id"])
        if address is None:
            raise UnreachableError("no_email")
        text = f"{notice['text']}\n\n{self._site}{notice['link']}\n\n案件空间"
        return await self._mailer.send(address, f"案件空间：{_title(notice)}", text)


def _title(notice: NoticeDocument) -> str:
    """One line; says how many it stands for."""
    title = " ".join(notice["title"].split())
    return f"{title}等{notice['gathers']}条" if "gathers" in notice else title


def _phone_fault(fault: SmsError) -> Exception:
    """A number that does not exist, or has had enough today, is no matter of trying again."""
    return UnreachableError(fault.reason) if fault.reason in ("bad_number", "rate_limited") else fault
