import { describe, expect, it } from "vitest"
import type { Minutes } from "../src/api/minutes"
import { isShown } from "../src/hearing/signed_text"

const OPENING = { text: "现在开庭。", speaker: null }
const ANSWER = { text: "借款属实。", speaker: "被告 李四" }
const LINES = [OPENING, ANSWER]
const HEAD = { tribunal: "某某区人民法院", case_number: "（2026）浙0102民初1号", cause: "民间借贷纠纷", place: "线上" }

async function fixed(head: object = HEAD, lines: object[] = LINES): Promise<{ bytes: ArrayBuffer; minutes: Minutes }> {
  const bytes = new TextEncoder().encode(JSON.stringify({ ...head, entries: lines }))
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))
  const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("")
  const entries = [
    ...LINES.map((line) => ({ ...line, kind: "speech", struck: false })),
    { text: "划去的一句", speaker: null, kind: "speech", struck: true },
    { text: "识别的草稿", speaker: null, kind: "suggested", struck: false },
  ]
  return { bytes: bytes.buffer, minutes: { head: HEAD, entries, sha256 } as unknown as Minutes }
}

describe("what is signed (I6)", () => {
  it("is what the screen shows, struck and suggested lines apart", async () => {
    const { minutes, bytes } = await fixed()
    expect(await isShown(minutes, bytes)).toBe(true)
  })

  it.each([
    ["another word", HEAD, [OPENING, { ...ANSWER, text: "借款不属实。" }]],
    ["another speaker", HEAD, [OPENING, { ...ANSWER, speaker: "原告 王五" }]],
    ["a line more", HEAD, [...LINES, OPENING]],
    ["a line less", HEAD, [OPENING]],
    ["another case", { ...HEAD, case_number: "（2026）浙0102民初2号" }, LINES],
  ])("is not %s under its own hash", async (_, head, lines) => {
    const { minutes, bytes } = await fixed(head, lines)
    expect(await isShown(minutes, bytes)).toBe(false)
  })

  it("is not the right words under another hash", async () => {
    const { minutes, bytes } = await fixed()
    expect(await isShown({ ...minutes, sha256: "0".repeat(64) }, bytes)).toBe(false)
  })
})
