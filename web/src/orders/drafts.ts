/**
 * What was typed into an order form, with the Idempotency-Key of its submission. Kept for the browser session: after a
 * lost answer or a reload the same order is sent under the same key, so that it is placed once.
 */
import { newId } from "../api/ids"

export interface OrderDraft {
  key: string
  values: Record<string, string>
}

const name = (productId: string): string => `casespace.draft.${productId}`

export function loadDraft(productId: string): OrderDraft {
  const stored = sessionStorage.getItem(name(productId))
  return stored ? (JSON.parse(stored) as OrderDraft) : { key: newId(), values: {} }
}

export function saveDraft(productId: string, draft: OrderDraft): void {
  sessionStorage.setItem(name(productId), JSON.stringify(draft))
}

export function dropDraft(productId: string): void {
  sessionStorage.removeItem(name(productId))
}
