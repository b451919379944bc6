import type { Message } from "../src/api/types"

/** A stored message of 张三 in space "s", written a minute after the one before. */
export function message(seq: number, fields: Partial<Message> = {}): Message {
  return {
    id: `m${seq}`,
    space_id: "s",
    seq,
    client_msg_id: `c${seq}`,
    sender: { user_id: "u1", role: "client", display_name: "张三" },
    type: "text",
    body: { text: `第 ${seq} 条` },
    sent_at: new Date(Date.UTC(2026, 10, 21, 2, seq)).toISOString(),
    ...fields,
  }
}
