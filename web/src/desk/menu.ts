/** What the desk (工作台) offers to whom. The server decides; this only shows the doors that will open. */
import type { DeskSummary } from "../api/desk"
import type { Role } from "../api/types"

export interface DeskItem {
  to: string
  label: string
  icon: string
  /** What waits behind it, for its badge. */
  waits?: (summary: DeskSummary) => number
}

interface Offer extends DeskItem {
  roles: readonly Role[]
}

const SUPPORT: readonly Role[] = ["support", "ops"]
const REVIEW: readonly Role[] = ["support", "reviewer", "ops"]
const OPS: readonly Role[] = ["ops"]

const SECTIONS: { title: string; items: Offer[] }[] = [
  {
    title: "待办",
    items: [
      { to: "/work-items", label: "工单", icon: "alert", roles: SUPPORT, waits: (s) => s.work_items },
      { to: "/desk/disputes", label: "售后处理", icon: "gavel", roles: SUPPORT, waits: (s) => s.disputes + s.proposed_disputes },
      { to: "/desk/content", label: "内容审核", icon: "shield", roles: REVIEW, waits: (s) => s.content_holds },
      { to: "/desk/verifications", label: "认证审核", icon: "person", roles: OPS },
      { to: "/orders", label: "案件订单", icon: "order", roles: SUPPORT, waits: (s) => s.orders_without_lawyer },
      { to: "/desk/spaces", label: "全部案件空间", icon: "chat", roles: SUPPORT },
    ],
  },
  {
    title: "资金",
    items: [
      { to: "/settlements", label: "律所结算", icon: "pay", roles: OPS, waits: (s) => s.settlements ?? 0 },
      { to: "/desk/reconciliations", label: "对账", icon: "check", roles: OPS },
      { to: "/desk/ledger", label: "总账", icon: "book", roles: OPS },
    ],
  },
  {
    title: "律所与规则",
    items: [
      { to: "/desk/firms", label: "律所与律师", icon: "people", roles: OPS },
      { to: "/desk/staff", label: "工作人员", icon: "person", roles: OPS },
      { to: "/desk/companies", label: "企业账户", icon: "pay", roles: OPS },
      { to: "/desk/rules", label: "结算规则", icon: "scales", roles: OPS },
      { to: "/desk/penalties", label: "违规扣款", icon: "note", roles: OPS },
    ],
  },
  {
    title: "运营",
    items: [
      { to: "/desk/coupons", label: "优惠券", icon: "receipt", roles: OPS },
      { to: "/desk/subsidies", label: "平台补贴", icon: "star", roles: OPS },
      { to: "/desk/notices", label: "通知统计", icon: "bell", roles: SUPPORT },
    ],
  },
]

/** Sections with what these roles may do; none that would be empty. */
export function deskMenu(roles: readonly Role[]): { title: string; items: DeskItem[] }[] {
  return SECTIONS.map(({ title, items }) => ({
    title,
    items: items.filter((item) => item.roles.some((role) => roles.includes(role))),
  })).filter((section) => section.items.length)
}

/** Whether somebody sees the counts of what waits: a reviewer sees held content only. */
export const seesSummary = (roles: readonly Role[]): boolean => SUPPORT.some((role) => roles.includes(role))
