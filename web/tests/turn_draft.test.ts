import { describe, expect, it } from "vitest"
import { type KeptFile, TurnKeeper, type TurnFile, type TurnWords } from "../src/hearing/turn_draft"
import { memoryStore } from "../src/platform/object_store"

const said: TurnWords = { key: "k1", text: "借款已经归还", question_id: "q1" }
const voice: TurnFile = { name: "voice.webm", content_type: "audio/webm", blob: new Blob(["x"]), file_id: "", duration_ms: 1200 }

function phone() {
  const words = new Map<string, string>()
  const storage = {
    getItem: (name: string) => words.get(name) ?? null,
    setItem: (name: string, value: string) => void words.set(name, value),
    removeItem: (name: string) => void words.delete(name),
  }
  const files = Promise.resolve(memoryStore<KeptFile>("id"))
  // Each page of a phone has a keeper of its own over the same storage.
  return { words, page: () => new TurnKeeper(storage, files) }
}

describe("a turn that was not sent (I6)", () => {
  it("comes back on another page: its words, its recording, its key and the question that it answers", async () => {
    const { page } = phone()
    page().keepWords("u1", "h1", said, true)
    await page().keepFile("u1", "h1", voice)
    expect(await page().load("u1", "h1")).toEqual({ words: said, file: voice })
  })

  it("belongs to one person and one hearing", async () => {
    const { page } = phone()
    page().keepWords("u1", "h1", said, false)
    await page().keepFile("u1", "h1", voice)
    for (const [user, hearing] of [["u2", "h1"], ["u1", "h2"]] as const)
      expect(await page().load(user, hearing)).toEqual({ words: null, file: null })
  })

  it("keeps the key of a recording without words, and nothing once all is gone", async () => {
    const { page, words } = phone()
    page().keepWords("u1", "h1", { ...said, text: "" }, true)
    expect((await page().load("u1", "h1")).words?.key).toBe("k1")
    page().keepWords("u1", "h1", { ...said, text: "" }, false)
    await page().keepFile("u1", "h1", null)
    expect(await page().load("u1", "h1")).toEqual({ words: null, file: null })
    expect(words.size).toBe(0)
  })

  it("leaves nothing of who signs out, and everything of who shares the phone", async () => {
    const { page, words } = phone()
    for (const user of ["u1", "u2"]) {
      page().keepWords(user, "h1", said, true)
      await page().keepFile(user, "h1", voice)
    }
    await page().erase("u1", [...words.keys()])
    expect(await page().load("u1", "h1")).toEqual({ words: null, file: null })
    expect(await page().load("u2", "h1")).toEqual({ words: said, file: voice })
  })

  it("bears what another version has written", async () => {
    const { page, words } = phone()
    words.set("casespace.turn.u1.h1", "{")
    expect((await page().load("u1", "h1")).words).toBeNull()
  })
})
