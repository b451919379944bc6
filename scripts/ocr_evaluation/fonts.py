"""The fonts that made-up papers are set in, all of them Debian's; standard library only, set-up asks for what lacks."""

from pathlib import Path

PLACE = Path("/usr/share/fonts")
PACKAGES = {
    "opentype/noto/NotoSansCJK-Regular.ttc": "fonts-noto-cjk",
    "opentype/noto/NotoSansCJK-Bold.ttc": "fonts-noto-cjk",
    "opentype/noto/NotoSerifCJK-Regular.ttc": "fonts-noto-cjk",
    "opentype/noto/NotoSerifCJK-Bold.ttc": "fonts-noto-cjk",
    "truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf": "fonts-lxgw-wenkai",
    "truetype/lxgw-wenkai/LXGWWenKai-Light.ttf": "fonts-lxgw-wenkai",
    "truetype/lxgw-wenkai/LXGWWenKai-Bold.ttf": "fonts-lxgw-wenkai",
    "truetype/lxgw-wenkai/LXGWWenKaiMono-Regular.ttf": "fonts-lxgw-wenkai",
    "truetype/wqy/wqy-microhei.ttc": "fonts-wqy-microhei",
    "truetype/wqy/wqy-zenhei.ttc": "fonts-wqy-zenhei",
    "truetype/arphic/uming.ttc": "fonts-arphic-uming",
    "truetype/arphic/ukai.ttc": "fonts-arphic-ukai",
    "truetype/arphic-gbsn00lp/gbsn00lp.ttf": "fonts-arphic-gbsn00lp",
    "truetype/arphic-gkai00mp/gkai00mp.ttf": "fonts-arphic-gkai00mp",
    "truetype/cns11643/TW-Sung-98_1.ttf": "fonts-cns11643-sung",
    "truetype/cns11643/TW-Kai-98_1.ttf": "fonts-cns11643-kai",
}
_BY_NAME = {Path(file).name: PLACE / file for file in PACKAGES}


def font_file(name: str) -> str:
    """Where a font of ``PACKAGES`` lies. Raises KeyError for another."""
    return str(_BY_NAME[name])


def lacking() -> set[str]:
    """The packages of the fonts that this machine lacks."""
    return {package for file, package in PACKAGES.items() if not (PLACE / file).exists()}
