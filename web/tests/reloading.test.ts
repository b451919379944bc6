import { describe, expect, it } from "vitest"
import { mayReload } from "../src/platform/reloading"

describe("loading the page anew", () => {
  it("happens once a minute, so that what is gone for good makes no circle", () => {
    const kept = new Map<string, string>()
    const storage = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, text: string) => void kept.set(key, text) }
    const tries = [0, 1_000, 59_000, 61_000, 62_000, 121_500].map((ms) => mayReload(storage, 1_800_000_000_000 + ms))
    expect(tries).toEqual([true, false, false, true, false, true])
  })

  it("is not kept from happening by a clock that was put back", () => {
    const storage = { getItem: () => "1900000000000", setItem: () => undefined }
    expect(mayReload(storage, 1_800_000_000_000)).toBe(true)
  })
})
