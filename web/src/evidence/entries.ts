/** Entries of a catalogue of evidence as people type and see them. */
import type { CaseElements, Evidence, EvidenceFacts } from "../api/evidence"
import type { FormField } from "../api/orderTypes"
import { fenOf } from "../format/money"

/** Kinds of evidence by 民事诉讼法 66. */
export const KINDS: Record<string, string> = {
  document: "书证",
  electronic: "电子数据",
  object: "物证",
  audiovisual: "视听资料",
  statement: "当事人陈述",
  testimony: "证人证言",
  expert_opinion: "鉴定意见",
  inspection: "勘验笔录",
}

const STATES: Record<string, { label: string; tone: "wait" | "active" | "done" }> = {
  listed: { label: "已列入目录", tone: "done" },
  received: { label: "原件已收存", tone: "active" },
  returned: { label: "原件已退还", tone: "done" },
}

/** The state on an entry's card in the chat. */
export const evidenceState = (state: string): { label: string; tone: "wait" | "active" | "done" } =>
  STATES[state] ?? { label: state, tone: "wait" }

export type EvidenceForm = Record<"name" | "kind" | "dated" | "pages" | "parties" | "purpose", string>

export const formOf = (entry: Evidence): EvidenceForm => ({
  name: entry.name,
  kind: entry.kind,
  dated: entry.dated ?? "",
  pages: entry.pages ? String(entry.pages) : "",
  parties: entry.parties.join("、"),
  purpose: entry.purpose,
})

/** What is wrong with what was typed, in words, by entry. */
export function faultsOf(form: EvidenceForm): Partial<Record<keyof EvidenceForm, string>> {
  const faults: Partial<Record<keyof EvidenceForm, string>> = {}
  if (!form.name.trim()) faults.name = "请填写证据名称"
  if (form.pages.trim() && !/^[1-9]\d{0,3}$/.test(form.pages.trim())) faults.pages = "请填写 1 至 9999 的页数"
  if (partiesOf(form.parties).some((party) => party.length > 60)) faults.parties = "每个名称不超过 60 字"
  return faults
}

/** Only what a person changed: what is left out stays as it is. */
export function changesOf(form: EvidenceForm, before: Evidence): Partial<EvidenceFacts> {
  const was = formOf(before)
  const changes: Partial<EvidenceFacts> = {}
  if (form.name.trim() !== was.name) changes.name = form.name.trim()
  if (form.kind !== was.kind) changes.kind = form.kind
  if (form.dated && form.dated !== was.dated) changes.dated = form.dated
  if (form.pages.trim() && form.pages.trim() !== was.pages) changes.pages = Number(form.pages)
  if (form.parties !== was.parties) changes.parties = partiesOf(form.parties)
  if (form.purpose.trim() !== was.purpose) changes.purpose = form.purpose.trim()
  return changes
}

const partiesOf = (text: string): string[] => text.split(/[、,，;；\n]/).map((one) => one.trim()).filter(Boolean)

/** The seven elements of a case record, as a form. */
export const ELEMENTS: FormField[] = [
  element("case_number", "案号", 60, "例如：（2026）京0105民初12345号"),
  element("court", "审理法院", 60),
  element("cause", "案由", 60, "例如：民间借贷纠纷"),
  element("amount_fen", "争议金额（元）", 12),
  element("firm", "律师事务所", 60),
  { ...element("lawyer_phone", "律师电话", 11), kind: "phone" },
  { ...element("party_phone", "当事人电话", 11), kind: "phone" },
]

function element(name: string, label: string, longest: number, hint = ""): FormField {
  return { name, label, kind: "text", required: true, max_length: longest, hint, choices: [] }
}

export const elementText = (name: string, value: string | number): string =>
  name === "amount_fen" && typeof value === "number" ? (value / 100).toFixed(2) : String(value)

export const elementsForm = (elements: CaseElements | null): Record<string, string> =>
  Object.fromEntries(Object.entries(elements ?? {}).map(([name, value]) => [name, elementText(name, value)]))

/** As the server takes them; null where the amount is none. */
export function elementsOf(values: Record<string, string>): CaseElements | null {
  const amount = values.amount_fen?.trim() === "0" ? 0 : fenOf(values.amount_fen ?? "")
  if (amount === null) return null
  const texts = Object.fromEntries(ELEMENTS.map(({ name }) => [name, (values[name] ?? "").trim()]))
  return { ...(texts as unknown as CaseElements), amount_fen: amount }
}
