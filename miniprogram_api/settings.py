"""Frozen configuration of the doors. Secrets are kept out of ``repr`` so that they cannot reach a log."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

MiniprogramState = Literal["developer", "trial", "formal"]


@dataclass(frozen=True)
class WeChatConfig:
    """The mini-program. ``state`` says which version of it a subscription message opens."""

    appid: str
    secret: str = field(repr=False)
    base_url: str = "https://api.weixin.qq.com"
    state: MiniprogramState = "formal"


@dataclass(frozen=True)
class PushConfig:
    """Message push in safe mode: ``token`` signs, ``aes_key`` is the 43-character EncodingAESKey."""

    appid: str
    token: str = field(repr=False)
    aes_key: str = field(repr=False)


@dataclass(frozen=True)
class PayConfig:
    """The merchant at WeChat Pay (API v3).

    ``platform_keys`` maps what ``Wechatpay-Serial`` may name, a certificate's serial number or a
    ``PUB_KEY_ID_…``, to PEM text: a certificate or a public key. Hold both during a key switch.
    ``api_v3_key`` is 32 bytes of ASCII. ``failover_base_url`` None switches fail-over off.
    """

    appid: str
    mchid: str
    merchant_serial: str
    merchant_private_key_pem: str = field(repr=False)
    api_v3_key: str = field(repr=False)
    platform_keys: Mapping[str, str] = field(repr=False)
    base_url: str = "https://api.mch.weixin.qq.com"
    failover_base_url: str | None = "https://api2.mch.weixin.qq.com"


@dataclass(frozen=True)
class TencentSmsConfig:
    """Tencent Cloud SMS. ``app_id`` is the SmsSdkAppId, ``sign_name`` the approved signature (短信签名)."""

    secret_id: str
    secret_key: str = field(repr=False)
    app_id: str
    sign_name: str
    base_url: str = "https://sms.tencentcloudapi.com"
    region: str = "ap-guangzhou"


@dataclass(frozen=True)
class TencentVoiceConfig:
    """Tencent Cloud voice calls (语音消息). ``app_id`` is the VoiceSdkAppid."""

    secret_id: str
    secret_key: str = field(repr=False)
    app_id: str
    base_url: str = "https://vms.tencentcloudapi.com"
    region: str = "ap-guangzhou"


@dataclass(frozen=True)
class TencentIdentityConfig:
    """Tencent Cloud's checks of persons and companies. ``face_rule`` is the RuleId of a face check; None: none."""

    secret_id: str
    secret_key: str = field(repr=False)
    face_rule: str | None = None
    faceid_url: str = "https://faceid.tencentcloudapi.com"
    ocr_url: str = "https://ocr.tencentcloudapi.com"
    region: str = "ap-guangzhou"


@dataclass(frozen=True)
class MailConfig:
    """An SMTP relay. ``security``: ``tls`` from the first byte (port 465), ``starttls`` (587), ``none`` (tests)."""

    host: str
    port: int
    sender: str
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    security: Literal["tls", "starttls", "none"] = "starttls"
    timeout: float = 15.0
