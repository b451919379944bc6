"""What can go wrong outside, as facts with stable codes.

No message built here contains a secret, a token, an openid or a phone number: errors travel into logs and
work items. Vendors quote input in their free texts now and then, so those texts stay in attributes and out of
``str()``.
"""

import re

_RID = re.compile(r"rid:\s*([0-9A-Za-z_-]{1,80})")
_FIELD = re.compile(r"data\.([a-z_]+\d*)")


class VendorError(Exception):
    """A call to a vendor failed.

    ``code`` is stable (``wechat.40029``, ``pay.ORDER_NOT_EXIST``, ``sms.LimitExceeded``, ``transport.timeout``).
    ``retryable`` says that the same call may succeed later; ``transient`` that it may succeed at once, which is
    what the HTTP client asks before it repeats an idempotent call. ``rid`` is the vendor's request id, or "".
    """

    def __init__(self, code: str, text: str, *, retryable: bool, transient: bool = False, rid: str = "") -> None:
        super().__init__(f"{code}: {text}" + (f" (rid {rid})" if rid else ""))
        self.code = code
        self.retryable = retryable
        self.transient = transient
        self.rid = rid


class TransportError(VendorError):
    """No usable answer came back from ``api``.

    ``reason``: ``connect_failed``, ``connect_timeout``, ``timeout``, ``connection_closed``, ``bad_answer``.
    ``sent`` is False when the request certainly never reached the vendor, so that nothing can have happened.
    """

    def __init__(self, api: str, reason: str, *, sent: bool) -> None:
        super().__init__(f"transport.{reason}", api, retryable=True, transient=True)
        self.api = api
        self.reason = reason
        self.sent = sent


class WeChatError(VendorError):
    """WeChat answered with an ``errcode`` other than 0. ``errmsg`` is the vendor's text: do not log it."""

    def __init__(self, api: str, errcode: int, errmsg: str, retryable: bool) -> None:
        found = _RID.search(errmsg)
        rid = found.group(1) if found else ""
        super().__init__(f"wechat.{errcode}", api, retryable=retryable, transient=errcode == -1, rid=rid)
        self.api = api
        self.errcode = errcode
        self.errmsg = errmsg

    @property
    def field(self) -> str:
        """The template field that a 47003 complains about (``thing1``), or ""."""
        found = _FIELD.search(self.errmsg) if self.errcode == 47003 else None
        return found.group(1) if found else ""


# WeChat Pay's documents spell a few codes in two ways; callers branch on one reason.
_PAY_REASONS = {
    "ORDER_NOT_EXIST": "order_not_found",
    "ORDERNOTEXIST": "order_not_found",
    "RESOURCE_NOT_EXISTS": "refund_not_found",
    "NOT_FOUND": "not_found",
    "ALREADY_EXISTS": "number_used",
    "NO_STATEMENT_EXIST": "no_statement",
    "STATEMENT_CREATING": "statement_pending",
    "RULE_LIMIT": "rule_limit",
    "ORDERPAID": "order_paid",
    "ORDER_PAID": "order_paid",
    "ORDER_CLOSED": "order_closed",
    "ORDERCLOSED": "order_closed",
    "OUT_TRADE_NO_USED": "number_used",
    "NOT_ENOUGH": "not_enough",
    "FREQUENCY_LIMITED": "rate_limited",
    "FREQUENCY_LIMIT_EXCEED": "rate_limited",
    "RATELIMIT_EXCEEDED": "rate_limited",
    "SIGN_ERROR": "signature_refused",
    "SIGNATURE_INVALID": "answer_unverified",
    "SYSTEM_ERROR": "unavailable",
    "BANK_ERROR": "unavailable",
}


class PayError(VendorError):
    """WeChat Pay refused (``status`` is the HTTP status, ``message`` its text: do not log it).

    ``reason`` is one of ``order_not_found, refund_not_found, not_found, order_paid, order_closed, number_used,
    not_enough, rule_limit, no_statement, statement_pending, rate_limited, signature_refused, answer_unverified,
    unavailable, refused``. ``verified`` is False when the refusal carried no signature: then it must not change
    the state of any money. ``api`` is the call's name in logs.
    """

    def __init__(
        self,
        code: str,
        status: int,
        message: str,
        retryable: bool,
        *,
        verified: bool = False,
        rid: str = "",
        api: str = "",
    ) -> None:
        # For an unproven answer the message is our own reason (unknown_serial, stale …), which operators must see.
        why = f" ({message})" if code == "SIGNATURE_INVALID" else ""
        super().__init__(
            f"pay.{code}",
            f"HTTP {status}{why}",
            retryable=retryable,
            # Both mean "later", not "again at once".
            transient=retryable and status not in (400, 429),
            rid=rid,
        )
        self.pay_code = code
        self.status = status
        self.message = message
        self.verified = verified
        self.api = api

    @property
    def reason(self) -> str:
        if self.pay_code == "INVALID_REQUEST" and "已支付" in self.message:
            return "order_paid"
        if self.status >= 500:
            return "unavailable"
        if self.pay_code == "RESOURCE_NOT_EXISTS" and self.api and not self.api.startswith("refund"):
            # The vendor uses one code for whatever is missing; only refunds have a reason of their own.
            return "not_found"
        return _PAY_REASONS.get(self.pay_code, "refused")

    @property
    def signature_fault(self) -> str:
        """Why the answer could not be proven (``unknown_serial``, ``expired_serial``, ``stale`` …), or ""."""
        return self.message if self.pay_code == "SIGNATURE_INVALID" else ""


class BillError(VendorError):
    """A bill was fetched but cannot be trusted or read; nothing of it may be booked.

    ``reason``: ``hash_mismatch, too_large, undecodable, no_columns, bad_row, bad_amount, no_summary,
    summary_mismatch``. ``where`` names the line or the summary's column, never a value. A damaged download may
    heal when it is repeated; a bill that contradicts itself is for a person to look at.
    """

    def __init__(self, reason: str, where: str = "") -> None:
        super().__init__(f"bill.{reason}", where or "bill", retryable=reason in ("hash_mismatch", "undecodable"))
        self.reason = reason
        self.where = where


class SmsError(VendorError):
    """The SMS provider refused.

    ``reason``: ``rate_limited`` (this number or this account has had enough), ``bad_number``, ``refused``
    (content, template or signature), ``misconfigured`` (keys, rights), ``unavailable``.
    """

    def __init__(self, vendor_code: str, reason: str, *, retryable: bool, rid: str = "") -> None:
        super().__init__(f"sms.{vendor_code}", reason, retryable=retryable, transient=reason == "unavailable", rid=rid)
        self.vendor_code = vendor_code
        self.reason = reason


class IdentityCheckError(VendorError):
    """The identity provider gave no answer about a person or a company.

    ``reason``: ``rate_limited``, ``unavailable`` (or its register is), ``misconfigured`` (keys, rights, money),
    ``refused`` (the request itself).
    """

    def __init__(self, vendor_code: str, reason: str, *, retryable: bool, rid: str = "") -> None:
        super().__init__(f"identity.{vendor_code}", reason, retryable=retryable, rid=rid)
        self.vendor_code = vendor_code
        self.reason = reason


class MailError(VendorError):
    """The mail server refused. ``status`` is its reply code (RFC 5321).

    ``reason``: ``bad_address``, ``misconfigured`` (user, password), ``refused`` (anything else).
    """

    def __init__(self, status: int, reason: str, *, retryable: bool) -> None:
        super().__init__(f"mail.{status}", reason, retryable=retryable)
        self.status = status
        self.reason = reason


class NotificationRejected(Exception):  # noqa: N818 - reads as the fact it states
    """A call-back is not what it claims to be; ``reason`` is stable and safe to log and to count.

    Reasons: ``missing_header, probe, bad_timestamp, stale, unknown_serial, expired_serial, bad_signature, bad_json,
    unexpected_event, bad_algorithm, undecryptable, bad_resource, wrong_mchid, wrong_appid``.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class PushError(NotificationRejected):
    """The same for WeChat's message push: ``missing_parameter, bad_signature, bad_body, undecryptable``."""
