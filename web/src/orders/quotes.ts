/** How a quote looks to people. */
import type { QuoteState } from "../api/pricing"
import type { Tone } from "./states"

export const QUOTE_STATES: Record<QuoteState, { label: string; tone: Tone; hint: string }> = {
  offered: { label: "待答复", tone: "wait", hint: "请在有效期内决定是否接受" },
  accepted: { label: "已接受，待支付", tone: "wait", hint: "支付后律师开始办理" },
  paid: { label: "已支付", tone: "done", hint: "律师会在案件空间继续与您沟通" },
  declined: { label: "已婉拒", tone: "off", hint: "无需支付" },
  withdrawn: { label: "已撤回", tone: "off", hint: "无需支付" },
  lapsed: { label: "已过期", tone: "off", hint: "如仍需要，请联系律师重新报价" },
}

/** The state on a quote's card in the chat. */
export const quoteLabel = (state: string): string => QUOTE_STATES[state as QuoteState]?.label ?? state
export const quoteTone = (state: string): Tone => QUOTE_STATES[state as QuoteState]?.tone ?? "wait"
