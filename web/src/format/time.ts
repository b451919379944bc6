/** Times as WeChat writes them, in the phone's own time zone. */

const WEEKDAYS = ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"]
const DAY_MS = 86_400_000

function clock(date: Date): string {
  return `${String(date.getHours()).padStart(2, "0")}:${String(date.getMinutes()).padStart(2, "0")}`
}

function midnight(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
}

function daysAgo(date: Date, now: Date): number {
  return Math.round((midnight(now) - midnight(date)) / DAY_MS)
}

function day(date: Date, now: Date): string {
  const monthDay = `${date.getMonth() + 1}月${date.getDate()}日`
  return date.getFullYear() === now.getFullYear() ? monthDay : `${date.getFullYear()}年${monthDay}`
}

/** For a list: 刚刚, 14:05, 昨天, 星期三, 3月2日, 2025年3月2日. */
export function listTime(iso: string, now: Date = new Date()): string {
  const date = new Date(iso)
  const ago = daysAgo(date, now)
  if (Math.abs(now.getTime() - date.getTime()) < 60_000) return "刚刚"
  if (ago <= 0) return clock(date)
  if (ago === 1) return "昨天"
  if (ago < 7) return WEEKDAYS[date.getDay()] ?? ""
  return day(date, now)
}

/** For the line between messages: 14:05, 昨天 14:05, 星期三 14:05, 3月2日 14:05. */
export function lineTime(iso: string, now: Date = new Date()): string {
  const date = new Date(iso)
  const ago = daysAgo(date, now)
  if (ago <= 0) return clock(date)
  if (ago === 1) return `昨天 ${clock(date)}`
  if (ago < 7) return `${WEEKDAYS[date.getDay()]} ${clock(date)}`
  return `${day(date, now)} ${clock(date)}`
}

/** For order steps and deadlines: 11月21日 14:05. */
export function stepTime(iso: string, now: Date = new Date()): string {
  const date = new Date(iso)
  return `${day(date, now)} ${clock(date)}`
}

/** A day with its year: 2028年11月21日. */
export function wholeDay(iso: string): string {
  const date = new Date(iso)
  return `${date.getFullYear()}年${date.getMonth() + 1}月${date.getDate()}日`
}

/** Seconds as a voice bubble shows them. */
export function voiceLength(milliseconds: number): string {
  return `${Math.max(1, Math.round(milliseconds / 1000))}″`
}
