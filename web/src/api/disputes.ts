import { call } from "./http"
import type { Page, Role, StoredFile } from "./types"

export type DisputeKind = "refund" | "complaint" | "low_rating"
export type Outcome = "refund" | "compensation" | "redo" | "refused"

export interface Dispute {
  id: string
  order_id: string
  order_number: string
  service: string
  space_id: string
  kind: DisputeKind
  state: "open" | "proposed" | "decided" | "withdrawn"
  reason?: string | null
  wanted_fen?: number | null
  suggested_fen?: number | null
  file_ids: string[]
  statements: { role: Role; text: string; at: string }[]
  decision?: { outcome: Outcome; amount_fen: number; reason: string; at: string } | null
  /** What this viewer may do with it now. */
  actions: string[]
  due_at: string
  created_at: string
}

const id = encodeURIComponent

export const disputesOfOrder = (orderId: string): Promise<{ items: Dispute[] }> => call("GET", `/orders/${id(orderId)}/disputes`)

export const listDisputes = (state: Dispute["state"], cursor?: string): Promise<Page<Dispute>> =>
  call("GET", "/desk/disputes", { query: { state, cursor } })

export const openDispute = (
  orderId: string,
  body: { kind: "refund" | "complaint"; reason: string; amount_fen: number | null; file_ids: string[] },
  key: string,
): Promise<Dispute> => call("POST", `/orders/${id(orderId)}/disputes`, { body, idempotencyKey: key })

export const filesOfDispute = (disputeId: string): Promise<{ items: StoredFile[] }> =>
  call("GET", `/disputes/${id(disputeId)}/files`)

export const sayInDispute = (disputeId: string, text: string): Promise<Dispute> =>
  call("POST", `/disputes/${id(disputeId)}/statements`, { body: { text } })

export const decideDispute = (
  disputeId: string,
  body: { outcome: Outcome; amount_fen: number | null; reason: string },
): Promise<Dispute> => call("POST", `/disputes/${id(disputeId)}/decide`, { body })

export const stepDispute = (disputeId: string, step: "withdraw" | "approve" | "return"): Promise<Dispute> =>
  call("POST", `/disputes/${id(disputeId)}/${step}`, { body: {} })
