import type { Message } from "../../../api/types"
import { openUrl } from "../../../platform/open"
import { toast } from "../../../stores/feedback"
import { messageAt, refreshMessage } from "../../../stores/rooms"

/** Opens the file of a message in a new tab, with a fresh link when the old one has lapsed. */
export async function openFresh(message: Message | undefined, localUrl: string): Promise<void> {
  if (!message) return open(localUrl)
  const url = String(message.body.url ?? "")
  if (await alive(url)) return open(url)
  await refreshMessage(message).catch(() => undefined)
  open(String(messageAt(message.space_id, message.seq)?.body.url ?? ""))
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

function open(url: string): void {
  if (!url) return toast("文件暂时无法打开，请稍后再试", "error")
  openUrl(url)
}
