import { describe, expect, it } from "vitest"
import type { Settlement } from "../src/api/settlements"
import { parts, rate, span } from "../src/settlements/statements"

const STATEMENT = {
  starts_at: "2026-11-22T00:00:00.000+08:00",
  ends_at: "2026-12-06T00:00:00.000+08:00",
  sums: { base: 5880, stars: 0, subsidy: 0, penalty: -294, tips: 888 },
  brought_forward_fen: -100,
} as unknown as Settlement

describe("statements", () => {
  it("name what they are made of, and leave out what comes to nothing", () => {
    expect(parts(STATEMENT)).toEqual([
      { title: "基础服务费", fen: 5880 },
      { title: "打赏", fen: 888 },
      { title: "扣款", fen: -294 },
      { title: "上期结转", fen: -100 },
    ])
  })

  it("end with the day before the next period begins, in China's days", () => {
    expect(span(STATEMENT)).toBe("11/22 – 12/5")
  })

  it("write shares in per cent and factors as factors", () => {
    const item = { kind: "base", rule: "x", title: "", fen: 1 }
    expect(rate({ ...item, rate_bp: 7000 })).toBe("70%")
    expect(rate({ ...item, kind: "stars", rate_bp: 11000 })).toBe("×1.1")
    expect(rate({ ...item, kind: "tips", rate_bp: null })).toBe("")
  })
})
