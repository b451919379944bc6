import { describe, expect, it } from "vitest"
import { nextTick } from "vue"
import { attempts } from "../src/stores/attempts"

describe("what a page does, one thing at a time", () => {
  it("lets a sheet close once what it does is done, and at once when it does nothing", async () => {
    const { attempt, after, busy } = attempts()
    const told: string[] = []
    after(() => told.push("at once"))
    expect(told).toEqual(["at once"])
    let answer = (): void => {}
    const doing = attempt(async () => {
      await new Promise<void>((resolve) => (answer = resolve))
      told.push("changed")
    })
    after(() => told.push("closed"))
    await nextTick()
    expect(busy.value).toBe(true)
    expect(told).toEqual(["at once"])
    answer()
    await doing
    await nextTick()
    expect(told).toEqual(["at once", "changed", "closed"])
  })
})
