"""The sandbox as a speech recogniser with OpenAI's transcription API, through the shipping client (I6)."""

import pytest

from miniprogram_api.errors import TransportError
from miniprogram_api.speech import Heard, OpenTranscriber, SpeechConfig, SpeechError
from tests.sandbox.playground import Playground

SAID = [{"start": 0.5, "end": 2.0, "text": "请求还款。"}, {"start": 4.0, "end": 6.5, "text": " 没有别的了。 "}]


def ears(play: Playground, model: str = "whisper-1") -> OpenTranscriber:
    return OpenTranscriber(SpeechConfig(f"{play.url}/v1/", model, "a key"), play.http)


async def test_what_was_said_comes_with_its_times(play: Playground) -> None:
    await play.control("POST", "speech", {"segments": SAID})
    assert await ears(play).hear(b"OggS", "audio/ogg") == [
        Heard(0.5, 2.0, "请求还款。"),
        Heard(4.0, 6.5, "没有别的了。"),
    ]
    await play.control(
        "POST", "speech", {"segments": [{"start": 3, "end": 1, "text": "倒着"}, {**SAID[0], "text": ""}]}
    )
    assert await ears(play).hear(b"OggS", "audio/mp4") == [], "what cannot be is left out"


async def test_refusals_and_lost_answers_are_told_apart(play: Playground) -> None:
    with pytest.raises(SpeechError) as refused:
        await ears(play, model="").hear(b"OggS", "audio/ogg")
    assert (refused.value.code, refused.value.retryable) == ("speech.400", False)
    with pytest.raises(SpeechError) as empty:
        await ears(play).hear(b"", "audio/ogg")
    assert not empty.value.retryable
    await play.control("POST", "faults", {"endpoint": "transcribe", "status": 503, "times": 1})
    with pytest.raises(SpeechError) as busy:
        await ears(play).hear(b"OggS", "audio/ogg")
    assert busy.value.retryable
    await play.control("POST", "faults", {"endpoint": "transcribe", "drop": True, "times": 1})
    with pytest.raises(TransportError):
        await ears(play).hear(b"OggS", "audio/ogg")
