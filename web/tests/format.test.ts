import { expect, it } from "vitest"
import { ApiError, errorText } from "../src/api/errors"
import { base32, totp } from "../src/api/totp"
import { linkParts } from "../src/chat/links"
import { asksForName, mentioned } from "../src/chat/mentions"
import { actionTarget, plusItems } from "../src/chat/plus"
import { yuan } from "../src/format/money"
import { extension, fileSize } from "../src/format/size"
import { lineTime, listTime } from "../src/format/time"
import { fieldProblem, needOf, orderFields } from "../src/orders/form"
import { toGcj02 } from "../src/platform/gcj02"
import { operations } from "../src/orders/states"
import type { Member } from "../src/api/types"
import type { Order } from "../src/api/orderTypes"
import { batches, syncCursors } from "../src/realtime/cursors"
import { append, emptyTimeline, open } from "../src/chat/timeline"
import { message } from "./messages"

it("writes money", () => {
  expect([39_900, 50, 0, 1_234_567, -100].map(yuan)).toEqual(["¥399", "¥0.50", "¥0", "¥12,345.67", "-¥1"])
})

it("writes sizes and extensions", () => {
  expect([12, 1536, 5 * 1024 ** 2, 3 * 1024 ** 3].map(fileSize)).toEqual(["12 B", "1.5 KB", "5 MB", "3 GB"])
  expect(["合同.pdf", "a.tar.gz", ".env", "无"].map(extension)).toEqual(["PDF", "GZ", "", ""])
})

it("writes times as WeChat does", () => {
  const now = new Date(2026, 10, 21, 15, 30)
  const at = (...parts: [number, number, number, number, number]): string => new Date(...parts).toISOString()
  expect(listTime(at(2026, 10, 21, 15, 30), now)).toBe("刚刚")
  expect(listTime(at(2026, 10, 21, 9, 5), now)).toBe("09:05")
  expect(listTime(at(2026, 10, 20, 23, 59), now)).toBe("昨天")
  expect(listTime(at(2026, 10, 18, 8, 0), now)).toBe("星期三")
  expect(listTime(at(2026, 2, 2, 8, 0), now)).toBe("3月2日")
  expect(listTime(at(2025, 2, 2, 8, 0), now)).toBe("2025年3月2日")
  expect(lineTime(at(2026, 10, 20, 9, 5), now)).toBe("昨天 09:05")
})

it("computes the one-time codes of RFC 6238", async () => {
  const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
  expect(new TextDecoder().decode(base32(secret))).toBe("12345678901234567890")
  expect(await totp(secret, 59_000)).toBe("287082")
  expect(await totp(secret, 1_111_111_109_000)).toBe("081804")
  expect(await totp(secret, 20_000_000_000_000)).toBe("353130")
})

it("finds web addresses and leaves Chinese punctuation out of them", () => {
  expect(linkParts("见 https://example.com/a?b=1。谢谢")).toEqual([
    { text: "见 " },
    { text: "https://example.com/a?b=1", href: "https://example.com/a?b=1" },
    { text: "。谢谢" },
  ])
  expect(linkParts("javascript:alert(1)")).toEqual([{ text: "javascript:alert(1)" }])
})

it("knows whom a text mentions", () => {
  const members = [{ user_id: "u1", display_name: "王律师" }] as Member[]
  expect(mentioned("@王律师 请看", members)).toEqual(["u1"])
  expect(mentioned("王律师", members)).toEqual([])
  expect([asksForName("你好@", 3), asksForName("a@", 2)]).toEqual([true, false])
})

it("checks an order form", () => {
  const fields = orderFields([{ name: "phone", label: "联系电话", kind: "phone", required: true }])
  expect(fields.map((field) => field.name)).toEqual(["phone", "description"])
  const [phone] = fields
  if (!phone) throw new Error("no field")
  expect(fieldProblem(phone, "")).toBe("请填写联系电话")
  expect(fieldProblem(phone, "12345")).toBe("请填写正确的手机号")
  expect(fieldProblem(phone, "13800138000")).toBeNull()
  expect(needOf({ a: " x ", b: "  " })).toEqual({ a: "x" })
})

it("offers what the server allows, the main operation last", () => {
  const order = (...actions: string[]): Order => ({ actions }) as Order
  expect(operations(order("pay", "cancel", "something_new"))).toEqual(["cancel", "pay"])
  expect(operations(order("accept", "decline"))).toEqual(["decline", "accept"])
  expect(operations(order())).toEqual([])
})

it("offers each function of the plus menu once", () => {
  const items = plusItems([
    { code: "case_details", label: "案件详情" },
    { code: "send_location", label: "发送位置" },
  ])
  expect(items.map((item) => item.label)).toEqual(["照片", "拍摄", "文件", "位置", "名片", "案件详情"])
  expect(actionTarget("something_new")).toBeUndefined()
})

it("speaks Chinese about every error", () => {
  expect(errorText(new ApiError(409, "order.wrong_state", "x", false))).toBe("订单状态已变化，请刷新后再试")
  expect(errorText(new ApiError(422, "new.code", "内容有误", false))).toBe("内容有误")
  expect(errorText(new ApiError(503, "unknown", "upstream", true))).toBe("服务暂时不可用，请稍后重试")
  expect(errorText(new TypeError("x"))).toBe("出了点问题，请稍后重试")
  const faulty = new ApiError(422, "request.invalid", "请求内容有误", false, [{ field: "need.phone", message: "手机号有误" }])
  expect(errorText(faulty)).toBe("手机号有误")
})

it("syncs an opened space from before its hole, the others from where the list stands", () => {
  const timeline = emptyTimeline("s")
  open(timeline, [message(1), message(2)], false, 0)
  append(timeline, [message(5)])
  const listed = ["s", "t"].map((id) => ({ id, title: id, last_seq: 5, read_seq: 0, unread: 0 }))
  expect(syncCursors(listed, new Map([["s", timeline]]))).toEqual({ s: 2, t: 5 })
  expect(batches({ a: 1, b: 2, c: 3 }, 2)).toEqual([{ a: 1, b: 2 }, { c: 3 }])
})

it("bends positions in China as maps there do, and leaves the others", () => {
  const beijing = toGcj02({ latitude: 39.9087, longitude: 116.3975 })
  expect(beijing.latitude).toBeCloseTo(39.9101, 3)
  expect(beijing.longitude).toBeCloseTo(116.4037, 3)
  expect(toGcj02({ latitude: 48.8566, longitude: 2.3522 })).toEqual({ latitude: 48.8566, longitude: 2.3522 })
})
