/** The minutes that are looked at, kept live. */
import { reactive } from "vue"
import { getMinutes, type Minutes, type MinutesChange } from "../api/minutes"
import { changed } from "../hearing/minutes"
import { toastError } from "./feedback"

export const sheet = reactive({
  hearingId: "",
  minutes: null as Minutes | null,
  error: null as unknown,
  loading: false,
  busy: false,
})

export async function openMinutes(hearingId: string): Promise<void> {
  if (sheet.hearingId !== hearingId) sheet.minutes = null
  sheet.hearingId = hearingId
  sheet.loading = true
  try {
    noteMinutes(await getMinutes(hearingId))
    sheet.error = null
  } catch (error) {
    if (sheet.hearingId === hearingId) sheet.error = error
  } finally {
    sheet.loading = false
  }
}

export function closeMinutes(): void {
  Object.assign(sheet, { hearingId: "", minutes: null, error: null, busy: false })
}

function noteMinutes(minutes: Minutes): void {
  if (minutes.hearing_id !== sheet.hearingId) return
  if (!sheet.minutes || minutes.version >= sheet.minutes.version) sheet.minutes = minutes
}

/** What the server tells of minutes, whoever changed them. */
export function noteMinutesChange(change: MinutesChange): void {
  if (change.hearing_id !== sheet.hearingId || !sheet.minutes) return
  const next = changed(sheet.minutes, change)
  if (next) sheet.minutes = next
  else void openMinutes(change.hearing_id)
}

/** For a button: one at a time, refusals are said, and afterwards the minutes are as the server has them. */
export async function write(doing: () => Promise<unknown>): Promise<boolean> {
  if (sheet.busy) return false
  sheet.busy = true
  try {
    await doing()
    return true
  } catch (error) {
    toastError(error)
    return false
  } finally {
    sheet.busy = false
    if (sheet.hearingId) await openMinutes(sheet.hearingId)
  }
}
