"""Lines of the ledger as a file for a spreadsheet, made piece by piece: a month of a large office exceeds memory."""

import csv
import io
from collections.abc import AsyncIterable, AsyncIterator

from miniprogram_api.pay import fen_to_yuan
from schemas.api.base import rfc3339
from schemas.documents.money import LedgerDocument
from services.ledger.accounts import CHART, kind_of

ROWS = 500  # a piece holds, more or less
_HEAD = ("时间", "凭证", "类型", "科目", "明细科目", "借方(元)", "贷方(元)", "订单")


async def pieces(found: AsyncIterable[LedgerDocument]) -> AsyncIterator[bytes]:
    """UTF-8 with a mark that spreadsheets know; amounts in yuan, as Chinese vouchers have them."""
    out = io.StringIO()
    out.write("\ufeff")
    table = csv.writer(out)
    table.writerow(_HEAD)
    rows = 0
    async for one in found:
        table.writerows(_rows(one))
        rows += len(one["lines"])
        if rows >= ROWS:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
            rows = 0
    yield out.getvalue().encode()


def _rows(one: LedgerDocument) -> list[list[str]]:
    return [
        [
            rfc3339(one["at"]),
            one["_id"],
            one["kind"],
            CHART[kind_of(line["account"])].title,
            line["account"],
            fen_to_yuan(line["fen"]) if line["fen"] > 0 else "",
            fen_to_yuan(-line["fen"]) if line["fen"] < 0 else "",
            one.get("order_id", ""),
        ]
        for line in one["lines"]
    ]
