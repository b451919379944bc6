import { describe, expect, it } from "vitest"
import type { Page } from "../src/api/types"
import { pages } from "../src/stores/pages"

const page = (items: string[], next?: string): Page<string> => ({ items, next_cursor: next ?? null })

describe("a list in pages", () => {
  it("grows by what comes after, and knows its end", async () => {
    const asked: (string | undefined)[] = []
    const list = pages<string>(async (cursor) => {
      asked.push(cursor)
      return cursor ? page(["c"]) : page(["a", "b"], "b")
    })
    await list.load()
    await list.loadMore()
    await list.loadMore()
    expect([list.items.value, list.more.value, asked]).toEqual([["a", "b", "c"], false, [undefined, "b"]])
  })

  it("shows nothing of what was asked for before", async () => {
    const answers: ((found: Page<string>) => void)[] = []
    const list = pages<string>(() => new Promise((resolve) => answers.push(resolve)))
    const first = list.load()
    const second = list.reload()
    answers[1]?.(page(["new"]))
    await second
    answers[0]?.(page(["old"]))
    await first
    expect([list.items.value, list.loading.value]).toEqual([["new"], false])
  })

  it("says why there is nothing, and begins anew", async () => {
    let broken = true
    const list = pages<string>(async () => {
      if (broken) throw new Error("no")
      return page(["a"])
    })
    await list.load()
    expect([list.loaded.value, String(list.error.value)]).toEqual([false, "Error: no"])
    broken = false
    await list.load()
    expect([list.loaded.value, list.error.value, list.items.value]).toEqual([true, null, ["a"]])
  })
})
