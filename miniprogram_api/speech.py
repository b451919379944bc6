"""Speech recognition (语音识别) by a service that speaks OpenAI's transcription API, as self-hosted engines do.

Vendor document: platform.openai.com/docs/api-reference/audio/createTranscription (``verbose_json``: segments with their
times). A court's recordings should not leave its premises: point it at an engine of your own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from urllib3.filepost import encode_multipart_formdata

from miniprogram_api.errors import TransportError, VendorError
from miniprogram_api.http import Answer, Call, HttpClient, read_json

API = "transcribe"


@dataclass(frozen=True, slots=True)
class Heard:
    """Some words and when they were said, in seconds from the beginning of the recording."""

    start: float
    end: float
    text: str


class SpeechRecognizer(Protocol):
    """What the product needs of speech recognition."""

    async def hear(self, recording: bytes, content_type: str) -> list[Heard]:
        """What is said in a recording, in order. Raises ``VendorError``."""
        ...


class SpeechError(VendorError):
    """The service refused the recording; ``status`` is that of HTTP."""

    def __init__(self, status: int) -> None:
        super().__init__(f"speech.{status}", API, retryable=status == 429 or status >= 500)


@dataclass(frozen=True)
class SpeechConfig:
    """``base_url`` ends before ``/audio/transcriptions``, e.g. ``http://10.0.0.5:8000/v1``."""

    base_url: str
    model: str
    key: str | None = field(default=None, repr=False)


class OpenTranscriber:
    """``SpeechRecognizer`` over HTTP. Its client needs a long time-out: an hour of speech takes minutes."""

    def __init__(self, config: SpeechConfig, http: HttpClient) -> None:
        self._config = config
        self._http = http

    async def hear(self, recording: bytes, content_type: str) -> list[Heard]:
        name = "recording.m4a" if content_type == "audio/mp4" else "recording.ogg"  # engines go by the ending
        parts: dict[str, Any] = {
            "model": self._config.model,
            "language": "zh",
            "response_format": "verbose_json",
            "file": (name, recording, content_type),
        }
        body, form_type = encode_multipart_formdata(parts)
        call = Call(
            api=API,
            method="POST",
            urls=(f"{self._config.base_url.rstrip('/')}/audio/transcriptions",),
            headers=lambda: self._headers(form_type),
            body=body,
        )
        return await self._http.call(call, _read)

    def _headers(self, form_type: str) -> Mapping[str, str]:
        headers = {"Content-Type": form_type, "Accept": "application/json"}
        return headers | ({"Authorization": f"Bearer {self._config.key}"} if self._config.key else {})


def _read(answer: Answer) -> list[Heard]:
    if answer.status != 200:
        raise SpeechError(answer.status)
    segments = read_json(API, answer).get("segments")
    try:
        heard = [Heard(float(one["start"]), float(one["end"]), str(one["text"]).strip()) for one in segments or []]
    except (KeyError, TypeError, ValueError):
        raise TransportError(API, "bad_answer", sent=True) from None
    return [one for one in heard if one.text and 0 <= one.start <= one.end]
