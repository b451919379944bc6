/** Days of China's calendar, as YYYY-MM-DD: bills, the ledger and statistics are cut there, wherever the reader is. */
const CALENDAR = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai", year: "numeric", month: "2-digit", day: "2-digit" })
const DAY_MS = 86_400_000

export function chinaDay(daysAgo: number = 0, now: Date = new Date()): string {
  return CALENDAR.format(new Date(now.getTime() - daysAgo * DAY_MS))
}

const BILL_HOURS_MS = 10 * 3_600_000

/** The latest day whose bill WeChat Pay has: yesterday's comes at ten in the morning in China. */
export function billedDay(now: Date = new Date()): string {
  return chinaDay(1, new Date(now.getTime() - BILL_HOURS_MS))
}

/** What an input of type datetime-local shows, in the phone's own time, to the minute. */
export function localMinute(moment: Date): string {
  const shifted = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000)
  return shifted.toISOString().slice(0, 16)
}

/** And back: RFC 3339, or null for no time at all. */
export function momentOf(local: string): string | null {
  const moment = new Date(local)
  return local && !Number.isNaN(moment.getTime()) ? moment.toISOString() : null
}
