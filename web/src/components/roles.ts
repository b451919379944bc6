import type { Role } from "../api/types"

const LABELS: Record<Role, string> = {
  client: "客户",
  lawyer: "律师",
  support: "客服",
  reviewer: "审核律师",
  presider: "主持人",
  clerk: "书记员",
  ops: "运营",
  system: "系统",
}

export const roleLabel = (role: Role): string => LABELS[role] ?? role
