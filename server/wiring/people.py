"""Who people are: sign-in, sessions, accounts, staff."""

from dataclasses import dataclass
from datetime import timedelta

from miniprogram_api.sms import TencentSmsSender
from server.setting_values import decode_keys
from server.wiring.core import Core
from server.wiring.notices import sms_config
from services.identity.accounts import Accounts
from services.identity.counters import Counters
from services.identity.directory import Directory
from services.identity.passwords import Passwords
from services.identity.people import People
from services.identity.phone_binding import PhoneBinding
from services.identity.sessions import Sessions
from services.identity.sign_in import SignIn
from services.identity.sms_codes import SmsCodes, SmsLimits
from services.identity.staff import Staff
from services.identity.tokens import TokenSigner
from services.identity.wechat_codes import WeChatCodes


@dataclass(frozen=True, slots=True)
class Identity:
    sessions: Sessions
    sign_in: SignIn
    accounts: Accounts
    staff: Staff
    directory: Directory


def build_identity(core: Core) -> Identity:
    settings, database, clock = core.settings, core.database, core.clock
    people = People(database, core.vault, core.index, clock)
    counters = Counters(database, clock)
    signer = TokenSigner(
        keys=decode_keys(settings.token_keys), lifetime=timedelta(minutes=settings.access_token_minutes)
    )
    sessions = Sessions(
        database,
        core.vault,
        core.index,
        people,
        signer,
        core.audit,
        core.publisher,
        refresh_lifetime=timedelta(days=settings.refresh_token_days),
        clock=clock,
    )
    codes = WeChatCodes(core.wechat)
    sms = SmsCodes(
        database,
        TencentSmsSender(sms_config(settings), core.http),
        settings.sms_templates["login"],
        core.index,
        counters,
        SmsLimits() if settings.rate_limits else SmsLimits(phone=(), address=(), wrong=()),
        clock,
    )
    passwords = Passwords()
    binding = PhoneBinding(database, people, sessions, core.audit, clock)
    return Identity(
        sessions=sessions,
        sign_in=SignIn(database, people, sessions, codes, sms, passwords, counters, core.audit, clock),
        accounts=Accounts(database, people, binding, codes, sms, core.audit, core.outbox, clock),
        staff=Staff(database, people, passwords, sessions, core.audit, core.outbox, clock),
        directory=Directory(database, people, core.audit),
    )
