/** How the books read: sums of a compared day side by side, what a rebuilt day found. Money in fen. */
import type { Comparison, Rebuilt } from "../api/finance"
import { yuan } from "../format/money"

interface Row {
  label: string
  ours: string
  theirs: string
  same: boolean
}

/** What we have beside what the provider's bills have. */
export function sideBySide({ totals }: Comparison): Row[] {
  const of = (name: string): number => totals[name] ?? 0
  const row = (label: string, ours: number, theirs: number): Row => ({
    label,
    ours: yuan(ours),
    theirs: yuan(theirs),
    same: ours === theirs,
  })
  return [
    row("收款", of("our_paid_fen"), of("trade_paid_fen")),
    row("退款", of("our_refunded_fen"), of("trade_refunded_fen")),
    row("账户变动（不含手续费）", of("ledger_fen"), of("fund_gross_fen")),
  ]
}

const FINDINGS: Record<string, string> = {
  not_posted: "没有记账",
  without_cause: "分录没有来源",
  posted_otherwise: "分录与业务不一致",
  unbalanced: "借贷不平",
}

export const findingLabel = (finding: Rebuilt["mistakes"][number]["finding"]): string => FINDINGS[finding] ?? finding

const BILLS: Record<string, string> = { trades: "交易账单", funds: "资金账单" }

export const billLabel = (kind: string): string => BILLS[kind] ?? kind

/** The kind of an account: `order:665f…` is an order's. */
export const kindOf = (account: string): string => account.split(":")[0] ?? account

/** The id at the end of an account of single orders, refunds, firms …; "" for a sum. */
export const ownerOf = (account: string): string => account.split(":")[1] ?? ""
