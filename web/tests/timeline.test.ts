import { describe, expect, it } from "vitest"
import type { Message } from "../src/api/types"
import { append, cardBody, emptyTimeline, find, open, prepend, recalledBy, tip } from "../src/chat/timeline"
import { message } from "./messages"

const seqs = (items: Message[]): number[] => items.map((item) => item.seq)
const run = (from: number, to: number): Message[] =>
  Array.from({ length: to - from + 1 }, (_, index) => message(from + index))

describe("timeline", () => {
  it("shows what follows on and ignores repeats", () => {
    const timeline = emptyTimeline("s")
    open(timeline, run(5, 7), true, 0)
    expect(append(timeline, [message(8), message(8), message(6)])).toMatchObject({ hole: false })
    expect(seqs(timeline.items)).toEqual([5, 6, 7, 8])
  })

  it("holds back what is beyond a hole until the hole is filled", () => {
    const timeline = emptyTimeline("s")
    open(timeline, run(1, 3), false, 0)
    expect(append(timeline, [message(6), message(5)])).toEqual({ added: [], hole: true })
    expect(tip(timeline)).toBe(3)
    const filled = append(timeline, [message(4)])
    expect(filled.hole).toBe(false)
    expect(seqs(filled.added)).toEqual([4, 5, 6])
    expect(seqs(timeline.items)).toEqual([1, 2, 3, 4, 5, 6])
  })

  it("keeps live messages that arrive while the first page is on its way", () => {
    const timeline = emptyTimeline("s")
    expect(append(timeline, [message(4), message(3)])).toEqual({ added: [], hole: false })
    open(timeline, run(1, 3), false, 0)
    expect(seqs(timeline.items)).toEqual([1, 2, 3, 4])
  })

  it("finds a hole between the first page and what came live", () => {
    const timeline = emptyTimeline("s")
    append(timeline, [message(9)])
    open(timeline, run(1, 3), false, 0)
    expect(append(timeline, []).hole).toBe(true)
  })

  it("continues an empty space from its floor", () => {
    const timeline = emptyTimeline("s")
    open(timeline, [], false, 12)
    expect(append(timeline, [message(13)]).hole).toBe(false)
    expect(tip(timeline)).toBe(13)
  })

  it("puts an older page before, and refuses one that does not fit", () => {
    const timeline = emptyTimeline("s")
    open(timeline, run(10, 12), true, 0)
    prepend(timeline, run(3, 5), true)
    expect(timeline.items[0]?.seq).toBe(10)
    prepend(timeline, run(7, 9), false)
    expect(seqs(timeline.items)).toEqual([7, 8, 9, 10, 11, 12])
    expect(timeline.hasOlder).toBe(false)
    expect(find(timeline, 8)?.seq).toBe(8)
  })

  it("takes the fresher copy of a known message", () => {
    const timeline = emptyTimeline("s")
    open(timeline, [message(1, { type: "image", body: { url: "/old" } })], false, 0)
    append(timeline, [message(1, { type: "image", body: { url: "/new" } })])
    expect(timeline.items[0]?.body.url).toBe("/new")
    expect(timeline.items).toHaveLength(1)
  })

  it("applies recalls and card states to earlier entries, also to those loaded later", () => {
    const timeline = emptyTimeline("s")
    const later = [
      message(3, { type: "recall", body: { seq: 1 } }),
      message(4, { type: "card_update", body: { seq: 2, state: "paid" } }),
    ]
    open(timeline, later, true, 0)
    const card = message(2, { type: "card", body: { kind: "payment", title: "费用", state: "pending" } })
    prepend(timeline, [message(1), card], false)
    expect(recalledBy(timeline, message(1))?.display_name).toBe("张三")
    expect(recalledBy(timeline, card)).toBeNull()
    expect(cardBody(timeline, card)).toMatchObject({ title: "费用", state: "paid" })
    append(timeline, [message(5, { type: "card_update", body: { seq: 2, state: "refunded" } })])
    append(timeline, [message(4, { type: "card_update", body: { seq: 2, state: "paid" } })])
    expect(cardBody(timeline, card).state).toBe("refunded")
  })
})
