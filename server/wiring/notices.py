"""Notices: in the app, through WeChat, and for those who are away."""

from dataclasses import dataclass
from datetime import timedelta

from miniprogram_api.push import PushCodec
from miniprogram_api.settings import PushConfig
from server.wiring.core import Core
from services.identity.accounts import Accounts
from services.notices.attention import Attention
from services.notices.notices import Notices
from services.notices.pushes import Pushes
from services.notices.subscription_messages import SubscriptionMessages
from services.notices.subscriptions import Subscriptions
from services.spaces.mentions import Mentions


@dataclass(frozen=True, slots=True)
class Telling:
    notices: Notices
    subscriptions: Subscriptions
    messages: SubscriptionMessages
    pushes: Pushes
    attention: Attention
    mentions: Mentions


def build_telling(core: Core, accounts: Accounts) -> Telling:
    settings, database, clock = core.settings, core.database, core.clock
    templates = settings.wechat_templates
    notices = Notices(database, core.outbox, core.publisher, core.audit, templates, clock)
    subscriptions = Subscriptions(database, core.audit, templates, clock)
    messages = SubscriptionMessages(
        database, core.outbox, subscriptions, core.wechat, accounts.openid_of, core.audit, clock
    )
    codec = PushCodec(
        PushConfig(
            settings.wechat_appid,
            settings.wechat_push_token.get_secret_value(),
            settings.wechat_push_aes_key.get_secret_value(),
        )
    )
    return Telling(
        notices=notices,
        subscriptions=subscriptions,
        messages=messages,
        pushes=Pushes(database, codec, subscriptions, messages, accounts.user_of_openid, clock),
        attention=Attention(database, notices, core.publisher, timedelta(seconds=settings.notify_after_seconds), clock),
        mentions=Mentions(database, notices, clock),
    )
