import { createRouter, createWebHistory } from "vue-router"
import { DESK_ROUTES } from "./desk/routes"
import { hearBack, takeBack } from "./platform/layers"
import { hasDesk, home, signedIn } from "./stores/session"
import CaseElementsView from "./views/CaseElementsView.vue"
import CaseHearingsView from "./views/CaseHearingsView.vue"
import ChatView from "./views/ChatView.vue"
import CompaniesView from "./views/CompaniesView.vue"
import CompanyView from "./views/CompanyView.vue"
import CouponsView from "./views/CouponsView.vue"
import DeliverView from "./views/DeliverView.vue"
import DisputesView from "./views/DisputesView.vue"
import EvidenceView from "./views/EvidenceView.vue"
import HearingsView from "./views/HearingsView.vue"
import HearingView from "./views/HearingView.vue"
import MeView from "./views/MeView.vue"
import MinutesView from "./views/MinutesView.vue"
import MyTermsView from "./views/MyTermsView.vue"
import NotFoundView from "./views/NotFoundView.vue"
import NoticesView from "./views/NoticesView.vue"
import OfferQuoteView from "./views/OfferQuoteView.vue"
import OrderView from "./views/OrderView.vue"
import OrdersView from "./views/OrdersView.vue"
import PayView from "./views/PayView.vue"
import PlaceOrderView from "./views/PlaceOrderView.vue"
import ProductView from "./views/ProductView.vue"
import ProductsView from "./views/ProductsView.vue"
import ReceiptCheckView from "./views/ReceiptCheckView.vue"
import ReceiptsView from "./views/ReceiptsView.vue"
import QuoteView from "./views/QuoteView.vue"
import RemindersView from "./views/RemindersView.vue"
import ScheduleHearingView from "./views/ScheduleHearingView.vue"
import SignInView from "./views/SignInView.vue"
import SpacesView from "./views/SpacesView.vue"
import TermsView from "./views/TermsView.vue"
import VerificationView from "./views/VerificationView.vue"
import DeskView from "./views/desk/DeskView.vue"

declare module "vue-router" {
  interface RouteMeta {
    /** May be seen without signing in. */
    open?: boolean
    /** Shows the tab bar on a phone. */
    tabs?: boolean
    title?: string
  }
}

hearBack()

// All views in one bundle, but for the desk's: it is small, and a page that is open must not need the network to show
// the next one.
export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: "/", redirect: () => home.value },
    { path: "/sign-in", component: SignInView, meta: { open: true, title: "登录" } },
    {
      path: "/products",
      component: ProductsView,
      meta: { open: true, tabs: true, title: "法律服务" },
    },
    {
      path: "/products/:id",
      component: ProductView,
      props: true,
      meta: { open: true, title: "服务详情" },
    },
    {
      path: "/products/:id/order",
      component: PlaceOrderView,
      props: true,
      meta: { title: "填写需求" },
    },
    { path: "/orders", component: OrdersView, meta: { tabs: true, title: "我的订单" } },
    { path: "/orders/:id", component: OrderView, props: true, meta: { title: "订单详情" } },
    {
      path: "/orders/:id/pay",
      component: PayView,
      props: true,
      meta: { title: "支付订单" },
    },
    {
      path: "/orders/:id/deliver",
      component: DeliverView,
      props: true,
      meta: { title: "提交成果" },
    },
    {
      path: "/orders/:id/receipts",
      component: ReceiptsView,
      props: true,
      meta: { title: "数字凭证" },
    },
    { path: "/orders/:id/disputes", component: DisputesView, props: true, meta: { title: "售后" } },
    {
      path: "/verify/receipts/:number",
      component: ReceiptCheckView,
      props: true,
      meta: { open: true, title: "核验数字凭证" },
    },
    {
      path: "/spaces",
      component: SpacesView,
      meta: { tabs: true, title: "消息" },
      children: [
        {
          path: ":id",
          component: ChatView,
          props: true,
          meta: { tabs: false, title: "案件空间" },
        },
      ],
    },
    { path: "/spaces/:id/evidence", component: EvidenceView, props: true, meta: { title: "证据目录" } },
    { path: "/spaces/:id/case-elements", component: CaseElementsView, props: true, meta: { title: "案件要素" } },
    { path: "/spaces/:id/hearings", component: CaseHearingsView, props: true, meta: { title: "本案庭审" } },
    { path: "/spaces/:id/hearings/new", component: ScheduleHearingView, props: true, meta: { title: "安排庭审" } },
    { path: "/hearings", component: HearingsView, meta: { title: "移动庭审" } },
    { path: "/hearings/:id", component: HearingView, props: true, meta: { title: "庭审" } },
    { path: "/hearings/:id/minutes", component: MinutesView, props: true, meta: { title: "庭审笔录" } },
    { path: "/terms/:kind(user_agreement|privacy_policy)", component: TermsView, props: true, meta: { open: true, title: "协议" } },
    { path: "/me/terms", component: MyTermsView, meta: { title: "隐私与协议" } },
    { path: "/me", component: MeView, meta: { tabs: true, title: "我" } },
    { path: "/quotes/:id", component: QuoteView, props: true, meta: { title: "报价" } },
    { path: "/spaces/:id/quote", component: OfferQuoteView, props: true, meta: { title: "发送报价" } },
    { path: "/me/verification", component: VerificationView, meta: { title: "实名认证" } },
    { path: "/companies", component: CompaniesView, meta: { title: "企业账户" } },
    { path: "/companies/:id", component: CompanyView, props: true, meta: { title: "企业账户" } },
    { path: "/me/coupons", component: CouponsView, meta: { title: "优惠券" } },
    { path: "/me/notices", component: NoticesView, meta: { title: "通知" } },
    { path: "/me/reminders", component: RemindersView, meta: { title: "微信提醒" } },
    {
      path: "/desk",
      component: DeskView,
      meta: { tabs: true, title: "工作台" },
      children: DESK_ROUTES.map((route) => ({ ...route, meta: { ...route.meta, tabs: false } })),
    },
    { path: "/:rest(.*)", component: NotFoundView, meta: { open: true, title: "找不到" } },
  ],
})

router.beforeEach((to) => {
  if (takeBack()) return false
  if (!to.meta.open && !signedIn.value) return { path: "/sign-in", query: { next: to.fullPath } }
  if (to.path === "/sign-in" && signedIn.value) return safeNext(to.query.next)
  // Only its own address: some of the pages inside are shared with people who have no desk.
  if (to.path === "/desk" && !hasDesk.value) return home.value
  return true
})

/** Where to go after signing in: a page of ours, never another site. */
export function safeNext(next: unknown): string {
  return typeof next === "string" && /^\/(?![/\\])/.test(next) ? next : "/"
}
