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

const WITHIN_LEDGER: readonly string[] = ["not_posted", "without_cause", "posted_otherwise", "unbalanced"]

/** What the two amounts of a difference are: of the ledger's own, what it should say and what it says. */
export const sidesOf = (kind: string): [string, string] => (WITHIN_LEDGER.includes(kind) ? ["应记", "实记"] : ["我方", "对方"])

const POSTINGS: Record<string, string> = {
  payment: "收款",
  stray: "错收款",
  top_up: "企业充值",
  bank: "银行转账",
  fee: "手续费",
  refund_requested: "申请退款",
  refund_succeeded: "退款成功",
  refund_failed: "退款失败",
  settlement: "结算",
  payout_share: "分账给律所",
  payout_outside: "线下付款",
  payout_give_back: "分账回退",
  compensation: "补偿",
}

export const postingLabel = (kind: string): string => POSTINGS[kind] ?? kind
