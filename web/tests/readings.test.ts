import { describe, expect, it } from "vitest"
import type { ReadingField } from "../src/api/readings"
import { messageMenu } from "../src/chat/menu"
import { hitParts } from "../src/chat/highlights"
import { doubts, progress, shown, typeable, typed } from "../src/readings/fields"
import type { Message } from "../src/api/types"

const field = (changes: Partial<ReadingField>): ReadingField => ({
  label: "姓名", value: "王晓", read_value: null, confidence: 1, flagged: false, reasons: [], polygon: null, page: 0,
  masked: false, confirmed: false, ...changes,
})

describe("fields of papers (F2)", () => {
  it("shows money in yuan and takes it back in fen", () => {
    expect(shown("amount_fen", 5_000_050)).toBe("50000.50")
    expect(typed("amount_fen", "50000.5", 0)).toBe(5_000_050)
    expect(typed("amount_fen", "五万", 0)).toBeNull()
    expect(typed("page_count", "12", 10)).toBe(12)
    expect(typed("page_count", "十二", 10)).toBeNull()
    expect(typed("name", " 王晓 ", "王小")).toBe("王晓")
  })

  it("tells how far a reading is, and where in the queue", () => {
    expect(progress({ state: "queued", ahead: 3 })).toContain("前面还有约 3 份")
    expect(progress({ state: "running", ahead: null })).not.toContain("前面")
    expect(progress({ state: "done", ahead: null })).toContain("已经识别过")
  })

  it("says why a value is doubtful", () => {
    expect(doubts(field({ flagged: true, reasons: ["check_digit", "handwritten"] }))).toBe("校验位不符、手写")
    expect(doubts(field({ flagged: true, reasons: [] }))).toBe("请核对")
    expect(doubts(field({}))).toBe("")
  })

  it("never sends back what was masked or is a list", () => {
    expect(typeable(field({ masked: true }))).toBe(false)
    expect(typeable(field({ value: [{ speaker: "张三", text: "好" }] }))).toBe(false)
    expect(shown("messages", [{ speaker: "张三", text: "好", time: "" }])).toBe("张三：好")
  })
})

describe("readings in the chat", () => {
  const message = (type: string, body: Record<string, unknown>): Message =>
    ({ type, body, seq: 1, space_id: "s", sent_at: "2026-01-01T00:00:00Z", sender: { user_id: "u" } }) as unknown as Message

  it("offers to read pictures and PDFs only", () => {
    const labels = (of: Message): string[] => messageMenu(of, "me", { quote: () => undefined }).map((item) => item.label)
    expect(labels(message("image", { file_id: "f" }))).toContain("识别")
    expect(labels(message("file", { file_id: "f", content_type: "application/pdf" }))).toContain("识别")
    expect(labels(message("file", { file_id: "f", content_type: "text/plain" }))).not.toContain("识别")
    expect(labels(message("text", { text: "你好" }))).not.toContain("识别")
  })

  it("lets who brought a picture, or keeps the case, say that it identifies somebody", () => {
    const picture = message("image", { file_id: "f" })
    const labels = (me: string, marks: boolean): string[] =>
      messageMenu(picture, me, { quote: () => undefined, marks }).map((item) => item.label)
    expect(labels("u", false)).toContain("证件")
    expect(labels("lawyer", true)).toContain("证件")
    expect(labels("other", false)).not.toContain("证件")
  })

  it("shows what the paper says where that was found", () => {
    const parts = hitParts({ message: message("card", { title: "资料识别" }), highlights: [], excerpt: "今借到张三人民币" })
    expect(parts.map((part) => part.text).join("")).toContain("今借到张三人民币")
  })
})
