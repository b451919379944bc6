/** Turns what a person picked on the phone into drafts to send. */
import type { LocalFile } from "../api/files"
import type { Member } from "../api/types"
import { isHeic, pictureSize, typeOf } from "../platform/media"
import type { Recording } from "../platform/recorder"
import type { Draft } from "../stores/outbox"

export interface Place {
  latitude: number
  longitude: number
  name: string
  address: string
}

export async function photoDraft(file: File): Promise<Draft> {
  const size = await pictureSize(file)
  // What the browser cannot show as a picture goes as a file, unless everybody will see the server's JPEG of it.
  if (!size && !isHeic(typeOf(file))) return fileDraft(file)
  return { type: "image", body: { ...size }, file: local(file) }
}

export function fileDraft(file: File): Draft {
  return { type: "file", body: { name: file.name, size: file.size }, file: local(file) }
}

export function voiceDraft(recording: Recording): Draft {
  const extension = { "audio/mp4": "m4a", "audio/ogg": "ogg" }[recording.content_type] ?? "webm"
  const file = { name: `voice.${extension}`, content_type: recording.content_type, blob: recording.blob }
  return { type: "voice", body: { duration_ms: recording.duration_ms }, file }
}

export const placeDraft = (place: Place): Draft => ({ type: "location", body: { ...place } })

export const contactDraft = (member: Member): Draft => ({
  type: "contact",
  body: { user_id: member.user_id, display_name: member.display_name },
})

function local(file: File): LocalFile {
  return { name: file.name, content_type: typeOf(file), blob: file }
}
