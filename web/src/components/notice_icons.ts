const ICONS: Record<string, string> = {
  message_unread: "chat",
  mentioned: "chat",
  order_paid: "pay",
  order_refund_requested: "pay",
  order_refund_failed: "alert",
  order_refunded: "pay",
  order_assigned: "person",
  order_accepted: "check",
  order_delivered: "file",
  order_confirmed: "check",
  order_reviewed: "star",
  hearing_called: "gavel",
  hearing_soon: "gavel",
  minutes_reading: "form",
  minutes_signing: "form",
  settlement_closed: "pay",
  settlement_paid: "pay",
  verification_decided: "person",
  verification_expiring: "person",
}

export const noticeIcon = (kind: string): string => ICONS[kind] ?? "bell"
