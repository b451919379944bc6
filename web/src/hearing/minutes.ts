/** How minutes change under the eyes of who reads them. Pure. */
import type { Minutes, MinutesChange, MinutesEntry, MinutesState } from "../api/minutes"

export const STATES: Record<MinutesState, string> = {
  draft: "记录中",
  reading: "送阅核对",
  final: "待签名",
  done: "已完成",
}

export const SIGNINGS = { open: "待签名", signed: "已签名", refused: "拒绝签名", absent: "未到庭" } as const

/** What a signature rests on. */
export const BASES = { verified: "已实名认证", checked: "身份经核对" } as const

/** With the change taken in; null when the whole must be fetched again. */
export function changed(minutes: Minutes, change: MinutesChange): Minutes | null {
  if (change.version <= minutes.version) return minutes
  // What one may do hangs on the state.
  if (change.version !== minutes.version + 1 || !change.entry || change.state !== minutes.state) return null
  return { ...minutes, version: change.version, entries: placed(minutes.entries, change.entry, change.after) }
}

/** The entry in its place after another one; null: at the head. */
export function placed(entries: MinutesEntry[], entry: MinutesEntry, after: string | null): MinutesEntry[] {
  const rest = entries.filter((one) => one.id !== entry.id)
  const at = after === null ? 0 : rest.findIndex((one) => one.id === after) + 1
  return [...rest.slice(0, at), entry, ...rest.slice(at)]
}

/** Whether a line is part of the minutes. */
export const counts = (entry: MinutesEntry): boolean => !entry.struck && entry.kind !== "suggested"

/** The numbers that entries bear on the paper, by their ids. */
export function numbers(entries: MinutesEntry[]): Map<string, number> {
  return new Map(entries.filter(counts).map((entry, index) => [entry.id, index + 1]))
}

/** Where an entry's words are in the recording: 第1段 03:07. */
export function offsetText(entry: MinutesEntry): string {
  if (entry.segment === null || entry.offset_ms === null) return ""
  const seconds = Math.floor(entry.offset_ms / 1000)
  const two = (value: number): string => String(value).padStart(2, "0")
  return `录音第${entry.segment}段 ${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`
}

export const openObjections = (entries: MinutesEntry[]): number =>
  entries.reduce((sum, entry) => sum + entry.objections.filter((one) => one.state === "open").length, 0)
