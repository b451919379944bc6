import { cardStateLabel } from "../orders/states"
import type { Body, Message, MessageType } from "../api/types"

/** One line for a list or a quote. */
export function bodyPreview(type: MessageType, body: Body): string {
  const text = (name: string): string => String(body[name] ?? "")
  switch (type) {
    case "text":
    case "notice":
      return text("text").replace(/\s+/g, " ")
    case "image":
      return "[图片]"
    case "voice":
      return "[语音]"
    case "file":
      return `[文件] ${text("name")}`
    case "location":
      return `[位置] ${text("name") || text("address")}`
    case "contact":
      return `[名片] ${text("display_name")}`
    case "card":
      return `[${text("title") || "案件动态"}]`
    case "card_update":
      return `[案件动态] ${cardStateLabel(text("state"))}`
    case "recall":
      return "撤回了一条消息"
    default:
      return ""
  }
}

/** As above with the sender's name before it, as in a group chat. */
export function messagePreview(message: Message | null | undefined, me: string): string {
  if (!message) return "暂无消息"
  const { type, sender } = message
  const hidden = message.held && !Object.keys(message.body).length
  const line = message.recalled ? "撤回了一条消息" : hidden ? "[审核中]" : bodyPreview(type, message.body)
  if (type === "notice" || type === "card" || type === "card_update") return line
  if (type === "recall" || message.recalled) {
    return `${sender.user_id === me ? "你" : sender.display_name}${line}`
  }
  return sender.user_id === me ? line : `${sender.display_name}：${line}`
}

/** Entries that change an earlier one are no news of their own in a list. */
export function isNews(message: Message): boolean {
  return message.type !== "card_update"
}

/** What the server counts as unread. */
export function countsAsUnread(message: Message, me: string): boolean {
  const silent = message.type === "notice" || message.type === "recall" || message.type === "card_update"
  return !silent && message.sender.user_id !== me
}
