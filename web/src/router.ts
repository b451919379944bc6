import { createRouter, createWebHistory } from "vue-router"
import { DESK_ROUTES } from "./desk/routes"
import { hearBack, takeBack } from "./platform/layers"
import { fetchAhead, ofAccount, ofCases, ofDesk, ofHearings, ofOrders } from "./platform/parts"
import { openAnew } from "./platform/reloading"
import { toast } from "./stores/feedback"
import { hasDesk, home, signedIn } from "./stores/session"
import ChatView from "./views/ChatView.vue"
import NotFoundView from "./views/NotFoundView.vue"
import SignInView from "./views/SignInView.vue"
import SpacesView from "./views/SpacesView.vue"
import UnloadedView from "./views/UnloadedView.vue"

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

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: "/", redirect: () => home.value },
    { path: "/sign-in", component: SignInView, meta: { open: true, title: "登录" } },
    {
      path: "/products",
      component: ofOrders((found) => found.ProductsView),
      meta: { open: true, tabs: true, title: "法律服务" },
    },
    {
      path: "/products/:id",
      component: ofOrders((found) => found.ProductView),
      props: true,
      meta: { open: true, title: "服务详情" },
    },
    {
      path: "/products/:id/order",
      component: ofOrders((found) => found.PlaceOrderView),
      props: true,
      meta: { title: "填写需求" },
    },
    { path: "/orders", component: ofOrders((found) => found.OrdersView), meta: { tabs: true, title: "我的订单" } },
    { path: "/orders/:id", component: ofOrders((found) => found.OrderView), props: true, meta: { title: "订单详情" } },
    {
      path: "/orders/:id/pay",
      component: ofOrders((found) => found.PayView),
      props: true,
      meta: { title: "支付订单" },
    },
    {
      path: "/orders/:id/deliver",
      component: ofOrders((found) => found.DeliverView),
      props: true,
      meta: { title: "提交成果" },
    },
    {
      path: "/orders/:id/receipts",
      component: ofOrders((found) => found.ReceiptsView),
      props: true,
      meta: { title: "数字凭证" },
    },
    { path: "/orders/:id/disputes", component: ofOrders((found) => found.DisputesView), props: true, meta: { title: "售后" } },
    {
      path: "/verify/receipts/:number",
      component: ofOrders((found) => found.ReceiptCheckView),
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
    { path: "/spaces/:id/evidence", component: ofCases((found) => found.EvidenceView), props: true, meta: { title: "证据目录" } },
    { path: "/spaces/:id/case-elements", component: ofCases((found) => found.CaseElementsView), props: true, meta: { title: "案件要素" } },
    { path: "/spaces/:id/hearings", component: ofHearings((found) => found.CaseHearingsView), props: true, meta: { title: "本案庭审" } },
    { path: "/spaces/:id/hearings/new", component: ofHearings((found) => found.ScheduleHearingView), props: true, meta: { title: "安排庭审" } },
    { path: "/hearings", component: ofHearings((found) => found.HearingsView), meta: { title: "移动庭审" } },
    { path: "/hearings/:id", component: ofHearings((found) => found.HearingView), props: true, meta: { title: "庭审" } },
    { path: "/hearings/:id/minutes", component: ofHearings((found) => found.MinutesView), props: true, meta: { title: "庭审笔录" } },
    { path: "/terms/:kind(user_agreement|privacy_policy)", component: ofAccount((found) => found.TermsView), props: true, meta: { open: true, title: "协议" } },
    { path: "/me/terms", component: ofAccount((found) => found.MyTermsView), meta: { title: "隐私与协议" } },
    { path: "/me", component: ofAccount((found) => found.MeView), meta: { tabs: true, title: "我" } },
    { path: "/quotes/:id", component: ofOrders((found) => found.QuoteView), props: true, meta: { title: "报价" } },
    { path: "/spaces/:id/quote", component: ofOrders((found) => found.OfferQuoteView), props: true, meta: { title: "发送报价" } },
    { path: "/me/verification", component: ofAccount((found) => found.VerificationView), meta: { title: "实名认证" } },
    { path: "/companies", component: ofAccount((found) => found.CompaniesView), meta: { title: "企业账户" } },
    { path: "/companies/:id", component: ofAccount((found) => found.CompanyView), props: true, meta: { title: "企业账户" } },
    { path: "/me/coupons", component: ofAccount((found) => found.CouponsView), meta: { title: "优惠券" } },
    { path: "/me/notices", component: ofAccount((found) => found.NoticesView), meta: { title: "通知" } },
    { path: "/me/reminders", component: ofAccount((found) => found.RemindersView), meta: { title: "微信提醒" } },
    {
      path: "/desk",
      component: ofDesk((found) => found.DeskView),
      meta: { tabs: true, title: "工作台" },
      children: DESK_ROUTES.map((route) => ({ ...route, meta: { ...route.meta, tabs: false } })),
    },
    { path: "/unloaded", component: UnloadedView, props: (to) => ({ wanted: String(to.query.wanted ?? "/") }), meta: { open: true, title: "没有载入" } },
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

// The part with the page could not be fetched: an update has replaced it, or there is no network.
router.onError(async (_, to) => {
  if (await openAnew(to.fullPath)) return
  if (router.currentRoute.value.matched.length) toast("页面没有载入，请检查网络后再试")
  else await router.replace({ path: "/unloaded", query: { wanted: to.fullPath } })
})

void router.isReady().then(
  () => fetchAhead(hasDesk.value),
  () => undefined, // the page that was opened could not be fetched: there is no network for the others either
)
