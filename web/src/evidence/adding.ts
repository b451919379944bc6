/** A photo or a file becomes an entry of the catalogue: uploaded, read where it is a paper, listed under its number. */
import { evidenceOf, listEvidence, type Evidence } from "../api/evidence"
import { uploadFile } from "../api/files"
import { newId } from "../api/ids"
import { askReading, getReading } from "../api/readings"
import { typeOf } from "../platform/media"

const LOOK_MS = 1_500
/** After this the entry is listed without what the machine will have read; it is filled in when that is there. */
const PATIENCE_MS = 20_000
/** After this nobody sits at the page any more: what was read is there when it is opened again. */
const FOLLOWED_MS = 600_000

export type Step = (text: string) => void

export interface Added {
  entry: Evidence
  /** The reading that goes on behind it, or "". */
  reading: string
}

export async function addEvidence(spaceId: string, file: File, tell: Step): Promise<Added> {
  tell("正在上传…")
  const local = { name: file.name, content_type: typeOf(file), blob: file }
  const fileId = await uploadFile(spaceId, local, (fraction) => tell(`正在上传 ${Math.round(fraction * 100)}%`))
  let reading = ""
  if (isPaper(local.content_type)) {
    tell("正在识别…")
    reading = await begun(fileId, tell).catch(() => "") // no reading is no fault: the entry can be filled in by hand
  }
  tell("正在列入目录…")
  return { entry: await listEvidence(spaceId, fileId, newId()), reading }
}

export const isPaper = (type: string): boolean => type === "application/pdf" || /^image\/(jpeg|png|webp|heic|heif)$/.test(type)

/** The entry once what was read has been filled in; null when nothing was, or nobody waits (`stays`) any more. */
export async function filledIn({ entry, reading }: Added, stays: () => boolean): Promise<Evidence | null> {
  const end = Date.now() + FOLLOWED_MS
  let ended = false
  while (stays() && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    if (!ended) {
      const { state } = await getReading(reading)
      if (state === "failed" || state === "withdrawn") return null
      ended = state === "done"
      continue
    }
    const now = (await evidenceOf(entry.space_id)).find((one) => one.id === entry.id)
    if (now?.reading_id) return now
  }
  return null
}

/** Begins a reading and waits a little for it; the one that goes on, or "" when it is done. */
async function begun(fileId: string, tell: Step): Promise<string> {
  const { id } = await askReading(fileId)
  const end = Date.now() + PATIENCE_MS
  while (Date.now() < end) {
    const reading = await getReading(id)
    if (reading.state !== "queued" && reading.state !== "running") return ""
    if (reading.ahead) tell(`正在识别，前面还有 ${reading.ahead} 份…`)
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  return id
}
