/** Law firms, the rules by which they are paid, and penalties. */
import { call } from "./http"
import type { Page, Person } from "./types"

const id = encodeURIComponent

export interface Firm {
  id: string
  name: string
  credit_code: string
  tariff: string
  mchid: string | null
  /** A merchant number that waits for a colleague's word. */
  wanted: { mchid: string; by: Person; at: string } | null
  revision: number
  lawyers: Person[]
}

export type FirmBody = Pick<Firm, "name" | "credit_code" | "tariff" | "mchid">

/** Shares and factors in hundredths of a per cent, amounts in fen. */
export interface Rules {
  effective_from: string
  earned_after_days: number
  shares: { id: string; title: string; tariff: string | null; kind: string | null; level: string | null; share_bp: number }[]
  stars: { stars: number; factor_bp: number }[]
  unrated_bp: number
  subsidies: { id: string; title: string; kind: string | null; fen: number }[]
  penalties: { id: string; title: string; cause: string; share_bp: number; fen: number }[]
  penalty_cap_bp: number
}

export interface RulesVersion {
  version: number
  rules: Rules
  digest: string
  created_at: string
}

export interface Penalty {
  id: string
  order_id: string
  order_number: string
  cause: string
  title: string
  /** Null when the decision of a dispute brought it. */
  by: Person | null
  imposed_at: string
  waived_at: string | null
}

export const listFirms = (cursor?: string): Promise<Page<Firm>> => call("GET", "/firms", { query: { cursor } })
export const addFirm = (body: FirmBody): Promise<Firm> => call("POST", "/firms", { body })
export const changeFirm = (firm: Firm, body: FirmBody): Promise<Firm> =>
  call("PUT", `/firms/${id(firm.id)}`, { body, ifMatch: firm.revision })
export const answerMerchant = (firm: Firm, answer: "approve" | "refuse"): Promise<Firm> =>
  call("POST", `/firms/${id(firm.id)}/merchant/${answer}`, { ifMatch: firm.revision })
export const joinFirm = (firmId: string, userId: string): Promise<Firm> =>
  call("PUT", `/firms/${id(firmId)}/lawyers/${id(userId)}`)

export const listRules = (): Promise<{ items: RulesVersion[] }> => call("GET", "/settlement-rules")
export const addRules = (rules: Rules): Promise<RulesVersion> => call("POST", "/settlement-rules", { body: rules })

export const listPenalties = (cursor?: string): Promise<Page<Penalty>> => call("GET", "/penalties", { query: { cursor } })
export const imposePenalty = (orderId: string, cause: string, key: string): Promise<Penalty> =>
  call("POST", `/orders/${id(orderId)}/penalties`, { body: { cause }, idempotencyKey: key })
export const waivePenalty = (penaltyId: string): Promise<Penalty> => call("POST", `/penalties/${id(penaltyId)}/waive`)
