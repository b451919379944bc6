"""The look of ``messages.html``: readable on a phone, and on A4 without cut pictures or lonely headings."""

STYLE = """
:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0 auto;padding:24px 20px 40px;max-width:820px;background:#fff;color:#1c2430;
font:15px/1.65 -apple-system,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",sans-serif}
h1{margin:0 0 12px;font-size:24px;line-height:1.3}
h2{margin:28px 0 8px;font-size:16px;border-bottom:1px solid #c9d0da;padding-bottom:4px;break-after:avoid}
p{margin:4px 0}
a{color:#1d4f91}
header{border-bottom:3px solid #1c2430;padding-bottom:14px}
.kind{color:#586374;letter-spacing:.08em;font-size:13px}
dl{display:grid;grid-template-columns:5em 1fr;gap:2px 12px;margin:0}
dt{color:#586374}
dd{margin:0;overflow-wrap:anywhere}
.note{margin-top:10px;color:#586374;font-size:13px}
.code{font-family:ui-monospace,Consolas,Menlo,monospace;font-size:11.5px;overflow-wrap:anywhere;color:#586374}
.wide{overflow-x:auto}
table{width:100%;border-collapse:collapse;font-size:13.5px}
th,td{text-align:left;padding:4px 10px 4px 0;border-bottom:1px solid #e4e8ee;vertical-align:top;white-space:nowrap}
th{color:#586374;font-weight:500}
@media(max-width:560px){th,td{white-space:normal}}
td .code{white-space:nowrap}
.day{text-align:center;color:#586374;font-size:13px;margin:22px 0 6px;break-after:avoid}
.hidden{border:1px dashed #c9d0da;padding:6px}
article{padding:9px 0 9px 14px;border-left:3px solid #c9d0da;margin:8px 0}
article.client{border-color:#2f6fb3}
article.lawyer{border-color:#2c8a62}
article.support,article.reviewer{border-color:#b0802a}
article.system{background:#f6f7f9}
.who{display:flex;flex-wrap:wrap;align-items:baseline;gap:2px 8px;break-after:avoid}
.role{font-size:12px;color:#586374;border:1px solid #c9d0da;border-radius:3px;padding:0 5px}
time{color:#586374;font-size:13px}
.mark{margin-left:auto;padding-right:8px;color:#7a8493;font:11.5px ui-monospace,Consolas,Menlo,monospace}
.text{white-space:pre-wrap;overflow-wrap:anywhere}
.quote{color:#586374;font-size:13px}
.gone{color:#8a4b3c}
.card p{margin:2px 0}
.money{float:right;padding-right:8px;font-variant-numeric:tabular-nums}
.file{font-size:13.5px;overflow-wrap:anywhere}
img{display:block;max-width:min(100%,420px);max-height:520px;margin:6px 0;border:1px solid #e4e8ee}
audio{display:block;width:min(100%,360px)}
footer{margin-top:28px;border-top:1px solid #c9d0da;color:#586374;font-size:12.5px}
@page{size:A4;margin:16mm 15mm 18mm;@bottom-center{content:counter(page) " / " counter(pages);font-size:9pt}}
@media print{
body{padding:0;max-width:none;font-size:10.5pt}
article{break-inside:avoid}
img{max-height:105mm;max-width:120mm;break-inside:avoid}
tr{break-inside:avoid}
article.system{background:none}
audio{display:none}
a{color:inherit;text-decoration:none}
}
"""
