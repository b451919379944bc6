/** Paying one order: through WeChat where the page runs in it, through the sandbox in development. */
import { newId } from "../api/ids"
import { startPayment } from "../api/orders"
import type { Payment } from "../api/types"
import { config, loadConfig } from "../stores/config"

export type PayOutcome = "left" | "paid" | "cancelled" | "failed" | "elsewhere"

/** One key for each attempt that a person makes; a repeated tap or a lost answer stays one attempt. */
const keys = new Map<string, string>()

export async function pay(orderId: string): Promise<PayOutcome> {
  await loadConfig()
  const sandbox = config.value.sandbox_path
  if (!sandbox && !window.WeixinJSBridge) return "elsewhere"
  const key = keys.get(orderId) ?? newId()
  keys.set(orderId, key)
  const payment = await startPayment(orderId, key)
  keys.delete(orderId)
  markPaying(orderId)
  if (window.WeixinJSBridge) return inWeChat(payment)
  const back = encodeURIComponent(`/orders/${orderId}`)
  window.location.assign(`${sandbox}/pay/${encodeURIComponent(payment.out_trade_no)}?return=${back}`)
  return "left"
}

/** The bridge's own word proves nothing about money: it only says whether to wait for the server's. */
function inWeChat(payment: Payment): Promise<PayOutcome> {
  return new Promise((resolve) => {
    window.WeixinJSBridge?.invoke("getBrandWCPayRequest", { ...payment.jsapi }, ({ err_msg }) => {
      if (err_msg === "get_brand_wcpay_request:ok") resolve("paid")
      else if (err_msg === "get_brand_wcpay_request:cancel") resolve("cancelled")
      else resolve("failed")
    })
  })
}

const flag = (orderId: string): string => `casespace.paying.${orderId}`

/** Remembers, across the way to the payment page and back, that the result of a payment is awaited. */
export function markPaying(orderId: string): void {
  sessionStorage.setItem(flag(orderId), String(Date.now()))
}

export function isPaying(orderId: string): boolean {
  const since = Number(sessionStorage.getItem(flag(orderId)) ?? 0)
  return Date.now() - since < 10 * 60_000
}

export function donePaying(orderId: string): void {
  sessionStorage.removeItem(flag(orderId))
}
