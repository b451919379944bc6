/** Companies whose people order on the company's account. */
import { call } from "./http"
import type { Page } from "./types"
import type { Payment } from "./orderTypes"

const id = encodeURIComponent

export interface CompanyMember {
  user_id: string
  display_name: string
  admin: boolean
  /** Null for admins, who may spend all, and for those whom the caller may not look at. */
  allowance_fen: number | null
  left_fen: number | null
}

export interface Company {
  id: string
  name: string
  credit_code: string
  verified: boolean
  balance_fen: number
  /** Whether the caller may change its members and top it up. */
  admin: boolean
  members: CompanyMember[]
}

export interface TopUp {
  id: string
  method: string
  amount_fen: number
  state: "waiting" | "done" | "refused"
  bank_reference: string | null
  created_at: string
}

export interface StatementLine {
  at: string
  what: string
  amount_fen: number
  balance_fen: number
  order_id: string | null
}

/** What a member is granted; it begins anew each time that it is said. */
export interface Grant {
  admin: boolean
  allowance_fen: number
}

const at = (companyId: string): string => `/companies/${id(companyId)}`

export const listCompanies = (cursor?: string): Promise<Page<Company>> => call("GET", "/companies", { query: { cursor } })
export const getCompany = (companyId: string): Promise<Company> => call("GET", at(companyId))
export const addCompany = (body: { name: string; credit_code: string; admin_phone: string }): Promise<Company> =>
  call("POST", "/companies", { body })
export const addColleague = (companyId: string, phone: string, grant: Grant): Promise<Company> =>
  call("POST", `${at(companyId)}/members`, { body: { phone, ...grant } })
export const changeColleague = (companyId: string, userId: string, grant: Grant): Promise<Company> =>
  call("PUT", `${at(companyId)}/members/${id(userId)}`, { body: grant })
export const removeColleague = (companyId: string, userId: string): Promise<Company> =>
  call("DELETE", `${at(companyId)}/members/${id(userId)}`)

export const listTopUps = (companyId: string): Promise<{ items: TopUp[] }> => call("GET", `${at(companyId)}/top-ups`)
export const startTopUp = (companyId: string, amountFen: number, key: string): Promise<Payment> =>
  call("POST", `${at(companyId)}/top-ups`, { body: { method: "wechat_jsapi", amount_fen: amountFen }, idempotencyKey: key })
export const enterTransfer = (companyId: string, amountFen: number, reference: string): Promise<TopUp> =>
  call("POST", `${at(companyId)}/bank-top-ups`, { body: { amount_fen: amountFen, bank_reference: reference } })
export const decideTransfer = (topUpId: string, approve: boolean): Promise<TopUp> =>
  call("POST", `/top-ups/${id(topUpId)}/${approve ? "approve" : "refuse"}`)

/** Oldest first, from the beginning or from where a page ended. */
export const companyStatement = (companyId: string, cursor?: string): Promise<Page<StatementLine>> =>
  call("GET", `${at(companyId)}/statement`, { query: { limit: 100, cursor } })
