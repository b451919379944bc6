"""Doors out: calls to WeChat, WeChat Pay and the SMS provider, their signatures and ciphers.

Nothing here knows orders or cases. Every client takes a frozen configuration and an ``HttpClient``; results are
frozen dataclasses; failures are the exceptions of ``miniprogram_api.errors``, each with a stable ``code``.
``miniprogram_api.sandbox`` is a separate process that stands in for the vendors in development and tests.
"""
