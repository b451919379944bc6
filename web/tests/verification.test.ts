import { describe, expect, it } from "vitest"
import type { MyVerifications, Verification, VerificationField } from "../src/api/verifications"
import { byField, complete, current, filled, isWorking } from "../src/verification/states"

const application = (id: string, state: Verification["state"], kind: Verification["kind"] = "person"): Verification => ({
  id, kind, state, papers: [], fields: [], hints: {}, face_offered: false, face_url: null, reason_text: null,
  submitted_at: null, decided_at: null, expires_at: null,
})
const field = (name: string, value: string | null, optional = false): VerificationField => ({
  name, label: name, value, flagged: false, reasons: [], optional,
})
const mine = (...items: Verification[]): MyVerifications => ({ standing: [], items })

describe("which application is shown (B2)", () => {
  it("is the open one, then the newest that says anything", () => {
    expect(current(mine(application("b", "refused"), application("a", "draft")), "person")?.id).toBe("a")
    expect(current(mine(application("b", "withdrawn"), application("a", "verified")), "person")?.id).toBe("a")
    expect(current(mine(application("a", "verified")), "company")).toBeNull()
  })
  it("is asked for again while the server is at work", () => {
    expect(isWorking(application("a", "pending"))).toBe(true)
    expect(isWorking(application("a", "draft"))).toBe(false)
    const paper = { paper: "id_card_front", label: "", required: true, state: "reading" as const, error_text: null }
    expect(isWorking({ ...application("a", "draft"), papers: [paper] })).toBe(true)
  })
})

describe("the fields of an application", () => {
  it("keep what was typed when a paper is read", () => {
    expect(filled([field("name", "王晓"), field("id_number", "11")], { id_number: "12" })).toEqual({ name: "王晓", id_number: "12" })
  })
  it("are complete without the optional ones", () => {
    const fields = [field("name", null), field("checked_on", null, true)]
    expect(complete(fields, { name: " " })).toBe(false)
    expect(complete(fields, { name: "王晓" })).toBe(true)
  })
  it("say what is wrong with each", () => {
    expect(byField([{ field: "fields.valid_to", message: "已过期" }])).toEqual({ valid_to: "已过期" })
  })
})
