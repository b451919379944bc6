/** The routes of the desk (工作台), inside its shell. */
import type { RouteRecordRaw } from "vue-router"
import { ofAccount, ofDesk } from "../platform/parts"

// Notices lead to some of these by older paths, and lawyers to their statements: those stay as they are.
export const DESK_ROUTES: RouteRecordRaw[] = [
  { path: "/work-items", component: ofDesk((found) => found.WorkItemsView), meta: { title: "工单" } },
  { path: "/settlements", component: ofAccount((found) => found.SettlementsView), meta: { title: "结算" } },
  { path: "/settlements/:id", component: ofAccount((found) => found.SettlementView), props: true, meta: { title: "结算单" } },
  { path: "disputes", component: ofDesk((found) => found.DisputesView), meta: { title: "售后处理" } },
  { path: "verifications", component: ofDesk((found) => found.VerificationsView), meta: { title: "认证审核" } },
  { path: "content", component: ofDesk((found) => found.ContentView), meta: { title: "内容审核" } },
  { path: "spaces", component: ofDesk((found) => found.SpacesView), meta: { title: "全部案件空间" } },
  { path: "spaces/:id", component: ofDesk((found) => found.SpaceReadingView), props: true, meta: { title: "查看案件空间" } },
  { path: "reconciliations", component: ofDesk((found) => found.ReconciliationsView), meta: { title: "对账" } },
  { path: "reconciliations/:day", component: ofDesk((found) => found.ReconciliationView), props: true, meta: { title: "对账" } },
  { path: "ledger", component: ofDesk((found) => found.LedgerView), meta: { title: "总账" } },
  { path: "orders/:id/ledger", component: ofDesk((found) => found.OrderLedgerView), props: true, meta: { title: "订单账目" } },
  { path: "firms", component: ofDesk((found) => found.FirmsView), meta: { title: "律所与律师" } },
  { path: "staff", component: ofDesk((found) => found.StaffView), meta: { title: "工作人员" } },
  { path: "companies", component: ofAccount((found) => found.CompaniesView), meta: { title: "企业账户" } },
  { path: "companies/:id", component: ofAccount((found) => found.CompanyView), props: true, meta: { title: "企业账户" } },
  { path: "rules", component: ofDesk((found) => found.RulesView), meta: { title: "结算规则" } },
  { path: "rules/new", component: ofDesk((found) => found.NewRulesView), meta: { title: "制定新版本" } },
  { path: "penalties", component: ofDesk((found) => found.PenaltiesView), meta: { title: "违规扣款" } },
  { path: "coupons", component: ofDesk((found) => found.CouponsView), meta: { title: "优惠券" } },
  { path: "subsidies", component: ofDesk((found) => found.SubsidiesView), meta: { title: "平台补贴" } },
  { path: "notices", component: ofDesk((found) => found.NoticeStatisticsView), meta: { title: "通知统计" } },
]
