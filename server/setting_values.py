"""What single settings may be: pairs, lists, keys and addresses, as they are written in an environment."""

import base64
import binascii
import ipaddress
import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, IPvAnyNetwork, SecretStr
from pydantic_settings import NoDecode

WECHAT_API = "https://api.weixin.qq.com"
PAY_API = "https://api.mch.weixin.qq.com"
PAY_FALLBACK_API = "https://api2.mch.weixin.qq.com"
SMS_API = "https://sms.tencentcloudapi.com"
VOICE_API = "https://vms.tencentcloudapi.com"
FACEID_API = "https://faceid.tencentcloudapi.com"
COMPANY_API = "https://ocr.tencentcloudapi.com"
# Whose hosts production may talk to: anything else could be a sandbox, or somebody who collects secrets.
VENDORS = {
    "wechat_api_url": "weixin.qq.com",
    "pay_api_url": "mch.weixin.qq.com",
    "pay_fallback_api_url": "mch.weixin.qq.com",
    "sms_api_url": "tencentcloudapi.com",
    "voice_api_url": "tencentcloudapi.com",
    "identity_api_url": "tencentcloudapi.com",
    "company_api_url": "tencentcloudapi.com",
}
_STORE_URL = re.compile(r"https?://[^/@:\s]+:[^/@:\s]+@[^/@\s]+/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PRIVATE_ENDINGS = frozenset({"localhost", "local", "internal", "lan", "test", "invalid", "example", "arpa"})
KEY_BYTES = 32


def _split_pairs(value: object) -> object:
    """``id:value,id2:value2`` → dict, keeping the order (the first is the one in use for new data)."""
    if not isinstance(value, str):
        return value
    pairs = [part.strip() for part in value.split(",") if part.strip()]
    if any(":" not in part for part in pairs):
        raise ValueError("write it as id:value[,id:value …]")
    return dict(part.split(":", 1) for part in pairs)


def _split_list(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Pairs = Annotated[dict[str, SecretStr], NoDecode, BeforeValidator(_split_pairs)]
Templates = Annotated[dict[str, str], NoDecode, BeforeValidator(_split_pairs)]
Names = Annotated[list[str], NoDecode, BeforeValidator(_split_list)]
Networks = Annotated[list[IPvAnyNetwork], NoDecode, BeforeValidator(_split_list)]
Paths = Annotated[dict[str, Path], NoDecode, BeforeValidator(_split_pairs)]
Days = Annotated[int, Field(ge=0, le=3650)]


def decode_key(value: SecretStr) -> bytes:
    """A 32-byte key from base64. Raises ValueError when it is something else."""
    try:
        key = base64.b64decode(value.get_secret_value(), validate=True)
    except binascii.Error as fault:
        raise ValueError("is not base64") from fault
    if len(key) != KEY_BYTES:
        raise ValueError(f"must be {KEY_BYTES} bytes in base64 (openssl rand -base64 {KEY_BYTES})")
    return key


def _decoding(value: SecretStr) -> SecretStr:
    decode_key(value)
    return value


def _whole_store_url(url: SecretStr) -> SecretStr:
    if not _STORE_URL.fullmatch(url.get_secret_value()):
        raise ValueError("must look like https://KEY:SECRET@host:port/bucket")
    return url


Key = Annotated[SecretStr, AfterValidator(_decoding)]
StoreUrl = Annotated[SecretStr, AfterValidator(_whole_store_url)]


def decode_keys(pairs: dict[str, SecretStr]) -> dict[str, bytes]:
    """All keys of a pair list, in the order given: the first is the one for new data."""
    return {name: decode_key(key) for name, key in pairs.items()}


def whole_url(url: str, vendor: str | None, *, development: bool) -> str:
    """``url`` without a trailing slash. Raises ValueError where production could not trust it or be reached by it.

    ``vendor`` is the domain that it must belong to; None: it is ours, and must be public.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an http(s) URL")
    if not development:
        if parts.scheme != "https":
            raise ValueError("must be https in production")
        host = parts.hostname.rstrip(".")
        if vendor is not None and host != vendor and not host.endswith(f".{vendor}"):
            raise ValueError(f"must be a host of {vendor} in production")
        if vendor is None and not _is_public(host):
            raise ValueError("must be a public host name in production (WeChat calls it)")
    return url.rstrip("/")


def _is_public(host: str) -> bool:
    """Whether somebody outside may reach it, as far as the name tells. Odd spellings of addresses are refused."""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        last = host.rpartition(".")[2]
        return "." in host and last.isalpha() and last not in _PRIVATE_ENDINGS
