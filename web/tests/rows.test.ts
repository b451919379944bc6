import { describe, expect, it } from "vitest"
import type { OutboxEntry } from "../src/chat/outbox"
import { messagePreview } from "../src/chat/preview"
import { chatRows } from "../src/chat/rows"
import { append, emptyTimeline, open } from "../src/chat/timeline"
import { message } from "./messages"

/** After message 2, before message 3. */
const BETWEEN = new Date(Date.UTC(2026, 10, 21, 2, 2, 30)).toISOString()
const NOW = new Date(Date.UTC(2026, 10, 21, 4))

describe("rows of a chat", () => {
  it("puts a time where there was a pause, and hides entries that only change others", () => {
    const timeline = emptyTimeline("s")
    open(
      timeline,
      [
        message(1),
        message(2),
        message(3, { type: "recall", body: { seq: 1 } }),
        message(4, { sent_at: new Date(Date.UTC(2026, 10, 21, 3)).toISOString() }),
      ],
      false,
      0,
    )
    const rows = chatRows(timeline, [], "u1", NOW)
    expect(rows.map((row) => row.kind)).toEqual(["time", "notice", "message", "time", "message"])
    expect(rows[1]).toMatchObject({ text: "你撤回了一条消息" })
    expect(chatRows(timeline, [], "u2", NOW)[1]).toMatchObject({ text: "“张三”撤回了一条消息" })
  })

  it("hides what is held for review from the others, also when it came live before", () => {
    const timeline = emptyTimeline("s")
    const system = { user_id: null, role: "system" as const, display_name: "系统" }
    const word = (seq: number, code: string) =>
      message(seq, { type: "notice", sender: system, body: { code, text: "审核", seq: 1 } })
    open(timeline, [message(1), word(2, "content.held")], false, 0)
    expect(chatRows(timeline, [], "u2", NOW)[1]).toMatchObject({ kind: "notice", text: "此消息正在审核或未通过审核" })
    expect(chatRows(timeline, [], "u1", NOW)[1]).toMatchObject({ kind: "message", held: true })
    expect(chatRows(timeline, [], "u3", NOW, true)[1]).toMatchObject({ kind: "message", held: true })
    append(timeline, [word(3, "content.upheld"), word(4, "content.released")])
    expect(chatRows(timeline, [], "u2", NOW)[1]).toMatchObject({ kind: "message", held: false })
    expect(messagePreview(message(1, { held: true, body: {} }), "u2")).toBe("张三：[审核中]")
  })

  it("leaves what could not be sent where it was written, and what waits at the end", () => {
    const timeline = emptyTimeline("s")
    open(timeline, [message(1), message(2), message(3)], false, 0)
    const failed = { client_msg_id: "f", state: "failed", created_at: BETWEEN } as OutboxEntry
    const queued = { client_msg_id: "q", state: "queued", created_at: BETWEEN } as OutboxEntry
    const rows = chatRows(timeline, [queued, failed], "u1", NOW).filter((row) => row.kind !== "time")
    expect(rows.map((row) => row.key)).toEqual(["u1:c1", "u1:c2", "u1:f", "u1:c3", "u1:q"])
  })

  it("keeps the key of a message from the outbox to the record", () => {
    const timeline = emptyTimeline("s")
    const entry = { client_msg_id: "c1", state: "queued", created_at: message(1).sent_at } as OutboxEntry
    const before = chatRows(timeline, [entry], "u1", NOW).map((row) => row.key)
    open(timeline, [message(1)], false, 0)
    expect(chatRows(timeline, [], "u1", NOW).map((row) => row.key)).toEqual(before)
  })
})

it("previews messages as a group chat does", () => {
  expect(messagePreview(message(1), "u2")).toBe("张三：第 1 条")
  expect(messagePreview(message(1), "u1")).toBe("第 1 条")
  expect(messagePreview(message(1, { type: "file", body: { name: "合同.pdf" } }), "u1")).toBe("[文件] 合同.pdf")
  expect(messagePreview(message(2, { type: "card_update", body: { seq: 1, state: "refunded" } }), "u2")).toBe("[案件动态] 已退款")
  expect(messagePreview(message(1, { type: "recall", body: { seq: 1 } }), "u1")).toBe("你撤回了一条消息")
  expect(messagePreview(null, "u1")).toBe("暂无消息")
})
