/** Fields of a paper as people type and see them. */
import type { ReadingField, ReadingValue } from "../api/readings"
import { fenOf } from "../format/money"

const WHY: Record<string, string> = {
  low_score: "字迹不清",
  check_digit: "校验位不符",
  mismatch: "与其他内容不一致",
  handwritten: "手写",
  seal: "被印章遮挡",
  grammar: "格式不符",
  repaired: "已按规则修正",
}

export const isAmount = (name: string): boolean => name.endsWith("_fen")

/** What stands in the input. Money is typed in yuan; a chat's lines are only shown. */
export function shown(name: string, value: ReadingValue): string {
  if (Array.isArray(value)) return value.map((line) => [line.speaker, line.text].filter(Boolean).join("：")).join("\n")
  if (!isAmount(name) || typeof value !== "number") return String(value)
  return (value / 100).toFixed(2)
}

/** What a person typed, as the server takes it; null for what is no such value. */
export function typed(name: string, text: string, before: ReadingValue): ReadingValue | null {
  if (isAmount(name)) return fenOf(text)
  if (typeof before === "number") return /^\d{1,9}$/.test(text.trim()) ? Number(text) : null
  return text.trim()
}

/** Whether a person may type it here: what is masked or a list stays as it is. */
export const typeable = (field: ReadingField): boolean => !field.masked && !Array.isArray(field.value)

export function doubts(field: ReadingField): string {
  if (!field.flagged) return ""
  return field.reasons.map((reason) => WHY[reason] ?? "").filter(Boolean).join("、") || "请核对"
}

const STATES: Record<string, { label: string; tone: "wait" | "done" | "off" }> = {
  to_confirm: { label: "待核对", tone: "wait" },
  confirmed: { label: "已核对", tone: "done" },
  unreadable: { label: "未能识别", tone: "off" },
  withdrawn: { label: "已撤回", tone: "off" },
  expired: { label: "已到期删除", tone: "off" },
}

/** The state on a reading's card in the chat. */
export const readingLabel = (state: string): string => STATES[state]?.label ?? state
export const readingTone = (state: string): "wait" | "done" | "off" => STATES[state]?.tone ?? "wait"
