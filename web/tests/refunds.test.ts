import { describe, expect, it } from "vitest"
import type { Order, Refund } from "../src/api/types"
import { fenOf } from "../src/format/money"
import { refundable } from "../src/orders/refunds"
import { leadsOn, operations } from "../src/orders/states"

const order = (fields: Partial<Order>): Order => ({ payable_fen: 39_900, actions: [], ...fields }) as Order
const refund = (amount_fen: number, state: Refund["state"]): Refund =>
  ({ id: `${amount_fen}`, amount_fen, state, reason: "", created_at: "" })

describe("refunds", () => {
  it("leaves what was neither returned nor is on its way", () => {
    expect(refundable(order({}))).toBe(39_900)
    const refunds = [refund(10_000, "succeeded"), refund(900, "requested"), refund(5000, "failed")]
    expect(refundable(order({ refunds }))).toBe(29_000)
    expect(refundable(order({ refunds: [refund(39_900, "succeeded")] }))).toBe(0)
  })

  it("reads yuan without touching floating point", () => {
    expect(["49", "0.29", "19.9", "1.10", " 8 "].map(fenOf)).toEqual([4900, 29, 1990, 110, 800])
    expect(["", "0", "0.00", "-1", "1.234", "1e3", "十元", "1."].map(fenOf)).toEqual(Array(8).fill(null))
  })

  it("is offered when the server allows it, and never as the main thing to do", () => {
    const offered = operations(order({ actions: ["accept", "refund"] }))
    expect(offered).toEqual(["refund", "accept"])
    expect(offered.map(leadsOn)).toEqual([false, true])
    expect(operations(order({ actions: [] }))).toEqual([])
  })
})
