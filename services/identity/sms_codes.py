"""Codes by SMS: six digits, five minutes, single use; sends and attempts are limited (ruling 18).

Only an HMAC of the code is stored, bound to the number. The limits protect three: whoever owns the number (from
being flooded), whoever pays for the messages, and the account (from guessing: five tries a code and ten codes a
day leave one chance in 20,000).
"""

import hmac
import logging
import secrets
from dataclasses import dataclass
from datetime import timedelta

from pymongo import ReturnDocument

from miniprogram_api.errors import SmsError, TransportError, VendorError
from miniprogram_api.sms import SmsSender, number_e164
from services.clock import Clock, utc_now
from services.errors import Problem
from services.identity.counters import Counters, Tally, Window
from services.keys import BlindIndex
from services.storage.database import Database

log = logging.getLogger("casespace.sign_in")

LIFETIME = timedelta(minutes=5)
ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class SmsLimits:
    """Many phones share one address behind a carrier's NAT, so an address may do much more than a number."""

    phone: tuple[Window, ...] = (Window(3, 600), Window(10, 86_400))
    address: tuple[Window, ...] = (Window(60, 600), Window(500, 86_400))
    wrong: tuple[Window, ...] = (Window(60, 600), Window(300, 86_400))  # wrong codes from one address


class SmsCodes:
    def __init__(
        self,
        database: Database,
        sender: SmsSender,
        template_id: str,
        index: BlindIndex,
        counters: Counters,
        limits: SmsLimits | None = None,
        clock: Clock = utc_now,
    ) -> None:
        """``template_id``: the provider's template with two parameters, the code and its minutes."""
        self._db = database
        self._sender = sender
        self._template = template_id
        self._index = index
        self._counters = counters
        self._limits = limits or SmsLimits()
        self._clock = clock

    async def send(self, phone: str, address: str) -> None:
        """Send a fresh code to ``phone`` (11 digits); an earlier one ends.

        Raises ``auth.too_many_attempts``, ``request.invalid`` (no such number), ``provider.unavailable``.
        """
        who = self._index.lookup("phone", phone)
        taken = await self._counters.take(
            [Tally(f"sms:phone:{who}", window) for window in self._limits.phone]
            + [Tally(f"sms:address:{self._place(address)}", window) for window in self._limits.address]
        )
        code = f"{secrets.randbelow(1_000_000):06d}"
        now = self._clock()
        await self._db.sms_codes.replace_one(
            {"_id": who},
            {
                "schema_version": 1,
                "code_hash": self._hash(phone, code),
                "attempts": 0,
                "sent_at": now,
                "expires_at": now + LIFETIME,
            },
            upsert=True,
        )
        minutes = str(int(LIFETIME.total_seconds() // 60))
        try:
            await self._sender.send(number_e164(phone), self._template, [code, minutes])
        except VendorError as fault:
            if isinstance(fault, SmsError) or (isinstance(fault, TransportError) and not fault.sent):
                await self._counters.give_back(taken)  # certainly no message went out
            raise _problem(fault) from None

    async def check(self, phone: str, code: str, address: str) -> None:
        """Use the code up, or raise ``auth.sms_code_invalid`` or ``auth.too_many_attempts``."""
        name = f"sms:wrong:{self._place(address)}"
        taken = await self._counters.take([Tally(name, window) for window in self._limits.wrong])
        who, now = self._index.lookup("phone", phone), self._clock()
        # Counted before it is looked at: tries sent at the same time cannot share one count.
        stored = await self._db.sms_codes.find_one_and_update(
            {"_id": who, "expires_at": {"$gt": now}}, {"$inc": {"attempts": 1}}, return_document=ReturnDocument.AFTER
        )
        if stored is None:
            raise Problem("auth.sms_code_invalid")
        if stored["attempts"] > ATTEMPTS:
            raise Problem("auth.too_many_attempts", "验证码错误次数过多，请重新获取验证码")
        if not hmac.compare_digest(stored["code_hash"], self._hash(phone, code)):
            raise Problem("auth.sms_code_invalid")
        used = await self._db.sms_codes.delete_one({"_id": who, "code_hash": stored["code_hash"]})
        if used.deleted_count != 1:  # the same code in another request was faster
            raise Problem("auth.sms_code_invalid")
        await self._counters.give_back(taken)

    def _hash(self, phone: str, code: str) -> str:
        return self._index.lookup("sms_code", f"{phone}:{code}")

    def _place(self, address: str) -> str:
        return self._index.lookup("address", address)


def _problem(fault: VendorError) -> Problem:
    if isinstance(fault, SmsError):
        if fault.reason == "rate_limited":
            return Problem("auth.too_many_attempts", retry_after=60)
        if fault.reason == "bad_number":
            message = "手机号无法接收短信"
            return Problem("request.invalid", message, errors=[{"field": "phone", "message": message}])
        if not fault.retryable:
            log.error("the sms provider refuses a code", extra={"alarm": "sms_codes", "code": fault.code})
    return Problem("provider.unavailable", retry_after=3)
