"""Informal voice calls in WeChat (``wx.joinVoIPChat``)."""

from pydantic import Field

from schemas.api.base import Body, View


class CallBody(Body):
    code: str = Field(min_length=1, max_length=200, description="Of wx.login, just before: its session signs the call")


class CallView(View):
    """The parameters of ``wx.joinVoIPChat``, with ``roomType`` voice. Show ``notice`` before joining."""

    group_id: str
    nonce_str: str
    timestamp: int = Field(description="Seconds")
    signature: str
    notice: str
