/** A photo or a file becomes an entry of the catalogue: uploaded, read where it is a paper, listed under its number. */
import { listEvidence, type Evidence } from "../api/evidence"
import { uploadFile } from "../api/files"
import { newId } from "../api/ids"
import { askReading, getReading } from "../api/readings"
import { typeOf } from "../platform/media"

const LOOK_MS = 1_500
/** After this the entry is listed without what the machine would have read: a person fills it in. */
const PATIENCE_MS = 45_000

export type Step = (text: string) => void

export async function addEvidence(spaceId: string, file: File, tell: Step): Promise<Evidence> {
  tell("正在上传…")
  const local = { name: file.name, content_type: typeOf(file), blob: file }
  const fileId = await uploadFile(spaceId, local, (fraction) => tell(`正在上传 ${Math.round(fraction * 100)}%`))
  if (isPaper(local.content_type)) {
    tell("正在识别…")
    await read(fileId, tell).catch(() => undefined) // no reading is no fault: the entry can be filled in by hand
  }
  tell("正在列入目录…")
  return listEvidence(spaceId, fileId, newId())
}

export const isPaper = (type: string): boolean => type === "application/pdf" || /^image\/(jpeg|png|webp|heic|heif)$/.test(type)

async function read(fileId: string, tell: Step): Promise<void> {
  const { id } = await askReading(fileId)
  const end = Date.now() + PATIENCE_MS
  while (Date.now() < end) {
    const reading = await getReading(id)
    if (reading.state !== "queued" && reading.state !== "running") return
    if (reading.ahead) tell(`正在识别，前面还有 ${reading.ahead} 份…`)
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}
