/** What can be done with a message by holding it. */
import { listEvidence } from "../api/evidence"
import { getFile, markIdentity } from "../api/files"
import { newId } from "../api/ids"
import { askReading, getReading } from "../api/readings"
import type { Message } from "../api/types"
import { emit } from "../realtime/socket"
import { config } from "../stores/config"
import { confirm, toast, toastError } from "../stores/feedback"
import { copyText } from "../platform/clipboard"
import { progress } from "../readings/fields"

/** Until the server has said its own; it has the last word anyway. */
const RECALL_SECONDS = 120

const COVERED = "身份证、银行卡、执业证等：成员看到的将是遮盖后的副本，查看原件会记录在案；案件结束后原件按期删除。"
const SHOWN = "取消后，本空间的所有成员都能看到原件。"

export interface MenuItem {
  label: string
  run: () => void
}

export function messageMenu(
  message: Message,
  me: string,
  doors: { quote: (message: Message) => void; lists?: boolean; marks?: boolean },
  now: number = Date.now(),
): MenuItem[] {
  const items: MenuItem[] = []
  if (message.type === "text") items.push({ label: "复制", run: () => void copy(String(message.body.text ?? "")) })
  items.push({ label: "引用", run: () => doors.quote(message) })
  const file = readable(message)
  if (file) items.push({ label: "识别", run: () => void read(file) })
  if (file && (doors.marks || message.sender.user_id === me)) items.push({ label: "证件", run: () => void mark(file) })
  const evidence = String(message.body.file_id ?? "")
  if (evidence && doors.lists) items.push({ label: "列为证据", run: () => void list(message.space_id, evidence) })
  const window = (config.value.recall_seconds ?? RECALL_SECONDS) * 1000
  if (message.sender.user_id === me && now - Date.parse(message.sent_at) < window) {
    items.push({ label: "撤回", run: () => void recall(message) })
  }
  return items
}

/** The file of a message that can be read as a paper, or "". */
function readable(message: Message): string {
  const pdf = message.type === "file" && message.body.content_type === "application/pdf"
  return message.type === "image" || pdf ? String(message.body.file_id ?? "") : ""
}

async function read(fileId: string): Promise<void> {
  try {
    const { id } = await askReading(fileId)
    toast(progress(await getReading(id)))
  } catch (error) {
    toastError(error)
  }
}

/** Say that it is a paper that identifies somebody, or take that back. */
async function mark(fileId: string): Promise<void> {
  try {
    const { masked, marks } = await getFile(fileId)
    if (!marks) return toast("案件空间已关闭，不能再标记")
    if (!(await confirm(masked ? "不再作为证件遮盖" : "标为证件", { text: masked ? SHOWN : COVERED }))) return
    await markIdentity(fileId, !masked)
    toast(masked ? "已取消遮盖" : "已标为证件，稍后显示遮盖后的副本", "success")
  } catch (error) {
    toastError(error)
  }
}

async function list(spaceId: string, fileId: string): Promise<void> {
  try {
    const entry = await listEvidence(spaceId, fileId, newId())
    toast(`已列为证据 ${entry.number}`, "success")
  } catch (error) {
    toastError(error)
  }
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
