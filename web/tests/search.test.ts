import { describe, expect, it } from "vitest"
import type { SearchHit } from "../src/api/types"
import { hitParts } from "../src/chat/highlights"
import { fileNameOf } from "../src/format/disposition"
import { message } from "./messages"

const shown = (hit: SearchHit): string =>
  hitParts(hit)
    .map(({ text, found }) => (found ? `<${text}>` : text))
    .join("")

describe("found messages", () => {
  it("marks every found word, in the order of the text", () => {
    const hit = {
      message: message(1, { body: { text: "工资拖欠三个月，工资条在家" } }),
      highlights: [
        { field: "text", start: 8, length: 2 },
        { field: "text", start: 0, length: 2 },
      ],
    }
    expect(shown(hit)).toBe("<工资>拖欠三个月，<工资>条在家")
  })

  it("cuts a long text around the first found word", () => {
    const text = `${"前".repeat(50)}合同${"后".repeat(200)}`
    const line = shown({ message: message(1, { body: { text } }), highlights: [{ field: "text", start: 50, length: 2 }] })
    expect(line).toMatch(/^…前{14}<合同>后{74}…$/)
  })

  it("joins marks that overlap and says what kind of message it is", () => {
    const hit = {
      message: message(1, { type: "location", body: { name: "朝阳法院", address: "朝阳公园南路" } }),
      highlights: [
        { field: "name", start: 0, length: 3 },
        { field: "name", start: 2, length: 2 },
        { field: "address", start: 0, length: 2 },
      ],
    }
    expect(shown(hit)).toBe("[位置] <朝阳法><院> · <朝阳>公园南路")
  })
})

it("reads the name of a download", () => {
  const name = "案件记录-20261121-1405-abc123.zip"
  expect(fileNameOf(`attachment; filename="case.zip"; filename*=UTF-8''${encodeURIComponent(name)}`)).toBe(name)
  expect(fileNameOf('attachment; filename="case.zip"')).toBe("case.zip")
  expect(fileNameOf(`attachment; filename="case.zip"; filename*=UTF-8''%E0%A4%A`)).toBe("case.zip")
  expect(fileNameOf(null)).toBeNull()
})
