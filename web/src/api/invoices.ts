import { call } from "./http"

export interface Invoice {
  id: string
  payment_id: string
  kind: "individual" | "organization"
  name: string
  taxpayer_id?: string | null
  amount_fen: number
  state: "asked" | "accepted" | "by_hand" | "issued" | "reversing" | "reversed" | "cancelled"
  number?: string | null
}

export interface InvoiceTitle {
  kind: Invoice["kind"]
  name: string
  taxpayer_id: string | null
  email: string | null
}

/** Of a company whose licence was verified. */
export interface CompanyTitle {
  company_id: string
  name: string
  taxpayer_id: string
}

const id = encodeURIComponent

export const companyTitles = (): Promise<{ items: CompanyTitle[] }> => call("GET", "/me/invoice-titles")

export const invoicesOf = (paymentId: string): Promise<{ items: Invoice[] }> => call("GET", `/payments/${id(paymentId)}/invoices`)

export const askInvoice = (paymentId: string, title: InvoiceTitle, key: string): Promise<Invoice> =>
  call("POST", `/payments/${id(paymentId)}/invoices`, { body: title, idempotencyKey: key })

/** Finance notes what it has issued in the tax office's own system. */
export const noteInvoice = (invoiceId: string, number: string): Promise<Invoice> =>
  call("POST", `/invoices/${id(invoiceId)}/issued`, { body: { number } })

export const invoiceFile = (invoiceId: string): Promise<{ url: string }> => call("GET", `/invoices/${id(invoiceId)}/file`)
