/**
 * The pages in parts: a phone that opens a chat fetches the sign-in, the list of spaces and the chat. The other parts
 * follow when it has nothing else to do, so that a page that is open needs no network to show the next one.
 */
import type { Component } from "vue"

const ORDERS = () => import("../views/orders")
const CASES = () => import("../views/cases")
const HEARINGS = () => import("../views/hearings")
const ACCOUNT = () => import("../views/account")
const DESK = () => import("../views/desk")

/** One page of a part, fetched with the others of it when first wanted. */
function of<P>(part: () => Promise<P>) {
  return (choose: (pages: P) => Component) => async (): Promise<Component> => choose(await part())
}

export const ofOrders = of(ORDERS)
export const ofCases = of(CASES)
export const ofHearings = of(HEARINGS)
export const ofAccount = of(ACCOUNT)
export const ofDesk = of(DESK)

const QUIET_MS = 1000

/** Whether the person asked for as little traffic as possible. */
function sparing(): boolean {
  return (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true
}

/** Fetch the parts one after the other, once what was opened is shown. What fails is fetched when it is wanted. */
export function fetchAhead(desk: boolean): void {
  if (sparing()) return
  const parts: (() => Promise<unknown>)[] = [ORDERS, ACCOUNT, CASES, HEARINGS, ...(desk ? [DESK] : [])]
  setTimeout(async () => {
    for (const part of parts) {
      try {
        await part()
      } catch {
        return
      }
    }
  }, QUIET_MS)
}
