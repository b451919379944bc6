import { describe, expect, it } from "vitest"
import type { Coupon, Terms } from "../src/api/pricing"
import { foldText, termsText, toggled } from "../src/orders/coupons"
import { quoteLabel, quoteTone } from "../src/orders/quotes"

const terms = (more: Partial<Terms> = {}): Terms => ({
  kind: "fixed",
  off_fen: 1000,
  off_bps: 0,
  cap_fen: null,
  minimum_fen: 0,
  products: [],
  kinds: [],
  uses: ["order"],
  group: "coupon",
  stacks_with: [],
  ...more,
})
const coupon = (id: string, more: Partial<Terms> = {}): Coupon => ({
  id,
  title: id,
  terms: terms(more),
  state: "available",
  valid_from: "",
  valid_until: "",
  expired: false,
})

describe("coupons", () => {
  it("read as people say it", () => {
    expect(termsText(terms({ minimum_fen: 10000 }))).toBe("立减 ¥10，满 ¥100 可用")
    expect(termsText(terms({ kind: "percentage", off_bps: 1500, cap_fen: 5000 }))).toBe("8.5 折，最多减 ¥50")
    expect([foldText(1000), foldText(1234), foldText(10_000)]).toEqual(["9 折", "8.77 折", "免单"])
  })

  it("make room for one that does not go with them", () => {
    const alone = coupon("a")
    const friend = coupon("b", { group: "gift", stacks_with: ["voucher"] })
    const other = coupon("c", { group: "voucher", stacks_with: ["gift"] })
    expect(toggled([alone], friend)).toEqual([friend])
    expect(toggled([friend], other)).toEqual([friend, other])
    expect(toggled([friend, other], other)).toEqual([friend])
  })
})

describe("quotes", () => {
  it("name the states on their cards", () => {
    expect([quoteLabel("offered"), quoteTone("lapsed"), quoteLabel("new")]).toEqual(["待答复", "off", "new"])
  })
})
