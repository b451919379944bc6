import { describe, expect, it } from "vitest"
import type { Member, Space } from "../src/api/types"
import { named, spaceTitle } from "../src/chat/titles"
import { answers } from "../src/orders/form"
import { statusHint } from "../src/orders/states"

const member = (role: Member["role"], display_name: string, left = false): Member =>
  ({ user_id: display_name, role, display_name, first_seq: 1, left }) as Member
const space = (fields: Partial<Space>): Space =>
  ({ title: "图文法律咨询", members: [member("client", "王晓"), member("lawyer", "李律师", true), member("lawyer", "周律师")], ...fields }) as Space

describe("what a space is called", () => {
  it("tells staff whose case it is, and clients who handles it", () => {
    expect(spaceTitle(named(space({})), true)).toBe("王晓 · 图文法律咨询")
    expect(spaceTitle(named(space({})), false)).toBe("图文法律咨询 · 周律师")
  })

  it("is the title alone where nobody is known yet, and in a hearing's own space", () => {
    expect(spaceTitle({ title: "图文法律咨询" }, true)).toBe("图文法律咨询")
    expect(spaceTitle(named(space({ title: "借款纠纷", hearing_id: "h" })), true)).toBe("借款纠纷")
  })
})

describe("an order's page", () => {
  it("shows every answer under its question, in the order of the form", () => {
    const form = [
      { name: "topic", label: "问题类型", kind: "choice" as const },
      { name: "goal", label: "希望解决什么", kind: "text" as const },
    ]
    const need = { description: "被口头辞退", topic: "劳动工伤", stray: "x" }
    expect(answers(form, need)).toEqual([
      ["问题类型", "劳动工伤"],
      ["情况说明", "被口头辞退"],
    ])
    expect(answers([], need)).toEqual([["情况说明", "被口头辞退"]])
  })

  it("asks the one who can act", () => {
    expect(statusHint({ status: "delivered" })).toBe("律师已提交成果，请查看并确认")
    expect(statusHint({ status: "delivered" }, true)).toBe("成果已提交，等待客户确认")
    expect(statusHint({ status: "refunded" }, true)).toBe(statusHint({ status: "refunded" }))
    const unpaid = { status: "awaiting_payment", unpaid_until: "2026-11-23T02:30:00Z" } as const
    expect(statusHint(unpaid)).toMatch(/^请在 .+ 前完成支付，逾期订单将自动关闭$/)
    expect(statusHint(unpaid, true)).toBe("等待客户支付，逾期订单将自动关闭")
  })
})
