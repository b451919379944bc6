"""Every setting of a process, by theme, with its default and what must hold between several.

A setting ``name`` is the variable ``CASESPACE_NAME``; ``setting_sources.py`` reads them. Secrets are ``SecretStr``:
printing the settings never shows them.
"""

from datetime import date, timedelta
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from server import setting_files
from server.setting_values import (
    COMPANY_API,
    FACEID_API,
    PAY_API,
    PAY_FALLBACK_API,
    SMS_API,
    VENDORS,
    VOICE_API,
    WECHAT_API,
    Days,
    Key,
    Names,
    Networks,
    Pairs,
    Paths,
    StoreUrl,
    Templates,
    decode_key,
    whole_url,
)


class Settings(BaseSettings):
    """What a process is told from outside. See docs/operations.md for the same list as a table."""

    model_config = SettingsConfigDict(
        env_prefix="CASESPACE_",
        env_ignore_empty=True,  # NAME= in a file means "not set", never an empty secret
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    env: Literal["production", "development"] = "production"

    # --- the web server
    http_host: str = "127.0.0.1"
    http_port: int = Field(8000, ge=0, le=65535)
    public_url: str  # what clients and WeChat reach, without a trailing slash
    trusted_proxies: Names = []  # addresses whose X-Forwarded-For is believed
    tls_cert_file: Path | None = None
    tls_key_file: Path | None = None
    web_root: Path = Path(__file__).resolve().parent.parent / "web" / "dist"
    allowed_origins: Names = []  # further browser origins for the socket; the own one is always allowed
    drain_seconds: float = Field(10, ge=0)  # how long a stop waits for running requests
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "text"] = "json"
    log_requests: bool = True
    rate_limits: bool = True
    metrics_token: SecretStr | None = None  # when set, /metrics wants it as a bearer token

    # --- MongoDB, Valkey or Redis
    mongo_uri: SecretStr
    mongo_database: str = Field("casespace", pattern=r"^[A-Za-z0-9_-]{1,40}$")
    redis_url: SecretStr | None = None

    # --- files (any S3 server)
    s3_endpoint: str  # host:port
    s3_secure: bool = True
    s3_region: str = "us-east-1"
    s3_bucket: str = Field("casespace", pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")
    s3_access_key: SecretStr
    s3_secret_key: SecretStr
    s3_second_url: StoreUrl | None = None  # https://KEY:SECRET@host:port/bucket: where recordings lie once more
    s3_public_url: str | None = None  # where clients upload; None: through this server's own origin

    # --- keys; every one can be rotated by putting a new one first
    master_keys: Pairs  # id:base64, wraps the data keys
    index_key: Key  # blind index of phones and openids; cannot be rotated without re-indexing
    token_keys: Pairs  # id:base64, signs access tokens
    record_key_file: Path  # Ed25519 private key (PEM) that signs heads of the record

    # --- what clients agree to before using it (个人信息保护法 13, 17)
    operator_name: str | None = None  # who runs this, as the privacy policy that comes with the product names it
    operator_contact: str | None = None  # and how to reach it: a phone, an address
    privacy_policy_file: Path | None = None  # the operator's own text in place of that
    user_agreement_file: Path | None = None
    terms_demanded: bool = False  # doors refuse clients who have not agreed; the page asks in any case

    # --- papers: receipts and statements
    payee_name: str | None = None  # whom payers pay, as receipts name them; None: the merchant number
    paper_cert_file: Path | None = None  # certificate that seals papers, issuers after it (PEM); None: the record's key
    paper_key_file: Path | None = None

    # --- invoices through WeChat Pay: all three, or finance issues them by hand
    invoice_tax_code: str | None = Field(None, pattern=r"^\d{19}$")  # of the tax classification (税收分类编码)
    invoice_goods_name: str | None = None  # what was sold, as invoices name it
    invoice_tax_rate: int | None = Field(None, ge=0, le=1700)  # hundredths of a per cent

    # --- time stamps on the record (RFC 3161): both or neither
    tsa_url: str | None = None
    tsa_cert_file: Path | None = None  # the authority's root certificate, with intermediates if any (PEM)

    # --- WeChat
    wechat_api_url: str = WECHAT_API
    wechat_appid: str = Field(pattern=r"^wx[0-9a-f]{16}$")
    wechat_secret: SecretStr
    wechat_push_token: SecretStr
    wechat_push_aes_key: SecretStr = Field(min_length=43, max_length=43)
    wechat_templates: Templates = {}
    wechat_program_state: Literal["developer", "trial", "formal"] = "formal"

    # --- WeChat Pay
    pay_api_url: str = PAY_API
    pay_fallback_api_url: str | None = PAY_FALLBACK_API
    pay_mchid: str = Field(pattern=r"^\d{8,10}$")
    pay_merchant_serial: str = Field(pattern=r"^[0-9A-Fa-f]{16,64}$")
    pay_private_key_file: Path
    pay_api_v3_key: SecretStr = Field(min_length=32, max_length=32)
    pay_platform_keys: Paths  # serial or PUB_KEY_ID_…: path of the certificate or public key (PEM)
    pay_query_after_seconds: float = Field(60, gt=0)  # ask WeChat when no notification came
    pay_lapse_minutes: int = Field(30, ge=1, le=120)
    pay_profit_sharing: bool = False  # open payments for sharing with the firms (frozen until then, 30 days at most)
    pay_sharing_percent: int = Field(30, ge=1, le=100)  # the most of a payment that may be shared, as WeChat agreed
    bills_hour: int = Field(10, ge=10, le=22)  # of the day in China, from which yesterday is compared with its bills
    pay_shipping: Literal["auto", "on", "off"] = "auto"  # report deliveries, without which WeChat may freeze money

    # --- SMS (Tencent Cloud)
    sms_api_url: str = SMS_API
    sms_secret_id: SecretStr
    sms_secret_key: SecretStr
    sms_app_id: str
    sms_sign_name: str
    sms_templates: Templates
    sms_report_token: SecretStr | None = Field(None, min_length=16, max_length=128)  # ends the address of reports
    sms_report_sources: Networks = []  # addresses and networks that reports are taken from; none: from anywhere
    sms_report_checks: bool = False  # what a report of an SMS says is asked of the provider before it is believed

    # --- voice calls (Tencent Cloud, under the same account as SMS) and e-mail: further channels of notices
    voice_api_url: str = VOICE_API
    voice_app_id: str | None = None  # None: nobody is rung
    voice_templates: Templates = {}
    smtp_host: str | None = None  # None: no e-mail
    smtp_port: int = Field(587, ge=1, le=65535)
    smtp_security: Literal["tls", "starttls", "none"] = "starttls"
    smtp_user: SecretStr | None = None
    smtp_password: SecretStr | None = None
    smtp_sender: str | None = Field(None, pattern=r"^[^@\s]+@[^@\s]+$")

    # --- speech recognition for drafts of minutes, by a service with OpenAI's transcription API; None: none
    speech_url: str | None = Field(None, pattern=r"^https?://[^\s?#]+$")
    speech_key: SecretStr | None = None
    speech_model: str = "whisper-1"

    # --- who people are (实名认证); the provider is asked under the same account as SMS
    identity_provider: Literal["tencent"] | None = None  # None: a person at the desk decides every application
    identity_api_url: str = FACEID_API
    company_api_url: str = COMPANY_API
    identity_face_rule: str | None = None  # RuleId of a face check; None: none is offered
    identity_recheck_days: int = Field(730, ge=30, le=3650)  # a verified person or company is asked again after so long
    verification_photo_days: int = Field(30, ge=0, le=365)  # an applicant's photos go so long after the decision
    identity_demanded: bool | None = None  # filing, hearings and signing ask who people are; None: in production only
    lawyers_verified: bool | None = None  # only verified lawyers serve orders; None: in production only

    # --- reading papers (OCR): needs the extra "ocr" and the weights, or a server that reads
    ocr_models: Path | None = None  # None: var/models/ocr, where set-up puts them
    ocr_engines: int = Field(1, ge=1, le=16)  # processes that read, one file each at a time
    ocr_threads: int = Field(2, ge=1, le=64)  # of each
    ocr_queue_most: int = Field(200, ge=1, le=100_000)  # files that may wait; then clients are told to come back
    ocr_python: Path | None = None  # an interpreter with the extra; None: this one
    ocr_remote_url: str | None = Field(None, pattern=r"^https?://")  # a PaddleX server for the pipeline "OCR"

    # --- hearings: without a Janus they have no sound
    hearing_janus_url: str | None = Field(None, pattern=r"^wss?://")  # on a private address
    hearing_janus_secret: SecretStr | None = None  # its api_secret
    hearing_janus_admin_key: SecretStr | None = None  # its AudioBridge's admin_key
    hearing_recordings: Path | None = None  # the folder that Janus records into, under the same path here
    hearing_announcement: Path | None = None  # the discipline of the court, spoken (WAV or Ogg)
    hearing_ice_urls: Names = []  # stun:…, turn:… and turns:… for clients
    hearing_turn_secret: SecretStr | None = None  # coturn's static-auth-secret

    # --- behaviour
    content_safety: bool | None = None  # WeChat's opinion of what people write; None: in production only
    access_token_minutes: int = Field(15, ge=1, le=60)
    refresh_token_days: int = Field(30, ge=1, le=180)
    recall_minutes: int = Field(2, ge=0, le=1440)
    upload_max_mb: int = Field(100, ge=1, le=1024)
    notify_after_seconds: float = Field(10, ge=0)  # unread that long without a live socket → a notice outside
    space_close_days: int = Field(30, ge=0, le=3650)  # after an order is over and the last word; 0: by hand only
    case_id_photo_days: Days | Literal["never"] = 90  # photos of ID papers in a case go so long after its order is over

    # --- prices
    campaign_alone_fen: int = Field(100_000, ge=0)  # what one person may put up in 30 days without another's word

    # --- settlement with the firms
    settlement_anchor: date = date(2026, 1, 5)  # a day on which a period begins (in China)
    settlement_days: int = Field(14, ge=1, le=60)

    # --- development only
    sandbox_url: str | None = None
    demo_file: Path | None = None

    @field_validator("master_keys", "token_keys")
    @classmethod
    def _keys_decode(cls, pairs: dict[str, SecretStr]) -> dict[str, SecretStr]:
        if not pairs:
            raise ValueError("needs at least one id:base64 pair")
        for key in pairs.values():
            decode_key(key)
        return pairs

    @field_validator("sms_templates")
    @classmethod
    def _sms_templates_there(cls, templates: dict[str, str]) -> dict[str, str]:
        if "login" not in templates:
            raise ValueError("needs login:<template id>")
        return templates

    @field_validator(*setting_files.CHECKS)
    @classmethod
    def _file_in_order(cls, path: Path | None, info: ValidationInfo) -> Path | None:
        if path is not None and info.field_name is not None:
            setting_files.CHECKS[info.field_name](path)
        return path

    @field_validator("pay_platform_keys")
    @classmethod
    def _platform_keys_in_order(cls, paths: dict[str, Path]) -> dict[str, Path]:
        if not paths:
            raise ValueError("needs at least one serial:path pair")
        for path in paths.values():
            setting_files.platform_key(path)
        return paths

    @field_validator("public_url", *VENDORS)
    @classmethod
    def _url_whole(cls, url: str | None, info: ValidationInfo) -> str | None:
        """The sandbox must never be reachable from a production configuration."""
        if url is None:
            return None
        vendor = VENDORS.get(info.field_name or "")
        return whole_url(url, vendor, development=info.data.get("env") == "development")

    @field_validator("sandbox_url", "demo_file")
    @classmethod
    def _development_only(cls, value: object, info: ValidationInfo) -> object:
        if value is not None and info.data.get("env") != "development":
            raise ValueError("is for development only")
        return value

    @model_validator(mode="after")
    def _pairs_whole(self) -> Self:
        if (self.tls_cert_file is None) != (self.tls_key_file is None):
            raise ValueError("CASESPACE_TLS_CERT_FILE and CASESPACE_TLS_KEY_FILE go together")
        if self.hearing_janus_url and not (self.hearing_janus_secret and self.hearing_janus_admin_key):
            raise ValueError("CASESPACE_HEARING_JANUS_URL needs …_JANUS_SECRET and …_JANUS_ADMIN_KEY")
        if self.hearing_announcement is not None and self.hearing_recordings is None:
            raise ValueError("CASESPACE_HEARING_ANNOUNCEMENT needs CASESPACE_HEARING_RECORDINGS, where Janus reads it")
        if (self.paper_cert_file is None) != (self.paper_key_file is None):
            raise ValueError("CASESPACE_PAPER_CERT_FILE and CASESPACE_PAPER_KEY_FILE go together")
        if self.smtp_host is not None and self.smtp_sender is None:
            raise ValueError("CASESPACE_SMTP_HOST needs CASESPACE_SMTP_SENDER")
        if self.smtp_security == "none" and self.smtp_host is not None and not self.development:
            raise ValueError("CASESPACE_SMTP_SECURITY=none is for development only")
        if self.voice_app_id is not None and "notice" not in self.voice_templates:
            raise ValueError("CASESPACE_VOICE_TEMPLATES needs notice:<template id>")
        return self

    @property
    def checks_content(self) -> bool:
        """Whether WeChat is asked for its opinion of what people write (ruling 27)."""
        return self.content_safety if self.content_safety is not None else not self.development

    @property
    def requires_verified_lawyers(self) -> bool:
        """Whether a lawyer must have proven the practising licence before serving an order (B2)."""
        return self.lawyers_verified if self.lawyers_verified is not None else not self.development

    @property
    def demands_identity(self) -> bool:
        """Whether filing, hearings and signing ask for a proof of identity (B2)."""
        return self.identity_demanded if self.identity_demanded is not None else not self.development

    @property
    def case_photo_days(self) -> int | None:
        """None: photos of identity papers stay with their case."""
        return None if self.case_id_photo_days == "never" else self.case_id_photo_days

    @property
    def recall_window(self) -> timedelta:
        return timedelta(minutes=self.recall_minutes)

    @property
    def development(self) -> bool:
        return self.env == "development"
