/** The books: trial balance, days compared with the provider's bills, files. Money in fen, days as YYYY-MM-DD in China. */
import { fileNameOf } from "../format/disposition"
import type { Download } from "./exports"
import { call, request } from "./http"
import type { Page } from "./types"

const PATIENCE_MS = 120_000

export interface TrialBalance {
  until: string
  rows: {
    account: string
    title: string
    side: "debit" | "credit"
    debit_fen: number
    credit_fen: number
    balance_fen: number
  }[]
  debit_fen: number
  credit_fen: number
  balanced: boolean
}

export interface ComparedDay {
  day: string
  state: "done" | "waiting"
  checked_at: string
  differences: number
}

export interface Difference {
  kind: string
  title: string
  advice: string
  subject: string
  ours_fen: number | null
  theirs_fen: number | null
  waiting: boolean
}

export interface Comparison {
  day: string
  state: "done" | "waiting"
  checked_at: string
  runs: number
  totals: Record<string, number>
  bills: Record<string, string>
  differences: Difference[]
  fault?: string | null
}

export interface Rebuilt {
  day: string
  mistakes: {
    finding: string
    cause: string
    kind: string
    expected: Record<string, number>
    stored: Record<string, number>
    order_id: string | null
  }[]
}

export const trialBalance = (until?: string, kind?: string): Promise<TrialBalance> =>
  call("GET", "/finance/trial-balance", { query: { until: until || undefined, kind } })

export interface OrderLedger {
  order_id: string
  held_fen: number
  transactions: {
    cause: string
    kind: string
    at: string
    lines: { account: string; title: string; fen: number }[]
  }[]
}

export const ledgerOf = (orderId: string): Promise<OrderLedger> => call("GET", `/finance/orders/${encodeURIComponent(orderId)}/ledger`)

export const listDays = (cursor?: string): Promise<Page<ComparedDay>> =>
  call("GET", "/finance/reconciliations", { query: { cursor } })

export const getDay = (day: string): Promise<Comparison> => call("GET", `/finance/reconciliations/${day}`)

/** Fetches the bills again and compares. */
export const compareDay = (day: string): Promise<Comparison> =>
  call("POST", `/finance/reconciliations/${day}`, { body: { fetch: true }, timeoutMs: PATIENCE_MS })

export const rebuildDay = (day: string): Promise<Rebuilt> =>
  call("GET", `/finance/reconciliations/${day}/rebuilt`, { timeoutMs: PATIENCE_MS })

export const fetchLedger = (first: string, last: string): Promise<Download> =>
  file(`/finance/ledger.csv?first=${first}&last=${last}`)

export const fetchBill = (day: string, kind: string): Promise<Download> => file(`/finance/bills/${day}/${kind}.csv`)

async function file(path: string): Promise<Download> {
  const response = await request("GET", path, { timeoutMs: PATIENCE_MS })
  const name = fileNameOf(response.headers.get("Content-Disposition")) ?? "table.csv"
  return { name, blob: await response.blob() }
}
