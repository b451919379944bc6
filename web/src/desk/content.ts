/** What a held message is, in a word. */
import type { MessageType } from "../api/types"

const KINDS: Partial<Record<MessageType, string>> = {
  text: "文字",
  image: "图片",
  voice: "语音",
  file: "文件",
  location: "位置",
  contact: "名片",
}

export const messageKind = (type: MessageType): string => KINDS[type] ?? "消息"
