/** Files of a hearing, played and seen. Links live for some minutes, so each use asks for a fresh one. */
import { getFile } from "../api/files"
import { player, stop, toggle } from "../platform/player"

/** Plays a recording, or stops it: the copy that every phone can play, as soon as there is one. Throws ApiError. */
export async function playFile(fileId: string, onError: () => void): Promise<void> {
  if (player.playing && player.key === fileId) return stop()
  const file = await getFile(fileId)
  await toggle(fileId, file.play_url ?? file.url ?? "", onError)
}

/** A link to a picture as every browser shows it: what an iPhone writes (HEIC) is shown as JPEG. */
export async function pictureUrl(fileId: string): Promise<string> {
  const file = await getFile(fileId)
  return file.preview_url ?? file.url ?? ""
}
