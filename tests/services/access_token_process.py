"""A process that wants WeChat's access token: prints READY, then for each line that it reads one fingerprint.

Lines: ``get``, or ``renew`` (the token just printed was refused). Settings come from the environment.
"""

import asyncio
import hashlib
import sys

from miniprogram_api.access_token import AccessTokens
from miniprogram_api.http import HttpClient
from miniprogram_api.settings import WeChatConfig
from server.setting_sources import load_settings
from server.setting_values import decode_keys
from services.keys import Vault
from services.storage.access_tokens import MongoTokenStore
from services.storage.database import Database


async def main() -> None:
    settings = load_settings()
    database = Database(settings.mongo_uri.get_secret_value(), settings.mongo_database)
    store = MongoTokenStore(database, Vault(database, decode_keys(settings.master_keys)), settings.wechat_appid)
    secret = settings.wechat_secret.get_secret_value()
    http = HttpClient()
    tokens = AccessTokens(WeChatConfig(settings.wechat_appid, secret, settings.wechat_api_url), http, store)
    await database.ping()
    sys.stdout.write("READY\n")
    token = ""
    while True:
        sys.stdout.flush()
        wanted = (await asyncio.to_thread(sys.stdin.readline)).strip()
        if not wanted:
            break
        token = await tokens.get() if wanted == "get" else await tokens.renew(token) or ""
        sys.stdout.write(hashlib.sha256(token.encode()).hexdigest() + "\n")
    http.close()
    await database.close()


asyncio.run(main())
