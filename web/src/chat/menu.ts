/** What can be done with a message by holding it. */
import type { Message } from "../api/types"
import { emit } from "../realtime/socket"
import { toast, toastError } from "../stores/feedback"
import { copyText } from "../platform/clipboard"

/** The server has the last word; beyond this there is no point in offering it. */
const RECALL_MS = 2 * 60_000

export interface MenuItem {
  label: string
  run: () => void
}

export function messageMenu(
  message: Message,
  me: string,
  doors: { quote: (message: Message) => void },
  now: number = Date.now(),
): MenuItem[] {
  const items: MenuItem[] = []
  if (message.type === "text") items.push({ label: "复制", run: () => void copy(String(message.body.text ?? "")) })
  items.push({ label: "引用", run: () => doors.quote(message) })
  if (message.sender.user_id === me && now - Date.parse(message.sent_at) < RECALL_MS) {
    items.push({ label: "撤回", run: () => void recall(message) })
  }
  return items
}

async function copy(text: string): Promise<void> {
  if (await copyText(text)) toast("已复制", "success")
  else toast("复制没有成功，请长按文字选择", "error")
}

async function recall(message: Message): Promise<void> {
  try {
    await emit("message:recall", { space_id: message.space_id, seq: message.seq })
  } catch (error) {
    toastError(error)
  }
}
