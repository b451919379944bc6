"""Plays a speech recogniser with OpenAI's transcription API: a form with a recording in, ``verbose_json`` out.

It hears nothing. What it answers is laid down by the tester; without that, one sentence that says so.
"""

from typing import ClassVar

from pydantic import Field

from miniprogram_api.sandbox.control import ControlBody, ControlHandler
from miniprogram_api.sandbox.faults import Fault
from miniprogram_api.sandbox.web import VendorHandler

_ENDINGS = (".flac", ".m4a", ".mp3", ".mp4", ".mpeg", ".mpga", ".ogg", ".wav", ".webm")
_FIELDS = {"model", "language", "prompt", "response_format", "temperature", "timestamp_granularities[]"}
_NOTHING_LAID_DOWN = (0.0, 2.0, "（沙箱）这是语音识别的草稿。")


class SaidBody(ControlBody):
    start: float = Field(ge=0, le=86_400)
    end: float = Field(ge=0, le=86_400)
    text: str = Field(max_length=2_000)


class SpeechBody(ControlBody):
    segments: list[SaidBody] = Field(max_length=1_000)


class Speech(ControlHandler):
    """What the next recordings say."""

    def post(self) -> None:
        body = self.read(SpeechBody)
        if body is not None:
            self.world.speech = [(one.start, one.end, one.text) for one in body.segments]
            self.send({"segments": len(body.segments)})


class Transcriptions(VendorHandler):
    endpoint: ClassVar[str] = "transcribe"

    def post(self) -> None:
        fault = self._form_fault()
        if fault is not None:
            self.outcome = fault
            self._refuse(400, fault)
            return
        said = self.world.speech if self.world.speech is not None else [_NOTHING_LAID_DOWN]
        text = "".join(words for _, _, words in said)
        if self.get_body_argument("response_format", "json") != "verbose_json":
            self.answer(200, {"text": text})
            return
        segments = [
            {
                "id": number,
                "seek": 0,
                "start": start,
                "end": end,
                "text": words,
                "tokens": [],
                "temperature": 0.0,
                "avg_logprob": -0.2,
                "compression_ratio": 1.0,
                "no_speech_prob": 0.01,
            }
            for number, (start, end, words) in enumerate(said)
        ]
        duration = max((end for _, end, _ in said), default=0.0)
        answer = {"task": "transcribe", "language": "chinese", "duration": duration, "text": text}
        self.answer(200, {**answer, "segments": segments})

    def answer_fault(self, fault: Fault) -> None:
        self.outcome = str(fault.errcode or fault.status)
        self._refuse(fault.status or 500, self.outcome)

    def _form_fault(self) -> str | None:
        sent = self.request.files.get("file", [])
        if not self.get_body_argument("model", ""):
            return "you must provide a model parameter"
        if set(self.request.body_arguments) - _FIELDS:
            return "unknown_parameter"
        if len(sent) != 1 or not sent[0]["body"]:
            return "missing file"
        return None if str(sent[0]["filename"]).endswith(_ENDINGS) else "Unrecognized file format."

    def _refuse(self, status: int, message: str) -> None:
        kind = "invalid_request_error" if status < 500 else "server_error"
        self.reply(status, {"error": {"message": message, "type": kind, "param": None, "code": None}})
