/** Coupons, prices, quotes, tips, and companies that pay ahead. */
import { call } from "./http"
import type { Payment, Price } from "./orderTypes"
import type { Page } from "./types"

const id = encodeURIComponent

export interface Terms {
  kind: "fixed" | "percentage"
  off_fen: number
  off_bps: number
  cap_fen?: number | null
  minimum_fen: number
  products: string[]
  kinds: string[]
  uses: ("order" | "quote")[]
  group: string
  stacks_with: string[]
}

/** `saving_fen` is what it saves alone where it was asked about; `unfit` says why it does not. */
export interface Coupon {
  id: string
  title: string
  terms: Terms
  state: "available" | "reserved" | "redeemed"
  valid_from: string
  valid_until: string
  expired: boolean
  saving_fen?: number | null
  unfit?: string | null
}

export interface CouponOffer {
  definition_id: string
  title: string
  terms: Terms
  valid_until: string
  taken: boolean
}

export type QuoteState = "offered" | "accepted" | "paid" | "declined" | "withdrawn" | "lapsed"

export interface Quote {
  id: string
  order_id: string
  space_id: string
  state: QuoteState
  items: { title: string; amount_fen: number }[]
  scope: string
  price: Price
  valid_until: string
  decline_reason?: string | null
  actions: string[]
}

/** What a coupon may be used for. */
export type CouponUse = { product_id: string } | { quote_id: string }

export const listCoupons = (use?: CouponUse): Promise<Page<Coupon>> => call("GET", "/coupons", { query: { ...use } })
export const listCouponOffers = (): Promise<Page<CouponOffer>> => call("GET", "/coupons/offers")
export const claimCoupon = (what: { definition_id: string } | { code: string }): Promise<Coupon> =>
  call("POST", "/coupons/claim", { body: what })
export const getPrice = (use: CouponUse, couponIds: string[]): Promise<Price> =>
  call("POST", "/prices", { body: { ...use, coupon_ids: couponIds } })

export const offerQuote = (
  spaceId: string,
  body: { items: { title: string; amount_fen: number }[]; scope: string; valid_hours: number },
  key: string,
): Promise<Quote> => call("POST", `/spaces/${id(spaceId)}/quotes`, { body, idempotencyKey: key })
export const getQuote = (quoteId: string): Promise<Quote> => call("GET", `/quotes/${id(quoteId)}`)
export const acceptQuote = (quoteId: string, amountFen: number, couponIds: string[]): Promise<Quote> =>
  call("POST", `/quotes/${id(quoteId)}/accept`, { body: { amount_fen: amountFen, coupon_ids: couponIds } })
export const declineQuote = (quoteId: string, reason: string): Promise<Quote> =>
  call("POST", `/quotes/${id(quoteId)}/decline`, { body: reason ? { reason } : {} })
export const withdrawQuote = (quoteId: string): Promise<Quote> => call("POST", `/quotes/${id(quoteId)}/withdraw`)
export const startQuotePayment = (quoteId: string, key: string): Promise<Payment> =>
  call("POST", `/quotes/${id(quoteId)}/payments`, { body: { method: "wechat_jsapi" }, idempotencyKey: key })

export const startTip = (orderId: string, amountFen: number, key: string): Promise<Payment> =>
  call("POST", `/orders/${id(orderId)}/tips`, {
    body: { method: "wechat_jsapi", amount_fen: amountFen },
    idempotencyKey: key,
  })

export const payFromBalance = (orderId: string, companyId: string, key: string): Promise<Payment> =>
  call("POST", `/orders/${id(orderId)}/payments`, {
    body: { method: "prepaid", company_id: companyId },
    idempotencyKey: key,
  })
