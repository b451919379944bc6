import { call } from "./http"
import type { Page } from "./types"
import type { Order, OrderStatus, Payment, Product } from "./orderTypes"

const id = encodeURIComponent

export const listProducts = (): Promise<Page<Product>> => call("GET", "/products", { anonymous: true })
export const getProduct = (productId: string): Promise<Product> =>
  call("GET", `/products/${id(productId)}`, { anonymous: true })

export interface OrdersQuery {
  status?: OrderStatus
  /** The whole number, as people read it. */
  number?: string
}

export const listOrders = (cursor?: string, wanted: OrdersQuery = {}): Promise<Page<Order>> =>
  call("GET", "/orders", { query: { ...wanted, cursor } })
export const getOrder = (orderId: string): Promise<Order> => call("GET", `/orders/${id(orderId)}`)

/** `payableFen` is what the person was shown: when it costs something else by now, nothing is ordered. */
export const placeOrder = (
  productId: string,
  need: Record<string, string>,
  key: string,
  couponIds: string[] = [],
  payableFen?: number,
): Promise<Order> =>
  call("POST", "/orders", {
    body: { product_id: productId, need, coupon_ids: couponIds, payable_fen: payableFen },
    idempotencyKey: key,
  })

export const startPayment = (orderId: string, key: string): Promise<Payment> =>
  call("POST", `/orders/${id(orderId)}/payments`, { body: { method: "wechat_jsapi" }, idempotencyKey: key })

/** One step of the order's state machine. `key` makes a repeated tap harmless. */
export const act = (
  orderId: string,
  verb: "cancel" | "accept" | "decline" | "deliver" | "confirm" | "review",
  body: Record<string, unknown>,
  key: string,
): Promise<Order | undefined> => call("POST", `/orders/${id(orderId)}/${verb}`, { body, idempotencyKey: key })

/** Asks for money back; without an amount for all that is left. */
export const askRefund = (orderId: string, reason: string, amountFen: number | null, key: string): Promise<Order> =>
  call("POST", `/orders/${id(orderId)}/refunds`, { body: { reason, amount_fen: amountFen }, idempotencyKey: key })
