/** Refunds that the payer's own account cannot take: the client names a card, finance sends the money there. */
import { call } from "./http"

const id = encodeURIComponent

export interface CardBody {
  bank: string
  account: string
  name: string
}

/** Masked; null while no card is named. */
export interface RefundCard {
  refund_id: string
  amount_fen: number
  bank: string | null
  holder: string | null
  account: string | null
}

export const nameCard = (orderId: string, refundId: string, body: CardBody): Promise<RefundCard> =>
  call("PUT", `/orders/${id(orderId)}/refunds/${id(refundId)}/card`, { body })

export const cardOf = (refundId: string): Promise<RefundCard> => call("GET", `/finance/refunds/${id(refundId)}/card`)

export const sendToCard = (refundId: string): Promise<RefundCard> => call("POST", `/finance/refunds/${id(refundId)}/card`)
