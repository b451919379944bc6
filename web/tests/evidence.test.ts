import { describe, expect, it } from "vitest"
import type { Evidence } from "../src/api/evidence"
import { isPaper } from "../src/evidence/adding"
import { changesOf, elementsForm, elementsOf, elementText, faultsOf, formOf } from "../src/evidence/entries"

const ENTRY: Evidence = {
  id: "e", space_id: "s", number: 1, file_id: "f", reading_id: null, hash: "", name: "借条", kind: "document",
  kind_label: "书证", dated: "2026-01-05", pages: 1, parties: ["张三", "李四"], purpose: "", submitter_id: "u",
  submitter_name: "王晓", submitted_at: "2026-01-06T00:00:00+08:00", originals: [], original_held: false, actions: [],
}

describe("an entry of the catalogue", () => {
  it("sends only what a person changed", () => {
    const form = formOf(ENTRY)
    expect(changesOf(form, ENTRY)).toEqual({})
    const changed = { ...form, purpose: " 证明借款 ", parties: "张三，李四、王五", pages: "2" }
    expect(changesOf(changed, ENTRY)).toEqual({ purpose: "证明借款", parties: ["张三", "李四", "王五"], pages: 2 })
  })
  it("says what is wrong", () => {
    const form = formOf(ENTRY)
    expect(faultsOf(form)).toEqual({})
    expect(Object.keys(faultsOf({ ...form, name: " ", pages: "0", parties: "x".repeat(61) }))).toEqual(["name", "pages", "parties"])
  })
  it("is read by the machine where it can be a paper", () => {
    expect([isPaper("image/jpeg"), isPaper("application/pdf"), isPaper("image/gif"), isPaper("audio/mpeg")]).toEqual([true, true, false, false])
  })
})

describe("the elements of a case", () => {
  const elements = {
    case_number: "（2026）京0105民初1234号", firm: "示例律师事务所", lawyer_phone: "13800000001",
    party_phone: "13800000002", amount_fen: 5_000_050, court: "北京市朝阳区人民法院", cause: "民间借贷纠纷",
  }
  it("go through the form and come back", () => {
    expect(elementsForm(elements).amount_fen).toBe("50000.50")
    expect(elementsOf(elementsForm(elements))).toEqual(elements)
    expect(elementsForm(null)).toEqual({})
  })
  it("take no amount that is none, but nought", () => {
    expect(elementsOf({ ...elementsForm(elements), amount_fen: "五万" })).toBeNull()
    expect(elementsOf({ ...elementsForm(elements), amount_fen: "0" })?.amount_fen).toBe(0)
    expect(elementText("court", "北京市")).toBe("北京市")
  })
})
