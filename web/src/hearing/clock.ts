/** Time in a hearing: the server's, whatever the phone's clock says. */

/** How far the server's clock is ahead of this one, in milliseconds. */
export const offsetOf = (serverTime: string, here: number): number => Date.parse(serverTime) - here

/** How long since `since`, as 05:09 or 1:05:09; never less than nothing. */
export function elapsed(since: string, now: number): string {
  const seconds = Math.max(0, Math.floor((now - Date.parse(since)) / 1000))
  const two = (value: number): string => String(value).padStart(2, "0")
  const minutes = Math.floor(seconds / 60)
  const rest = `${two(minutes % 60)}:${two(seconds % 60)}`
  return minutes >= 60 ? `${Math.floor(minutes / 60)}:${rest}` : rest
}

/** How long until a hearing, for who waits: 还有 2 天, 还有 3 小时 5 分, 已到开庭时间. */
export function until(startsAt: string, now: number): string {
  const minutes = Math.ceil((Date.parse(startsAt) - now) / 60_000)
  if (minutes <= 0) return "已到开始时间"
  if (minutes >= 2880) return `还有 ${Math.floor(minutes / 1440)} 天`
  if (minutes < 60) return `还有 ${minutes} 分钟`
  return `还有 ${Math.floor(minutes / 60)} 小时${minutes % 60 ? ` ${minutes % 60} 分` : ""}`
}

/** Milliseconds as 02:05. */
export function clockText(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000)
  return `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`
}
