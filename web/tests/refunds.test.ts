import { describe, expect, it } from "vitest"
import type { Order } from "../src/api/orderTypes"
import { fenOf } from "../src/format/money"
import { refundable } from "../src/orders/refunds"
import { leadsOn, operations } from "../src/orders/states"

const order = (fields: Partial<Order>): Order => ({ payable_fen: 39_900, actions: [], ...fields }) as Order

describe("refunds", () => {
  it("leaves what the server says, which knows the quotes as well", () => {
    expect(refundable(order({ refundable_fen: 29_000 }))).toBe(29_000)
    expect(refundable(order({}))).toBe(0)
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
