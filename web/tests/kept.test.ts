import { beforeEach, describe, expect, it, vi } from "vitest"
import { keptForm, keptText } from "../src/platform/kept"

describe("what was typed and not sent", () => {
  const stored = new Map<string, string>()
  beforeEach(() => {
    stored.clear()
    vi.stubGlobal("sessionStorage", {
      getItem: (name: string) => stored.get(name) ?? null,
      setItem: (name: string, value: string) => void stored.set(name, value),
      removeItem: (name: string) => void stored.delete(name),
    })
  })

  it("comes back where it was begun, and nowhere else", () => {
    keptText("notes.a").value = "还缺一份流水"
    expect(keptText("notes.a").value).toBe("还缺一份流水")
    expect(keptText("notes.b").value).toBe("")
  })

  it("leaves nothing once it was sent", () => {
    const text = keptText("a")
    text.value = "已发送的话"
    text.value = ""
    expect(stored.size).toBe(0)
  })

  it("keeps a form with the key under which it is sent, and drops both together", () => {
    const { form } = keptForm("quote.a", { key: "first", items: [{ title: "", amount: "" }] })
    form.items[0]!.title = "起草律师函"
    const again = keptForm("quote.a", { key: "second", items: [] as { title: string; amount: string }[] })
    expect(again.form).toEqual({ key: "first", items: [{ title: "起草律师函", amount: "" }] })
    again.drop()
    again.form.items[0]!.title = "改过的"
    expect(stored.size).toBe(0)
  })
})
