/** Products, orders and what is paid for them, as the wire has them. Times are RFC 3339, money is integer fen. */

import type { Person } from "./types"

export interface FormField {
  name: string
  label: string
  kind: "text" | "textarea" | "phone" | "choice"
  required?: boolean
  max_length?: number
  choices?: string[]
  hint?: string
  /** Fields of papers that may say it. */
  filled_by?: string[]
}

export interface Product {
  id: string
  name: string
  kind: string
  price_fen: number
  summary?: string
  description?: string
  promises?: Record<string, unknown>
  steps?: string[]
  form?: FormField[]
}

export interface Price {
  list_fen: number
  subsidy?: { title: string; fen: number } | null
  coupons: { coupon_id: string; title: string; fen: number }[]
  payable_fen: number
}

/** A status that the order has entered. */
export interface OrderStep {
  status: OrderStatus
  title: string
  at: string
  by?: string
}

export interface Deadline {
  code: string
  title: string
  due_at: string
  met_at?: string | null
}

export type OrderStatus =
  | "awaiting_payment"
  | "paid"
  | "assigned"
  | "in_service"
  | "delivered"
  | "confirmed"
  | "reviewed"
  | "cancelled"
  | "refunding"
  | "refunded"

export interface Refund {
  id: string
  amount_fen: number
  reason?: string | null
  state: "requested" | "succeeded" | "failed"
  /** The payer's account cannot take it: a card is wanted, or has been named. */
  card?: "needed" | "named" | null
  created_at: string
}

export interface Order {
  id: string
  number: string
  status: OrderStatus
  product: { id: string; name: string; kind?: string }
  amount_fen: number
  payable_fen: number
  price: Price
  tips?: { id: string; amount_fen: number; paid_at: string }[]
  space_id?: string | null
  lawyer?: Person | null
  client?: Person | null
  need?: Record<string, unknown> | null
  steps: OrderStep[]
  deadlines: Deadline[]
  /** What this viewer may do with it now. */
  actions: string[]
  delivery?: { summary?: string; file_ids?: string[] } | null
  refunds?: Refund[]
  refundable_fen?: number
  review?: { stars: number; text?: string | null } | null
  /** While it waits for payment: when it closes by itself. */
  unpaid_until?: string | null
  created_at: string
}

export interface JsapiParams {
  appId?: string
  timeStamp: string
  nonceStr: string
  package: string
  signType: string
  paySign: string
}

export interface Payment {
  payment_id: string
  out_trade_no: string
  jsapi?: JsapiParams | null
}
