import { fileNameOf } from "../format/disposition"
import type { Download } from "./exports"
import { call, request } from "./http"
import type { Page } from "./types"

export type SettlementState =
  | "awaiting_approval"
  | "approved_once"
  | "approved"
  | "rejected"
  | "paying"
  | "part_paid"
  | "payout_failed"
  | "paid"
  | "carried"

export interface Person {
  user_id: string
  display_name: string
}

/** A statement of a firm, or (with a lawyer) of one of its lawyers. Money in fen, negative when it is taken back. */
export interface Settlement {
  id: string
  period: number
  starts_at: string
  ends_at: string
  firm_id: string
  firm_name: string
  lawyer?: Person | null
  orders: number
  sums: Record<string, number>
  lines_fen: number
  brought_forward_fen: number
  total_fen: number
  paid_fen: number
  state: SettlementState
  revision: number
  actions: string[]
  created_at: string
}

export interface SettlementItem {
  kind: string
  rule: string
  title: string
  fen: number
  rate_bp?: number | null
}

export interface SettlementLine {
  order_id: string
  number: string
  product: string
  lawyer: Person
  earned_at: string
  stars?: number | null
  rules: number
  revenue_fen: number
  platform_fen: number
  total_fen: number
  items: SettlementItem[]
}

export interface Payout {
  id: string
  kind: string
  amount_fen: number
  state: string
  order_id?: string | null
  bank_reference?: string | null
  reason?: string | null
  updated_at: string
}

export interface WholeSettlement extends Settlement {
  lines: SettlementLine[]
  approvals: { by: Person; at: string }[]
  rejection?: { by: Person; at: string; reason: string } | null
  payouts: Payout[]
}

const at = (settlementId: string): string => `/settlements/${encodeURIComponent(settlementId)}`

export const listSettlements = (cursor?: string): Promise<Page<Settlement>> => call("GET", "/settlements", { query: { cursor } })
export const getSettlement = (settlementId: string): Promise<WholeSettlement> => call("GET", at(settlementId))

export const approve = (one: Settlement): Promise<Settlement> =>
  call("POST", `${at(one.id)}/approve`, { body: {}, ifMatch: one.revision })

export const reject = (one: Settlement, reason: string): Promise<Settlement> =>
  call("POST", `${at(one.id)}/reject`, { body: { reason }, ifMatch: one.revision })

export type PayoutMethod = "sharing" | "outside" | "give_back"

/** `key` makes a repeated tap harmless. */
export const payOut = (one: Settlement, method: PayoutMethod, reference: string | null, key: string): Promise<Settlement> =>
  call("POST", `${at(one.id)}/payout`, {
    body: { method, bank_reference: reference },
    ifMatch: one.revision,
    idempotencyKey: key,
  })

/** Whether the period gives the same when it is computed again from the stored facts. */
export const checkPeriod = (settlementId: string): Promise<{ same: boolean; orders: string[] }> =>
  call("GET", `${at(settlementId)}/check`, { timeoutMs: 60_000 })

export async function fetchStatement(settlementId: string, kind: "pdf" | "csv"): Promise<Download> {
  const response = await request("GET", `${at(settlementId)}.${kind}`, { timeoutMs: 60_000 })
  const name = fileNameOf(response.headers.get("Content-Disposition")) ?? `settlement.${kind}`
  return { name, blob: await response.blob() }
}
