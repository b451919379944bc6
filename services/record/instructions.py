"""``README.txt`` of an evidence bundle: what it is, and how to check it. Pure."""

from datetime import datetime

from schemas.api.base import CHINA

_TEXT = """\
案件空间 · 证据包
Case Space · evidence bundle
==============================================================================

案件    {title}
空间    {space_id}
导出    {exported}（北京时间）
记录    第 1 至 {last_seq} 条
末条哈希 {head}

一、包内文件
  messages.html      供阅读和打印（A4）。以 messages.jsonl 为准。
  messages.jsonl     每行一条记录：参与哈希的字段、正文、盐值、哈希值。
                     导出人可见范围之前的、已撤回的、已清除的内容不在其中，只有承诺值。
  files/             原始文件；files.jsonl 列明其 SHA-256、大小、类型、上传人和上传时间。
  previews/          少数程序才能打开的照片（HEIC）的 JPEG 副本，供阅读，以原始文件为准。
  members.json       成员及其身份、加入和退出时间（运营方的陈述）。
  checkpoints.jsonl  带签名的检查点，依次链接；最后一个即记录的末尾。
  anchors/           第三方时间戳（RFC 3161），没有配置时间戳机构时为空。
  record_key.pem     签名公钥，仅供参考：伪造者也可以放入自己的公钥。
  manifest.json      全部文件的 SHA-256 清单；manifest.sig 是对它的签名。
  verify.py          离线核验程序。

二、如何核验（不联网；需要 Python 3.9 以上）
  pip install cryptography
  python verify.py 证据包.zip --public-key 公钥.pem --receipt 回执.json --tsa-cert 机构证书.pem

  三个选项都可省略，但省略哪一个，哪一方面就没有得到证明，报告会逐项写明：
  --public-key  从其他途径取得的运营方公钥（例如合同附件、公证存档，或另一时间从
                运营方网址 /api/v1/record-key 保存的公钥）。
  --receipt     任何一位成员手中的回执（客户端每次同步都会收到：seq、hash、key_id、signature），
                或同一案件较早导出的证据包。可以给出多个。
  --tsa-cert    时间戳机构的根证书，应从该机构取得。
  包内的 verify.py 同样来自运营方；慎重起见，请从 Case Space 开源项目取得同一程序
  （services/record/verifier.py）再行核验。

三、能证明什么，不能证明什么
  能：包内任何一条记录、任何一个文件，在签名之后都没有被改动、删除、插入、调换或截断。
  不能单凭本包证明：持有签名密钥的运营方没有在导出之前重写并重新签署全部记录。
  能证明这一点的是包外之物：成员早先收到的回执，以及第三方时间戳。
  账号背后的真实身份和每条记录的发送时间，是运营方的陈述；时间戳给出的是“至迟”存在的时间。

==============================================================================

What this is: the record of one case space as one member may see it. messages.html is for reading,
messages.jsonl is what counts. files/ holds the originals, files.jsonl how each of them entered;
previews/ a JPEG of photos that few programs show (HEIC).

How to check it (offline, Python 3.9 or newer):
  pip install cryptography
  python verify.py BUNDLE.zip --public-key key.pem --receipt receipt.json --tsa-cert ca.pem

Each option may be left out; the report then says what was not proven. The key must come from somewhere
else than this bundle, the receipt from a member (an earlier bundle will do), the certificate from the
time-stamp authority. To be careful, take the program itself (services/record/verifier.py) from the Case
Space project.

What it proves: nothing in the bundle was altered, dropped, inserted, moved or cut off after it was signed.
What the bundle alone cannot prove: that the operator, who holds the signing key, did not rewrite and sign
everything anew before exporting it. Receipts that members hold, and time stamps, prove that.
A time stamp may also be checked with OpenSSL:
  openssl ts -verify -data anchors/ID.json -in anchors/ID.tsr -CAfile ca.pem
"""


def readme(title: str, space_id: str, exported_at: datetime, last_seq: int, head: str) -> bytes:
    exported = exported_at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")
    text = _TEXT.format(title=title, space_id=space_id, exported=exported, last_seq=last_seq, head=head)
    return text.replace("\n", "\r\n").encode("utf-8-sig")  # so that Notepad on an old Windows shows it
