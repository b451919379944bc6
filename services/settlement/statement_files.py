"""A statement as a table (CSV, RFC 4180) and on paper (PDF). The same statement gives the same bytes."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from miniprogram_api.pay import fen_to_yuan
from schemas.api.base import CHINA
from schemas.api.settlements import SettlementLineView, SettlementView
from schemas.settlement_enums import SettlementState
from services.papers.papers import Papers
from services.settlement.dues import ITEM_TITLES, ItemKind
from services.spreadsheets import cell

STATE_TITLES: dict[SettlementState, str] = {
    SettlementState.AWAITING_APPROVAL: "待审核",
    SettlementState.APPROVED_ONCE: "待复核",
    SettlementState.APPROVED: "待付款",
    SettlementState.REJECTED: "已退回",
    SettlementState.PAYING: "付款中",
    SettlementState.PART_PAID: "部分已付",
    SettlementState.PAYOUT_FAILED: "付款未成功",
    SettlementState.PAID: "已付清",
    SettlementState.CARRIED: "结转下期",
}
_COLUMNS = ("订单号", "服务", "律师", "完成时间", "星级", "实收(元)", "项目", "规则", "比例", "金额(元)", "规则版本")
# A spreadsheet would take what begins like this for a formula.


@dataclass(frozen=True, slots=True)
class StatementFile:
    name: str
    content_type: str
    content: bytes


class StatementFiles:
    def __init__(self, papers: Papers) -> None:
        self._papers = papers

    def csv(self, statement: SettlementView) -> StatementFile:
        """One row for each reason of each order; in UTF-8 with the mark by which spreadsheets know it."""
        table = io.StringIO()
        writer = csv.writer(table)
        writer.writerow(_COLUMNS)
        for line in statement.lines:
            writer.writerows(_rows(line))
        writer.writerow([*[""] * 6, "本期合计", "", "", fen_to_yuan(statement.lines_fen), ""])
        if statement.brought_forward_fen:
            writer.writerow([*[""] * 6, "上期结转", "", "", fen_to_yuan(statement.brought_forward_fen), ""])
            writer.writerow([*[""] * 6, "应付", "", "", fen_to_yuan(statement.total_fen), ""])
        name = f"{file_name(statement)}.csv"
        return StatementFile(name, "text/csv; charset=utf-8", b"\xef\xbb\xbf" + table.getvalue().encode())

    async def pdf(self, statement: SettlementView) -> StatementFile:
        """Raises ``server.unavailable``."""
        values = {
            "statement": statement,
            "first_day": day_of(statement.starts_at),
            "last_day": day_of(statement.ends_at - timedelta(seconds=1)),
            "state": STATE_TITLES[statement.state],
            "kinds": [(kind, title, statement.sums.get(kind, 0)) for kind, title in ITEM_TITLES.items()],
            "rate": rate,
        }
        made = await self._papers.pdf("settlement.html", values)
        return StatementFile(f"{file_name(statement)}.pdf", "application/pdf", made)


def _rows(line: SettlementLineView) -> Iterable[list[str]]:
    for item in line.items:
        yield [
            line.number,
            cell(line.product),
            cell(line.lawyer.display_name),
            f"{line.earned_at.astimezone(CHINA):%Y-%m-%d %H:%M}",
            "" if line.stars is None else str(line.stars),
            fen_to_yuan(line.revenue_fen),
            cell(item.title),
            item.rule,
            rate(ItemKind(item.kind), item.rate_bp),
            fen_to_yuan(item.fen),
            str(line.rules),
        ]


def rate(kind: ItemKind | str, rate_bp: int | None) -> str:
    """``7000`` → ``70%``; the factor of stars ``11000`` → ``×1.1``."""
    if rate_bp is None:
        return ""
    return f"×{rate_bp / 10_000:g}" if kind == ItemKind.STARS else f"{rate_bp / 100:g}%"


def day_of(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d}"


def file_name(statement: SettlementView) -> str:
    whose = statement.lawyer.display_name if statement.lawyer else statement.firm_name
    return f"结算单-第{statement.period}期-{whose}"
