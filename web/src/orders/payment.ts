/** Paying: through WeChat where the page runs in it, through the sandbox in development. */
import { startTopUp } from "../api/companies"
import { newId } from "../api/ids"
import { startPayment } from "../api/orders"
import { startQuotePayment, startTip } from "../api/pricing"
import type { Payment } from "../api/orderTypes"
import { config, loadConfig } from "../stores/config"

export type PayOutcome = "left" | "paid" | "cancelled" | "failed" | "elsewhere"

/** One key for each attempt that a person makes; a repeated tap or a lost answer stays one attempt. */
const keys = new Map<string, string>()

export const pay = (orderId: string): Promise<PayOutcome> =>
  payFor(orderId, `/orders/${orderId}`, (key) => startPayment(orderId, key))

export const payQuote = (quoteId: string): Promise<PayOutcome> =>
  payFor(quoteId, `/quotes/${quoteId}`, (key) => startQuotePayment(quoteId, key))

export const payTip = (orderId: string, amountFen: number): Promise<PayOutcome> =>
  payFor(`tip.${orderId}.${amountFen}`, `/orders/${orderId}`, (key) => startTip(orderId, amountFen, key))

/** An admin pays ahead for the company. */
export const payTopUp = (companyId: string, amountFen: number): Promise<PayOutcome> =>
  payFor(`top-up.${companyId}.${amountFen}`, `/companies/${companyId}`, (key) => startTopUp(companyId, amountFen, key))

/** `subject` names what is paid; the person comes back to the page `back`. */
async function payFor(subject: string, back: string, start: (key: string) => Promise<Payment>): Promise<PayOutcome> {
  await loadConfig()
  const sandbox = config.value.sandbox_path
  if (!sandbox && !window.WeixinJSBridge) return "elsewhere"
  const key = keys.get(subject) ?? newId()
  keys.set(subject, key)
  const payment = await start(key)
  keys.delete(subject)
  markPaying(subject)
  if (window.WeixinJSBridge) return inWeChat(payment)
  window.location.assign(`${sandbox}/pay/${encodeURIComponent(payment.out_trade_no)}?return=${encodeURIComponent(back)}`)
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

const flag = (subject: string): string => `casespace.paying.${subject}`

/** Remembers, across the way to the payment page and back, that the result of a payment is awaited. */
export function markPaying(subject: string): void {
  sessionStorage.setItem(flag(subject), String(Date.now()))
}

export function isPaying(subject: string): boolean {
  const since = Number(sessionStorage.getItem(flag(subject)) ?? 0)
  return Date.now() - since < 10 * 60_000
}

export function donePaying(subject: string): void {
  sessionStorage.removeItem(flag(subject))
}
