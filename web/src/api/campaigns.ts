/** Coupons and subsidies as ops set them up. */
import { call } from "./http"
import type { Terms } from "./pricing"
import type { Page } from "./types"

const id = encodeURIComponent

export type Discount = Pick<Terms, "kind" | "off_fen" | "off_bps" | "cap_fen" | "minimum_fen" | "products" | "kinds">

export interface CouponDefinition {
  id: string
  code: string
  title: string
  terms: Terms & { with_subsidy: boolean }
  valid_from: string
  valid_until: string
  valid_days: number | null
  claimable: boolean
  total_limit: number | null
  per_user_limit: number
  issued: number
  /** What all of them may cost; null without a bound. */
  most_fen: number | null
  /** For the word of a second person. */
  waiting: boolean
  closed: boolean
}

export interface CouponNumbers {
  available: number
  expired: number
  reserved: number
  redeemed: number
  redeemed_fen: number
  codes: number
  codes_used: number
}

export interface Subsidy {
  id: string
  code: string
  version: number
  title: string
  discount: Discount
  valid_from: string
  valid_until: string
  budget_fen: number | null
  spent_fen: number
  waiting: boolean
  ended: boolean
}

export type NewCoupon = Omit<CouponDefinition, "id" | "issued" | "most_fen" | "waiting" | "closed" | "terms"> & {
  terms: Partial<Terms & { with_subsidy: boolean }>
}
export type NewSubsidy = Pick<Subsidy, "code" | "title" | "valid_from" | "valid_until" | "budget_fen"> & {
  discount: Partial<Discount>
}

const at = (definitionId: string): string => `/coupon-definitions/${id(definitionId)}`

export const listDefinitions = (cursor?: string): Promise<Page<CouponDefinition>> =>
  call("GET", "/coupon-definitions", { query: { cursor } })
export const defineCoupon = (body: NewCoupon): Promise<CouponDefinition> => call("POST", "/coupon-definitions", { body })
export const couponNumbers = (definitionId: string): Promise<CouponNumbers> => call("GET", `${at(definitionId)}/numbers`)
export const closeCoupon = (definitionId: string): Promise<CouponDefinition> => call("POST", `${at(definitionId)}/close`)
/** By another person than the one who defined it. */
export const approveCoupon = (definitionId: string): Promise<CouponDefinition> => call("POST", `${at(definitionId)}/approve`)
export const issueCoupon = (definitionId: string, userIds: string[]): Promise<{ issued: number; refused: string[] }> =>
  call("POST", `${at(definitionId)}/issue`, { body: { user_ids: userIds } })
/** They are answered once: only their digests are kept. */
export const makeCodes = (definitionId: string, count: number): Promise<{ codes: string[] }> =>
  call("POST", `${at(definitionId)}/codes`, { body: { count } })

export const listSubsidies = (cursor?: string): Promise<Page<Subsidy>> => call("GET", "/subsidies", { query: { cursor } })
export const putSubsidy = (body: NewSubsidy): Promise<Subsidy> => call("POST", "/subsidies", { body })
export const approveSubsidy = (ruleId: string): Promise<Subsidy> => call("POST", `/subsidies/${id(ruleId)}/approve`)
export const endSubsidy = (ruleId: string): Promise<Subsidy> => call("POST", `/subsidies/${id(ruleId)}/end`)
