"""Message push: the vendor's own sample, both formats, and every refusal."""

import json
from typing import Any

import pytest

from miniprogram_api.errors import PushError
from miniprogram_api.push import PushCodec, PushEvent
from miniprogram_api.sandbox.crypto import push_encrypt, push_signature
from miniprogram_api.settings import PushConfig

# The sample of WeChat's own demo code for message encryption.
OFFICIAL = PushConfig("wx2c2769f8efd9abc2", "spamtest", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")
OFFICIAL_QUERY = {
    "timestamp": "1409735669",
    "nonce": "1320562132",
    "msg_signature": "5d197aaffba7e9b25a30732f161a50dee96bd5fa",
}
OFFICIAL_CIPHERTEXT = (
    "hyzAe4OzmOMbd6TvGdIOO6uBmdJoD0Fk53REIHvxYtJlE2B655HuD0m8KUePWB3+LrPXo87wzQ1QLvbeUgmBM4x6F8PGHQHFVAFmOD2L"
    "dJF9FrXpbUAh0B5GIItb52sn896wVsMSHGuPE328HnRGBcrS7C41IzDWyWNlZkyyXwon8T332jisa+h6tEDYsVticbSnyU8dKOIbgU6u"
    "x5VTjg3yt+WGzjlpKn6NPhRjpA912xMezR4kw6KWwMrCVKSVCZciVGCgavjIQ6X8tCOp3yZbGpy0VxpAe+77TszTfRd5RJSVO/HTnifJ"
    "pXgCSUdUue1v6h0EIBYYI1BD1DlD+C0CR8e6OewpusjZ4uBl9FyJvnhvQl+q5rv1ixrcpCumEPo5MJSgM9ehVsNPfUM669WuMyVWQLCz"
    "pu9GhglF2PE="
)
OFFICIAL_BODY = (
    "<xml><ToUserName><![CDATA[gh_10f6c3c3ac5a]]></ToUserName>"
    f"<Encrypt><![CDATA[{OFFICIAL_CIPHERTEXT}]]></Encrypt></xml>"
).encode()
POPUP_XML = (
    b"<xml><FromUserName><![CDATA[o1]]></FromUserName><CreateTime>1610969440</CreateTime>"
    b"<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[subscribe_msg_popup_event]]></Event>"
    b"<SubscribeMsgPopupEvent>%s</SubscribeMsgPopupEvent></xml>"
)
ROW_XML = (
    b"<List><TemplateId><![CDATA[%s]]></TemplateId>"
    b"<SubscribeStatusString><![CDATA[%s]]></SubscribeStatusString><PopupScene>1</PopupScene></List>"
)


def seal(plain: bytes, config: PushConfig = OFFICIAL) -> tuple[dict[str, str], bytes]:
    sealed = push_encrypt(config.aes_key, config.appid, plain)
    signature = push_signature(config.token, "1", "n", sealed)
    query = {"timestamp": "1", "nonce": "n", "msg_signature": signature}
    return query, json.dumps({"ToUserName": "gh_1", "Encrypt": sealed}).encode()


def read(message: dict[str, Any] | bytes) -> PushEvent:
    plain = message if isinstance(message, bytes) else json.dumps(message).encode()
    return PushCodec(OFFICIAL).decrypt(*seal(plain))


def test_the_official_sample() -> None:
    event = PushCodec(OFFICIAL).decrypt(OFFICIAL_QUERY, OFFICIAL_BODY)
    assert event.data["Content"] == "abcdteT"
    assert event.openid == "oyORnuP8q7ou2gfYjqLzSIWZf0rs"
    assert (event.event, event.msg_id) == ("text", "6054768590064713728")
    assert event.created_at.isoformat() == "2014-09-03T09:14:28+00:00"


def test_the_url_is_verified() -> None:
    codec = PushCodec(OFFICIAL)
    query = {"timestamp": "1", "nonce": "n", "echostr": "42", "signature": push_signature("spamtest", "1", "n")}
    assert codec.verify_url(query) == "42"
    with pytest.raises(PushError, match="bad_signature"):
        codec.verify_url({**query, "nonce": "other"})
    with pytest.raises(PushError, match="missing_parameter"):
        codec.verify_url({**query, "echostr": ""})


def test_decisions_in_both_formats() -> None:
    rows = [
        {"TemplateId": "a", "SubscribeStatusString": "accept", "PopupScene": "0"},
        {"TemplateId": "b", "SubscribeStatusString": "reject", "PopupScene": "0"},
    ]
    message = {"FromUserName": "o1", "CreateTime": 1610969440, "MsgType": "event"}
    many = read({**message, "Event": "subscribe_msg_popup_event", "List": rows}).decisions()
    assert [(row.template_id, row.status) for row in many] == [("a", "accept"), ("b", "reject")]
    bare = read({**message, "Event": "subscribe_msg_change_event", "List": rows[1]}).decisions()
    assert [(row.template_id, row.status) for row in bare] == [("b", "reject")]
    one = read(POPUP_XML % (ROW_XML % (b"a", b"accept")))
    assert [(row.template_id, row.status) for row in one.decisions()] == [("a", "accept")]
    two = read(POPUP_XML % (ROW_XML % (b"a", b"accept") + ROW_XML % (b"b", b"ban"))).decisions()
    assert [(row.template_id, row.status) for row in two] == [("a", "accept"), ("b", "ban")]
    assert one.send_results() == ()
    assert read({**message, "Event": "something_new"}).decisions() == ()


def test_repetitions_share_a_key_that_names_nobody() -> None:
    message = {"FromUserName": "o-person", "CreateTime": 1610969440, "MsgType": "event", "Event": "x"}
    first, again = read(message), read(message)
    assert first.dedupe_key == again.dedupe_key
    assert "o-person" not in first.dedupe_key + repr(first)
    assert read({**message, "CreateTime": 1610969441}).dedupe_key != first.dedupe_key
    with_id = {**message, "MsgId": 7}
    assert read(with_id).dedupe_key == read({**with_id, "CreateTime": 5}).dedupe_key


def test_refusals() -> None:
    codec = PushCodec(OFFICIAL)
    query, body = seal(b"{}")
    with pytest.raises(PushError, match="bad_signature"):
        codec.decrypt({**query, "msg_signature": "0" * 40}, body)
    with pytest.raises(PushError, match="bad_signature"):
        codec.decrypt({**query, "msg_signature": "é"}, body)
    with pytest.raises(PushError, match="missing_parameter"):
        codec.decrypt({"timestamp": "1", "nonce": "n"}, body)
    for broken in (b"", b"{", b"[]", b"<xml>", b"<other/>", b'{"Event": "plain mode"}', b"\xff"):
        with pytest.raises(PushError, match="bad_body"):
            codec.decrypt(query, broken)
    other = PushConfig("wx0000000000000000", OFFICIAL.token, OFFICIAL.aes_key)
    with pytest.raises(PushError, match="undecryptable"):
        codec.decrypt(*seal(b"{}", other))
    key = PushConfig(OFFICIAL.appid, OFFICIAL.token, "B" * 43)
    with pytest.raises(PushError, match="undecryptable"):
        codec.decrypt(*seal(b"{}", key))


def test_garbage_that_is_signed_is_undecryptable() -> None:
    codec = PushCodec(OFFICIAL)
    for text in ("", "AAAA", "not base64!", "QUJDRA=="):
        signature = push_signature(OFFICIAL.token, "1", "n", text)
        query = {"timestamp": "1", "nonce": "n", "msg_signature": signature}
        with pytest.raises(PushError, match="undecryptable"):
            codec.decrypt(query, json.dumps({"Encrypt": text}).encode())
