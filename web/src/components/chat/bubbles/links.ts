import { getFile } from "../../../api/files"
import type { Message } from "../../../api/types"
import { typeByName } from "../../../platform/media"
import { openUrl } from "../../../platform/open"
import { openFile, type Opened } from "../../../stores/opening"
import { messageAt, refreshMessage } from "../../../stores/rooms"

/** Opens the file of a message, with a fresh link when the old one has lapsed; what is not sent yet from this phone. */
export async function openFresh(message: Message | undefined, localUrl: string): Promise<void> {
  if (message) await openFile(() => fresh(message))
  else if (localUrl) openUrl(localUrl)
}

/** The file's own view tells what is masked; the desk, which is no member, has the message's link only. */
async function fresh(message: Message): Promise<Opened> {
  const id = String(message.body.file_id ?? "")
  const file = id ? await getFile(id).catch(() => null) : null
  if (file?.url) return file
  const now = (): Message => messageAt(message.space_id, message.seq) ?? message
  if (!(await alive(fileOf(now()).url ?? ""))) await refreshMessage(message).catch(() => undefined)
  return fileOf(now())
}

function fileOf({ body }: Message): Opened {
  const name = String(body.name ?? "文件")
  // Messages of earlier versions do not tell their file's type.
  return { name, content_type: String(body.content_type ?? typeByName(name)), url: String(body.url ?? "") }
}

async function alive(url: string): Promise<boolean> {
  if (!url) return false
  try {
    // One byte is enough to know, and costs the phone nothing.
    return (await fetch(url, { headers: { Range: "bytes=0-0" }, credentials: "omit" })).ok
  } catch {
    return false
  }
}
