/** How disputes (售后) read. */
import type { Dispute, DisputeKind, Outcome } from "../api/disputes"
import type { Tone } from "./states"

export const KINDS: Record<DisputeKind, string> = { refund: "退款申请", complaint: "投诉", low_rating: "服务回访" }

export const OUTCOMES: Record<Outcome, string> = {
  refund: "同意退款",
  compensation: "补偿客户",
  redo: "免费修改",
  refused: "不予支持",
}

/** Of a dispute, and of its card in the chat, whose state is the outcome once there is one. */
const STATES: Record<string, { label: string; tone: Tone }> = {
  open: { label: "处理中", tone: "wait" },
  proposed: { label: "待复核", tone: "wait" },
  withdrawn: { label: "已撤回", tone: "off" },
  refund: { label: "同意退款", tone: "done" },
  compensation: { label: "同意补偿", tone: "done" },
  compensated: { label: "补偿已到账", tone: "done" },
  redo: { label: "免费修改", tone: "active" },
  refused: { label: "未支持", tone: "off" },
  failed: { label: "补偿未成功", tone: "off" },
}

export const disputeState = (state: string): { label: string; tone: Tone } => STATES[state] ?? { label: "", tone: "off" }

export const stateOf = (dispute: Dispute): { label: string; tone: Tone } =>
  disputeState(dispute.state === "decided" && dispute.decision ? dispute.decision.outcome : dispute.state)
