"""E-mail over SMTP (RFC 5321), through the operator's own relay or a provider's.

Plain text only: a notice says that something happened and where, never what.
"""

import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Protocol

import aiosmtplib

from miniprogram_api.errors import MailError, TransportError
from miniprogram_api.settings import MailConfig


class Mailer(Protocol):
    """What the product needs of a way to send e-mail."""

    async def send(self, to: str, subject: str, text: str) -> str:
        """Hand one message over; its Message-ID. Raises ``MailError``/``TransportError``."""
        ...


class SmtpMailer:
    """``Mailer`` over SMTP, one connection a message: notices by e-mail are the last resort and rare."""

    def __init__(self, config: MailConfig) -> None:
        self._config = config

    async def send(self, to: str, subject: str, text: str) -> str:
        config, message = self._config, self._message(to, subject, text)
        try:
            await aiosmtplib.send(
                message,
                hostname=config.host,
                port=config.port,
                username=config.user,
                password=config.password,
                timeout=config.timeout,
                use_tls=config.security == "tls",
                start_tls=config.security == "starttls",
                tls_context=ssl.create_default_context() if config.security != "none" else None,
            )
        except (aiosmtplib.SMTPConnectError, aiosmtplib.SMTPConnectTimeoutError) as fault:
            raise TransportError("smtp", "connect_failed", sent=False) from fault
        except aiosmtplib.SMTPRecipientsRefused as fault:
            raise _refused(fault.recipients[0].code, "bad_address") from fault
        except aiosmtplib.SMTPAuthenticationError as fault:
            raise _refused(fault.code, "misconfigured") from fault
        except aiosmtplib.SMTPResponseException as fault:
            raise _refused(fault.code, "refused") from fault
        except (aiosmtplib.SMTPException, OSError) as fault:
            raise TransportError("smtp", "connection_closed", sent=True) from fault
        return str(message["Message-ID"])

    def _message(self, to: str, subject: str, text: str) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._config.sender
        message["To"] = to
        message["Subject"] = subject
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain=self._config.sender.rpartition("@")[2])
        # RFC 3834: no auto-reply may come back to a machine.
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        return message


def _refused(code: int, reason: str) -> MailError:
    """RFC 5321, 4.2.1: 4yz may succeed later, 5yz will not."""
    return MailError(code, reason, retryable=400 <= code < 500)
