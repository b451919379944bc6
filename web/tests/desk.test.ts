import { describe, expect, it } from "vitest"
import type { CouponDefinition, Subsidy } from "../src/api/campaigns"
import type { Comparison } from "../src/api/finance"
import type { Rules } from "../src/api/firms"
import type { WorkItem } from "../src/api/workItems"
import { countOf, couponStanding, discountOf, newDiscount, periodOf, subsidyStanding } from "../src/desk/campaigns"
import { sideBySide } from "../src/desk/finance"
import { factsOf, linksOf } from "../src/desk/items"
import { deskMenu, seesSummary } from "../src/desk/menu"
import { rateOf, spanText } from "../src/desk/notices"
import { draftOf, freshId, penaltyText, rulesOf, shareScope } from "../src/desk/rules"
import { billedDay, chinaDay, localMinute, momentOf } from "../src/format/days"
import { bpOf, percent } from "../src/format/percent"

const labels = (roles: Parameters<typeof deskMenu>[0]): string[] => deskMenu(roles).flatMap(({ items }) => items.map(({ label }) => label))

describe("the desk's menu", () => {
  it("shows everybody the doors that will open for them", () => {
    expect(labels(["lawyer"])).toEqual([])
    expect(labels(["lawyer", "reviewer"])).toEqual(["内容审核"])
    expect(labels(["support"])).toContain("售后处理")
    expect(labels(["support"])).not.toContain("总账")
    expect(labels(["ops"])).toContain("总账")
    expect([seesSummary(["reviewer"]), seesSummary(["support"])]).toEqual([false, true])
  })
})

describe("work items", () => {
  const item = (kind: string, detail: WorkItem["detail"]): WorkItem => ({ kind, detail }) as WorkItem

  it("lead to where they are dealt with", () => {
    expect(linksOf(item("dispute.open", { order_id: "o1", dispute_id: "d1" })).map(({ to }) => to)).toEqual([
      "/orders/o1/disputes",
      "/orders/o1",
    ])
    expect(linksOf(item("reconciliation.doubled", { day: "2026-11-20" }))[0]?.to).toBe("/desk/reconciliations/2026-11-20")
    expect(linksOf(item("outbox.parked", { about: "x" }))).toEqual([])
  })

  it("say amounts in yuan and leave out what is not known", () => {
    expect(factsOf(item("x", { ours_fen: 4900, theirs_fen: null, day: "2026-11-20", order_id: "6b02" }))).toEqual([
      { label: "我方金额", value: "¥49" },
      { label: "日期", value: "2026-11-20" },
    ])
  })
})

describe("campaigns", () => {
  it("take amounts and shares as people write them, and nothing else", () => {
    expect(discountOf({ ...newDiscount(), off: "10" })).toEqual({ kind: "fixed", off_fen: 1000, minimum_fen: 0, kinds: [] })
    const share = { ...newDiscount(), kind: "percentage" as const, off: "15", cap: "50", minimum: "0" }
    expect(discountOf(share)).toMatchObject({ off_bps: 1500, cap_fen: 5000, minimum_fen: 0 })
    for (const wrong of [{ off: "" }, { off: "101" }, { cap: "many" }, { minimum: "-1" }]) expect(discountOf({ ...share, ...wrong })).toBeNull()
  })

  it("run forwards and count whole coupons", () => {
    expect(periodOf("2026-11-02T00:00", "2026-11-01T00:00")).toBeNull()
    expect(periodOf("2026-11-01T00:00", "")).toBeNull()
    expect(periodOf("2026-11-01T00:00", "2026-11-02T00:00")).not.toBeNull()
    expect([countOf("", 9), countOf("9", 9), countOf("10", 9), countOf("0", 9), countOf("1.5", 9)]).toEqual([null, 9, undefined, undefined, undefined])
  })

  it("stand where time, limits and people have put them", () => {
    const now = new Date("2026-11-22T00:00:00Z")
    const period = { valid_from: "2026-11-01T00:00:00Z", valid_until: "2026-12-01T00:00:00Z" }
    const coupon = (more: object): string =>
      couponStanding({ ...period, closed: false, issued: 3, total_limit: 5, ...more } as CouponDefinition, now).label
    expect([coupon({}), coupon({ closed: true }), coupon({ total_limit: 3 })]).toEqual(["发放中", "已停止发放", "已发完"])
    expect([coupon({ valid_until: "2026-11-21T00:00:00Z" }), coupon({ valid_from: "2026-11-23T00:00:00Z" })]).toEqual(["已过期", "未开始"])
    const subsidy = (more: object): string =>
      subsidyStanding({ ...period, ended: false, spent_fen: 10, budget_fen: null, ...more } as Subsidy, now).label
    expect([subsidy({}), subsidy({ ended: true }), subsidy({ budget_fen: 10 })]).toEqual(["进行中", "已终止", "预算用完"])
  })
})

describe("settlement rules", () => {
  const rules: Rules = {
    effective_from: "2026-01-01T00:00:00Z",
    earned_after_days: 7,
    shares: [
      { id: "partner", title: "合伙人分成", tariff: null, kind: null, level: "合伙人", share_bp: 7500 },
      { id: "standard", title: "标准分成", tariff: null, kind: null, level: null, share_bp: 7000 },
    ],
    stars: [5, 4, 3, 2, 1].map((stars) => ({ stars, factor_bp: 10_000 + stars * 50 })),
    unrated_bp: 10_000,
    subsidies: [{ id: "s", title: "普法补贴", kind: "consultation", fen: 550 }],
    penalties: [{ id: "late", title: "超时", cause: "late:accept", share_bp: 525, fen: 0 }],
    penalty_cap_bp: 5000,
  }
  const future = localMinute(new Date(Date.now() + 86_400_000))
  const wrong = (change: (draft: ReturnType<typeof draftOf>) => void): unknown => {
    const draft = draftOf(rules, future)
    change(draft)
    return rulesOf(draft)
  }

  it("come back from the page as they went there", () => {
    expect(rulesOf(draftOf(rules, future))).toEqual({ ...rules, effective_from: momentOf(future) })
  })

  it("say what is wrong before the server does", () => {
    expect(wrong((draft) => (draft.from = "2020-01-01T00:00"))).toBe("生效时间须在将来")
    expect(wrong((draft) => void draft.shares.pop())).toBe("最后一条分成规则必须适用于所有订单")
    expect(wrong((draft) => (draft.stars[0] = "201"))).toMatch("星级系数")
    expect(wrong((draft) => (draft.penalties[0]!.about = "Late"))).toMatch("扣款原因代号")
    expect(wrong((draft) => (draft.cap = ""))).toMatch("百分比")
    expect(wrong((draft) => (draft.subsidies[0]!.yuan = "1.234"))).toMatch("金额")
  })

  it("are read as sentences", () => {
    expect(rules.shares.map(shareScope)).toEqual(["合伙人", "其余所有订单"])
    expect(penaltyText({ ...rules.penalties[0]!, fen: 500 })).toBe("基础费的 5.25% 加 ¥5.00")
    expect(freshId("share", [{ id: "share-2" }])).toBe("share-3")
  })
})

describe("the books", () => {
  it("stand side by side", () => {
    const totals = { our_paid_fen: 4900, trade_paid_fen: 4800, ledger_fen: 100, fund_gross_fen: 100 }
    expect(sideBySide({ totals } as unknown as Comparison).map(({ ours, theirs, same }) => [ours, theirs, same])).toEqual([
      ["¥49", "¥48", false],
      ["¥0", "¥0", true],
      ["¥1", "¥1", true],
    ])
  })

  it("are cut at China's midnight", () => {
    expect(chinaDay(0, new Date("2026-11-21T16:00:00Z"))).toBe("2026-11-22")
    expect(chinaDay(1, new Date("2026-11-21T15:59:59Z"))).toBe("2026-11-20")
    expect(billedDay(new Date("2026-11-22T01:59:59Z"))).toBe("2026-11-20")
    expect(billedDay(new Date("2026-11-22T02:00:00Z"))).toBe("2026-11-21")
  })

  it("know shares to a hundredth of a per cent", () => {
    expect(["70", "7.25", "100", "0"].map((text) => bpOf(text))).toEqual([7000, 725, 10_000, 0])
    expect(["", "100.01", "7.255", "-1"].map((text) => bpOf(text))).toEqual([null, null, null, null])
    expect(percent(725)).toBe("7.25%")
  })
})

describe("statistics of notices", () => {
  it("divide by nothing without a figure", () => {
    expect([rateOf(1, 3), rateOf(0, 0)]).toEqual(["33%", "—"])
    expect([45, 720, 10_800, 172_800, null].map(spanText)).toEqual(["45 秒", "12 分钟", "3 小时", "2 天", "—"])
  })
})
