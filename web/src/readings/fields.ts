/** Fields of a paper as people type and see them. */
import type { Reading, ReadingField, ReadingValue } from "../api/readings"
import { fenOf } from "../format/money"

const WHY: Record<string, string> = {
  low_score: "字迹不清",
  check_digit: "校验位不符",
  mismatch: "与其他内容不一致",
  unlikely: "日期不合常理",
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

/** What a person may say that a paper is, in the order in which they come up. */
export const PAPER_KINDS: Record<string, string> = {
  id_card_front: "居民身份证（人像面）",
  id_card_back: "居民身份证（国徽面）",
  contract: "合同",
  iou: "借条",
  chat_screenshot: "聊天截图",
  bank_receipt: "银行回单",
  vat_invoice: "增值税发票",
  bank_card: "银行卡",
  business_licence: "营业执照",
  lawyer_licence: "律师执业证",
  summons: "传票",
  judgment: "裁判文书",
  fee_notice: "诉讼费用通知",
  power_of_attorney: "授权委托书",
  delivery_receipt: "送达回证",
  page: "其他文件",
}

/** What is said to whoever asked for a reading. */
export function progress(reading: Pick<Reading, "state" | "ahead">): string {
  if (reading.state === "done") return "这份资料已经识别过，请看“资料识别”卡片"
  return reading.ahead ? `正在识别，前面还有约 ${reading.ahead} 份，完成后会在这里提示` : "正在识别，完成后会在这里提示"
}

const STATES: Record<string, { label: string; tone: "wait" | "done" | "off" }> = {
  to_confirm: { label: "待核对", tone: "wait" },
  confirmed: { label: "已核对", tone: "done" },
  unreadable: { label: "未能识别", tone: "off" },
  withdrawn: { label: "已撤回", tone: "off" },
  replaced: { label: "已重新识别", tone: "off" },
  expired: { label: "已到期删除", tone: "off" },
}

/** The state on a reading's card in the chat. */
export const readingLabel = (state: string): string => STATES[state]?.label ?? state
export const readingTone = (state: string): "wait" | "done" | "off" => STATES[state]?.tone ?? "wait"
