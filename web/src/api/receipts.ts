import { fileNameOf } from "../format/disposition"
import { call, request } from "./http"
import type { Download } from "./exports"

/** Setting a page takes the server a moment. */
const TIMEOUT_MS = 60_000

export interface ReceiptCheck {
  number: string
  payee: string
  payer: string
  item: string
  amount_fen: number
  refunded_fen: number
  paid_at: string
}

export interface Receipt extends ReceiptCheck {
  payment_id: string
  order_number: string | null
  transaction_id: string
  verify_url: string
}

const id = encodeURIComponent

export const receiptsOfOrder = (orderId: string): Promise<{ items: Receipt[] }> => call("GET", `/orders/${id(orderId)}/receipts`)

export const checkReceipt = (number: string, code: string): Promise<ReceiptCheck> =>
  call("GET", `/receipts/${id(number)}`, { query: { code }, anonymous: true })

export async function receiptPaper(receipt: Receipt): Promise<Download> {
  const response = await request("GET", `/payments/${id(receipt.payment_id)}/receipt.pdf`, { timeoutMs: TIMEOUT_MS })
  const name = fileNameOf(response.headers.get("Content-Disposition")) ?? `receipt-${receipt.number}.pdf`
  return { name, blob: await response.blob() }
}
