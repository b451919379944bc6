"""A test double of WeChat, WeChat Pay and Tencent SMS with the vendors' strictness, for development and tests.

It is a process of its own on a loopback port (``python -m miniprogram_api.sandbox``) and refuses to start where
``CASESPACE_ENV`` is ``production``. Its signatures and ciphers are written apart from the client's on purpose:
a shared mistake would pass unseen. Only ``template_fields.check`` is shared, being the vendor's table of limits.
"""

from miniprogram_api.sandbox.credentials import SandboxCredentials, create_credentials

__all__ = ["SandboxCredentials", "create_credentials"]
