import { describe, expect, it, vi } from "vitest"
import { Dispatcher, type DispatcherDoors } from "../src/chat/dispatcher"
import { backoff, inOrder, nextToSend, nextToUpload, type OutboxEntry, type Outcome, wireBody } from "../src/chat/outbox"
import { memoryStore } from "../src/platform/object_store"

let count = 0

function entry(fields: Partial<OutboxEntry> = {}): OutboxEntry {
  count += 1
  return {
    client_msg_id: `c${count}`,
    user_id: "u1",
    space_id: "s",
    type: "text",
    body: { text: "你好" },
    created_at: new Date(Date.UTC(2026, 0, 1) + count).toISOString(),
    order: count,
    state: "queued",
    ...fields,
  }
}

const withFile = (file_id?: string): OutboxEntry =>
  entry({ type: "file", body: {}, file: { name: "a.pdf", content_type: "application/pdf", blob: new Blob(["x"]), file_id } })

/** A dispatcher over a list, whose sends answer what `answers` says, then "sent". */
function setUp(entries: OutboxEntry[], answers: Outcome[] = []) {
  const sent: string[] = []
  const pauses: { milliseconds: number; work: () => void }[] = []
  const doors: DispatcherDoors = {
    entries: () => entries,
    send: vi.fn(async (e: OutboxEntry) => {
      const outcome = answers.shift() ?? { kind: "sent" }
      if (outcome.kind === "sent") {
        sent.push(e.client_msg_id)
        entries.splice(entries.indexOf(e), 1)
      }
      return outcome
    }),
    upload: vi.fn(async (e: OutboxEntry): Promise<Outcome> => {
      if (e.file) e.file.file_id = `f-${e.client_msg_id}`
      return { kind: "sent" }
    }),
    fail: (e, reason) => Object.assign(e, { state: "failed", error: reason }),
    later: (milliseconds, work) => pauses.push({ milliseconds, work }),
  }
  return { dispatcher: new Dispatcher(doors), doors, sent, pauses }
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5))

describe("what to send next", () => {
  it("is the oldest of the space, by time and then by order", () => {
    const at = new Date().toISOString()
    const [a, b] = [entry({ created_at: at, order: 2 }), entry({ created_at: at, order: 1 })]
    expect(inOrder([a, b])).toEqual([b, a])
    expect(nextToSend([a, b, entry({ space_id: "t" })], "s")).toBe(b)
  })

  it("passes over uploads that are not done and entries that failed", () => {
    const upload = withFile()
    const text = entry()
    expect(nextToSend([upload, entry({ state: "failed" }), text], "s")).toBe(text)
    expect(nextToUpload([upload, text], "s")).toBe(upload)
    expect(nextToUpload([withFile("f1")], "s")).toBeNull()
  })

  it("sends the id of the uploaded file", () => {
    expect(wireBody(withFile("f1"))).toEqual({ file_id: "f1" })
  })
})

describe("dispatcher", () => {
  it("sends in order, one at a time", async () => {
    const entries = [entry(), entry(), entry()]
    const ids = entries.map((e) => e.client_msg_id)
    const { dispatcher, sent } = setUp(entries)
    dispatcher.pump()
    dispatcher.pump()
    await settled()
    expect(sent).toEqual(ids)
  })

  it("sends the same entry again after a lost answer, before any later one", async () => {
    const entries = [entry(), entry()]
    const ids = entries.map((e) => e.client_msg_id)
    const { dispatcher, doors, sent, pauses } = setUp(entries, [{ kind: "retry" }, { kind: "retry" }])
    dispatcher.pump()
    await settled()
    expect(pauses.map((p) => p.milliseconds)).toEqual([1000])
    pauses[0]?.work()
    await settled()
    expect(pauses.map((p) => p.milliseconds)).toEqual([1000, 2000])
    expect(sent).toEqual([])
    dispatcher.resume()
    await settled()
    expect(sent).toEqual(ids)
    expect(doors.send).toHaveBeenCalledTimes(4)
  })

  it("marks a refused entry and goes on with the next", async () => {
    const entries = [entry(), entry()]
    const [first, second] = entries.map((e) => e.client_msg_id)
    const { dispatcher, sent } = setUp(entries, [{ kind: "failed", reason: "不行" }])
    dispatcher.pump()
    await settled()
    expect(sent).toEqual([second])
    expect(entries).toMatchObject([{ client_msg_id: first, state: "failed", error: "不行" }])
  })

  it("uploads, then sends, and lets texts pass meanwhile", async () => {
    const upload = withFile()
    const text = entry()
    const { dispatcher, sent } = setUp([upload, text])
    dispatcher.pump()
    await settled()
    expect(new Set(sent)).toEqual(new Set([text.client_msg_id, upload.client_msg_id]))
    expect(sent[0]).toBe(text.client_msg_id)
  })

  it("keeps spaces apart: one that cannot send does not hold up another", async () => {
    const entries = [entry(), entry({ space_id: "t" })]
    const other = entries[1]?.client_msg_id
    const { dispatcher, sent } = setUp(entries, [{ kind: "retry" }])
    dispatcher.pump()
    await settled()
    expect(sent).toEqual([other])
  })
})

describe("storage", () => {
  it("puts, replaces and removes", async () => {
    const storage = memoryStore<OutboxEntry>("client_msg_id")
    const one = entry()
    await storage.put(one)
    await storage.put({ ...one, state: "failed" })
    expect(await storage.all()).toMatchObject([{ client_msg_id: one.client_msg_id, state: "failed" }])
    await storage.remove(one.client_msg_id)
    expect(await storage.all()).toEqual([])
  })
})

it("backs off to half a minute", () => {
  expect([1, 2, 3, 5, 6, 20].map(backoff)).toEqual([1000, 2000, 4000, 16_000, 30_000, 30_000])
})
