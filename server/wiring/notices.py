"""Notices: in the app, by the ways outside, and for those who are away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from miniprogram_api.customer import CustomerMessages
from miniprogram_api.mail import Mailer, SmtpMailer
from miniprogram_api.push import PushCodec
from miniprogram_api.settings import MailConfig, PushConfig, TencentSmsConfig, TencentVoiceConfig
from miniprogram_api.sms import TencentSmsSender, number_e164
from miniprogram_api.sms_reports import TencentSmsReports
from miniprogram_api.voice_calls import TencentVoiceCaller
from schemas.enums import NoticeChannel
from server.settings import Settings
from server.wiring.core import Core
from services.identity.accounts import Accounts
from services.notices.attention import Attention
from services.notices.bursts import Bursts
from services.notices.carriers import ByCall, ByCustomerMessage, ByMail, BySms
from services.notices.customer_windows import CustomerWindows
from services.notices.deliveries import Deliveries
from services.notices.delivery_reports import Ask, DeliveryReports
from services.notices.mailboxes import Mailboxes
from services.notices.notice_statistics import NoticeStatistics
from services.notices.notices import Notices
from services.notices.pushes import Listener, Pushes
from services.notices.reach import Reach
from services.notices.subscription_messages import SubscriptionMessages
from services.notices.subscriptions import Subscriptions
from services.notices.tracks import Tracks
from services.notices.ways import Carrier, OneShot, Way
from services.notices.wishes import Wishes
from services.spaces.mentions import Mentions


@dataclass(frozen=True, slots=True)
class Telling:
    notices: Notices
    subscriptions: Subscriptions
    messages: SubscriptionMessages
    deliveries: Deliveries
    windows: CustomerWindows
    wishes: Wishes
    mailboxes: Mailboxes
    reach: Reach
    statistics: NoticeStatistics
    reports: DeliveryReports
    attention: Attention
    mentions: Mentions


def build_telling(core: Core, accounts: Accounts) -> Telling:
    settings, database, clock = core.settings, core.database, core.clock
    templates = settings.wechat_templates
    subscriptions = Subscriptions(database, core.audit, templates, clock)
    tracks = Tracks(database, core.audit, clock, core.tally_notice)
    messages = SubscriptionMessages(
        database, core.outbox, subscriptions, core.wechat, accounts.openid_of, tracks, clock
    )
    wishes, windows = Wishes(database, core.audit, clock), CustomerWindows(database, clock)
    mailer = _mailer(settings)
    mailboxes = Mailboxes(database, core.vault, core.index, mailer, core.audit, clock)
    carriers = _carriers(core, accounts, windows, mailboxes, mailer)
    ways: dict[NoticeChannel, Way] = {
        channel: OneShot(channel, carrier, tracks) for channel, carrier in carriers.items()
    }
    notices = Notices(database, core.outbox, core.publisher, core.audit, templates, clock, list(ways))
    ways[NoticeChannel.WECHAT] = messages
    return Telling(
        notices=notices,
        subscriptions=subscriptions,
        messages=messages,
        deliveries=Deliveries(database, core.outbox, ways, wishes, Bursts(database, core.audit, clock), tracks, clock),
        reports=DeliveryReports(
            database,
            tracks,
            wishes,
            list(ways),
            core.work_items,
            core.outbox,
            settings.sms_report_token.get_secret_value() if settings.sms_report_token else None,
            clock,
            core.tally_notice,
            sources=settings.sms_report_sources,
            ask=_asker(core, accounts) if settings.sms_report_checks else None,
        ),
        windows=windows,
        wishes=wishes,
        mailboxes=mailboxes,
        reach=Reach(database, core.spaces, subscriptions, windows, wishes, core.audit),
        statistics=NoticeStatistics(database, clock),
        attention=Attention(database, notices, core.publisher, timedelta(seconds=settings.notify_after_seconds), clock),
        mentions=Mentions(database, notices, clock),
    )


def _asker(core: Core, accounts: Accounts) -> Ask:
    """Asks the provider what became of an SMS."""
    provider = TencentSmsReports(sms_config(core.settings), core.http)

    async def ask(user_id: str, number: str, since: datetime) -> bool | None:
        phone = await accounts.phone_of(user_id)
        return await provider.arrived(number_e164(phone), number, since) if phone is not None else None

    return ask


def _carriers(
    core: Core, accounts: Accounts, windows: CustomerWindows, mailboxes: Mailboxes, mailer: Mailer | None
) -> dict[NoticeChannel, Carrier]:
    """What this deployment has beside WeChat's subscription messages."""
    settings = core.settings
    customer = CustomerMessages(core.wechat.door)
    carriers: dict[NoticeChannel, Carrier] = {
        NoticeChannel.CUSTOMER: ByCustomerMessage(customer, windows, accounts.openid_of)
    }
    if "notice" in settings.sms_templates:
        sms = TencentSmsSender(sms_config(settings), core.http)
        carriers[NoticeChannel.SMS] = BySms(sms, settings.sms_templates, accounts.phone_of)
    if settings.voice_app_id is not None:
        caller = TencentVoiceCaller(_voice_config(settings, settings.voice_app_id), core.http)
        carriers[NoticeChannel.CALL] = ByCall(caller, settings.voice_templates, accounts.phone_of)
    if mailer is not None:
        carriers[NoticeChannel.EMAIL] = ByMail(mailer, mailboxes.address_of, settings.public_url)
    return carriers


def build_pushes(core: Core, accounts: Accounts, telling: Telling, listeners: Sequence[Listener]) -> Pushes:
    """What WeChat tells us by itself; ``listeners`` are the other themes' ears."""
    settings = core.settings
    codec = PushCodec(
        PushConfig(
            settings.wechat_appid,
            settings.wechat_push_token.get_secret_value(),
            settings.wechat_push_aes_key.get_secret_value(),
        )
    )
    return Pushes(
        core.database,
        codec,
        telling.subscriptions,
        telling.messages,
        telling.windows,
        accounts.user_of_openid,
        listeners,
        core.clock,
    )


def _mailer(settings: Settings) -> Mailer | None:
    if settings.smtp_host is None or settings.smtp_sender is None:
        return None
    user, password = settings.smtp_user, settings.smtp_password
    return SmtpMailer(
        MailConfig(
            settings.smtp_host,
            settings.smtp_port,
            settings.smtp_sender,
            user.get_secret_value() if user else None,
            password.get_secret_value() if password else None,
            settings.smtp_security,
        )
    )


def sms_config(settings: Settings) -> TencentSmsConfig:
    """The account at Tencent Cloud, which codes and notices share."""
    return TencentSmsConfig(
        settings.sms_secret_id.get_secret_value(),
        settings.sms_secret_key.get_secret_value(),
        settings.sms_app_id,
        settings.sms_sign_name,
        settings.sms_api_url,
    )


def _voice_config(settings: Settings, app_id: str) -> TencentVoiceConfig:
    return TencentVoiceConfig(
        settings.sms_secret_id.get_secret_value(),
        settings.sms_secret_key.get_secret_value(),
        app_id,
        settings.voice_api_url,
    )
