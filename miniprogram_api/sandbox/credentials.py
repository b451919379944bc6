"""What the sandbox and the product agree on: made once, kept in the data folder, readable by the owner only."""

import hashlib
import json
import os
import secrets
import string
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

_FILE = "credentials.json"

# The subscription-message templates that the sandbox's mini-program has: name → fields.
SUBSCRIBE_TEMPLATES: dict[str, tuple[str, ...]] = {
    "new_message": ("thing1", "name2", "thing3", "time4"),
    "order_status": ("character_string1", "phrase2", "thing3", "time4"),
    "payment": ("character_string1", "amount2", "thing3", "time4"),
    "deadline": ("thing1", "date2", "thing3"),
    "hearing": ("thing1", "time2", "thing3"),
}
# The approved SMS templates: name → text with {1}, {2} … for the parameters.
SMS_TEMPLATES: dict[str, str] = {
    "login": "您的登录验证码是{1}，{2}分钟内有效。请勿告诉他人。",
    "notice": "您的案件空间有新动态：{1}，请打开小程序查看。",
}
# The approved voice templates, read out by a machine.
VOICE_TEMPLATES: dict[str, str] = {"notice": "您好，这里是案件空间。您有一条紧急提醒：{1}。请尽快打开小程序查看。"}


@dataclass(frozen=True)
class SandboxCredentials:
    """Everything both sides need. PEM texts and keys are secrets of the sandbox's world only."""

    folder: Path
    appid: str
    secret: str = field(repr=False)
    original_id: str
    push_token: str = field(repr=False)
    push_aes_key: str = field(repr=False)
    mchid: str
    merchant_serial: str
    merchant_key_pem: str = field(repr=False)
    merchant_certificate_pem: str = field(repr=False)
    api_v3_key: str = field(repr=False)
    platform_serial: str
    platform_key_pem: str = field(repr=False)
    platform_certificate_pem: str = field(repr=False)
    public_key_id: str
    public_key_private_pem: str = field(repr=False)
    public_key_pem: str = field(repr=False)
    sms_secret_id: str
    sms_secret_key: str = field(repr=False)
    sms_app_id: str
    sms_sign_name: str
    template_ids: dict[str, str]
    sms_template_ids: dict[str, str]

    # Derived, so that a folder made before there were voice calls still opens.
    @property
    def voice_app_id(self) -> str:
        return "14" + self.sms_app_id[::-1][:8]

    @property
    def voice_template_ids(self) -> dict[str, str]:
        return {name: str(3_000_001 + number) for number, name in enumerate(VOICE_TEMPLATES)}

    @property
    def report_token(self) -> str:
        """The end of the address that reports of SMS and calls go to."""
        return hashlib.sha256(f"reports {self.push_token}".encode()).hexdigest()[:32]

    @property
    def face_rule(self) -> str:
        """The RuleId of face checks."""
        return self.sms_app_id[-4:]

    @property
    def merchant_key_file(self) -> Path:
        return self.folder / "merchant_key.pem"

    @property
    def platform_key_files(self) -> dict[str, Path]:
        """What ``Wechatpay-Serial`` may name → PEM file: the certificate and the public key."""
        return {
            self.public_key_id: self.folder / "platform_public_key.pem",
            self.platform_serial: self.folder / "platform_certificate.pem",
        }

    def product_variables(self, base_url: str) -> dict[str, str]:
        """The product's environment variables that make the sandbox at ``base_url`` its only vendor."""
        url = base_url.rstrip("/")
        keys = {serial: str(path) for serial, path in self.platform_key_files.items()}
        values = {
            "WECHAT_API_URL": url,
            "WECHAT_APPID": self.appid,
            "WECHAT_SECRET": self.secret,
            "WECHAT_PUSH_TOKEN": self.push_token,
            "WECHAT_PUSH_AES_KEY": self.push_aes_key,
            "WECHAT_TEMPLATES": _pairs(self.template_ids),
            "WECHAT_PROGRAM_STATE": "developer",
            "PAY_API_URL": url,
            "PAY_FALLBACK_API_URL": url,
            "PAY_MCHID": self.mchid,
            "PAY_MERCHANT_SERIAL": self.merchant_serial,
            "PAY_PRIVATE_KEY_FILE": str(self.merchant_key_file),
            "PAY_API_V3_KEY": self.api_v3_key,
            "PAY_PLATFORM_KEYS": _pairs(keys),
            "SMS_API_URL": url,
            "SMS_SECRET_ID": self.sms_secret_id,
            "SMS_SECRET_KEY": self.sms_secret_key,
            "SMS_APP_ID": self.sms_app_id,
            "SMS_SIGN_NAME": self.sms_sign_name,
            "SMS_REPORT_TOKEN": self.report_token,
            "SMS_TEMPLATES": _pairs(self.sms_template_ids),
            "VOICE_API_URL": f"{url}/vms",
            "VOICE_APP_ID": self.voice_app_id,
            "VOICE_TEMPLATES": _pairs(self.voice_template_ids),
            "IDENTITY_PROVIDER": "tencent",
            "IDENTITY_FACE_RULE": self.face_rule,
            "IDENTITY_API_URL": f"{url}/faceid",
            "COMPANY_API_URL": f"{url}/ocr",
        }
        return {f"CASESPACE_{name}": value for name, value in values.items()}


def create_credentials(data_dir: Path | str) -> SandboxCredentials:
    """The credentials kept in ``data_dir``, made on the first call. Two processes may call it at once."""
    folder = Path(data_dir).resolve()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / _FILE
    if not path.exists():
        _publish(path, _generate(folder))
    credentials = SandboxCredentials(folder=folder, **json.loads(path.read_text("utf-8")))
    _write_pem_files(credentials)
    return credentials


def _publish(path: Path, credentials: SandboxCredentials) -> None:
    """Write atomically; whoever comes second keeps what the first one wrote."""
    values = asdict(credentials)
    del values["folder"]
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    _write_private(draft, json.dumps(values, ensure_ascii=False, indent=1))
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def _write_pem_files(credentials: SandboxCredentials) -> None:
    files = credentials.platform_key_files
    texts = {
        credentials.merchant_key_file: credentials.merchant_key_pem,
        files[credentials.public_key_id]: credentials.public_key_pem,
        files[credentials.platform_serial]: credentials.platform_certificate_pem,
    }
    for path, text in texts.items():
        if not path.exists():
            _write_private(path, text)


def _generate(folder: Path) -> SandboxCredentials:
    merchant, platform, public = (generate_private_key(65537, 2048) for _ in range(3))
    mchid = "16" + _characters(string.digits, 8)
    merchant_certificate = new_certificate(merchant, f"Sandbox merchant {mchid}")
    platform_certificate = new_certificate(platform, "Sandbox platform")
    return SandboxCredentials(
        folder=folder,
        appid="wx" + secrets.token_hex(8),
        secret=secrets.token_hex(16),
        original_id="gh_" + secrets.token_hex(6),
        push_token=_characters(string.ascii_letters + string.digits, 24),
        push_aes_key=_characters(string.ascii_letters + string.digits, 43),
        mchid=mchid,
        merchant_serial=serial_of(merchant_certificate),
        merchant_key_pem=private_pem(merchant),
        merchant_certificate_pem=certificate_pem(merchant_certificate),
        api_v3_key=_characters(string.ascii_letters + string.digits, 32),
        platform_serial=serial_of(platform_certificate),
        platform_key_pem=private_pem(platform),
        platform_certificate_pem=certificate_pem(platform_certificate),
        public_key_id="PUB_KEY_ID_0" + mchid + _characters(string.digits, 20),
        public_key_private_pem=private_pem(public),
        public_key_pem=public.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
        sms_secret_id="AKID" + _characters(string.ascii_letters + string.digits, 32),
        sms_secret_key=_characters(string.ascii_letters + string.digits, 32),
        sms_app_id="14" + _characters(string.digits, 8),
        sms_sign_name="案件空间",
        template_ids={name: secrets.token_urlsafe(32) for name in SUBSCRIBE_TEMPLATES},
        sms_template_ids={name: "2" + _characters(string.digits, 6) for name in SMS_TEMPLATES},
    )


def new_certificate(key: RSAPrivateKey, name: str) -> x509.Certificate:
    """A self-signed certificate of ten years."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .sign(key, SHA256())
    )


def serial_of(certificate: x509.Certificate) -> str:
    """The serial number as WeChat Pay writes it: 40 hex digits."""
    return f"{certificate.serial_number:040X}"


def certificate_pem(certificate: x509.Certificate) -> str:
    """PEM text."""
    return certificate.public_bytes(Encoding.PEM).decode()


def private_pem(key: RSAPrivateKey) -> str:
    """PEM text, unencrypted."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def load_private(pem: str) -> RSAPrivateKey:
    """The RSA key of a PEM text made here. Raises ``TypeError`` for another kind of key."""
    # Checking a key's primes takes longer than anything else at start, and these keys were made here.
    key = load_pem_private_key(pem.encode(), password=None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("not an RSA key")
    return key


def _characters(alphabet: str, count: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(count))


def _pairs(values: dict[str, str]) -> str:
    return ",".join(f"{name}:{value}" for name, value in values.items())
