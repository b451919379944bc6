/** The routes of the desk (工作台), inside its shell. */
import type { Component } from "vue"
import type { RouteRecordRaw } from "vue-router"
import CompaniesView from "../views/CompaniesView.vue"
import CompanyView from "../views/CompanyView.vue"
import SettlementsView from "../views/SettlementsView.vue"
import SettlementView from "../views/SettlementView.vue"

type Pages = typeof import("../views/desk")

/** One of the pages that are fetched when the desk is first used. */
const lazily =
  (choose: (found: Pages) => Component) =>
  async (): Promise<Component> =>
    choose(await import("../views/desk"))

// Notices lead to some of these by older paths, and lawyers to their statements: those stay as they are.
export const DESK_ROUTES: RouteRecordRaw[] = [
  { path: "/work-items", component: lazily((found) => found.WorkItemsView), meta: { title: "工单" } },
  { path: "/settlements", component: SettlementsView, meta: { title: "结算" } },
  { path: "/settlements/:id", component: SettlementView, props: true, meta: { title: "结算单" } },
  { path: "disputes", component: lazily((found) => found.DisputesView), meta: { title: "售后处理" } },
  { path: "verifications", component: lazily((found) => found.VerificationsView), meta: { title: "认证审核" } },
  { path: "content", component: lazily((found) => found.ContentView), meta: { title: "内容审核" } },
  { path: "spaces", component: lazily((found) => found.SpacesView), meta: { title: "全部案件空间" } },
  { path: "spaces/:id", component: lazily((found) => found.SpaceReadingView), props: true, meta: { title: "查看案件空间" } },
  { path: "reconciliations", component: lazily((found) => found.ReconciliationsView), meta: { title: "对账" } },
  { path: "reconciliations/:day", component: lazily((found) => found.ReconciliationView), props: true, meta: { title: "对账" } },
  { path: "ledger", component: lazily((found) => found.LedgerView), meta: { title: "总账" } },
  { path: "orders/:id/ledger", component: lazily((found) => found.OrderLedgerView), props: true, meta: { title: "订单账目" } },
  { path: "firms", component: lazily((found) => found.FirmsView), meta: { title: "律所与律师" } },
  { path: "staff", component: lazily((found) => found.StaffView), meta: { title: "工作人员" } },
  { path: "companies", component: CompaniesView, meta: { title: "企业账户" } },
  { path: "companies/:id", component: CompanyView, props: true, meta: { title: "企业账户" } },
  { path: "rules", component: lazily((found) => found.RulesView), meta: { title: "结算规则" } },
  { path: "rules/new", component: lazily((found) => found.NewRulesView), meta: { title: "制定新版本" } },
  { path: "penalties", component: lazily((found) => found.PenaltiesView), meta: { title: "违规扣款" } },
  { path: "coupons", component: lazily((found) => found.CouponsView), meta: { title: "优惠券" } },
  { path: "subsidies", component: lazily((found) => found.SubsidiesView), meta: { title: "平台补贴" } },
  { path: "notices", component: lazily((found) => found.NoticeStatisticsView), meta: { title: "通知统计" } },
]
