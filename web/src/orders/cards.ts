/** The look of an operation's card in the chat. */

const LOOKS: Record<string, { icon: string; label: string }> = {
  payment: { icon: "pay", label: "费用" },
  refund: { icon: "pay", label: "退款" },
  assignment: { icon: "person", label: "律师安排" },
  delivery: { icon: "file", label: "服务成果" },
  dispute: { icon: "alert", label: "售后" },
  quote: { icon: "receipt", label: "报价" },
  tip: { icon: "star", label: "打赏" },
  reading: { icon: "search", label: "资料识别" },
  evidence: { icon: "evidence", label: "证据" },
  minutes: { icon: "form", label: "庭审笔录" },
  hearing: { icon: "gavel", label: "庭审" },
  call: { icon: "mic", label: "微信语音通话" },
  deadline: { icon: "clock", label: "期限" },
  space: { icon: "chat", label: "案件空间" },
  review: { icon: "star", label: "评价" },
}

export function cardLook(kind: string): { icon: string; label: string } {
  return LOOKS[kind] ?? { icon: "info", label: "案件动态" }
}
