// Of WeUI what is used here: the whole would be most of the page's style sheet.
import "weui/dist/style/base/base.min.css"
import "weui/dist/style/widget/weui-button/weui-button.min.css"
import "weui/dist/style/widget/weui-cell/weui-cell-form.min.css"
import "weui/dist/style/widget/weui-cell/weui-switch.min.css"
import "weui/dist/style/widget/weui-tips/weui-badge.min.css"
import "weui/dist/style/widget/weui-tips/weui-dialog.min.css"
import "./styles/app.css"
import "./styles/bench.css"
import "./styles/bubbles.css"
import "./styles/forms.css"
import { createApp } from "vue"
import App from "./App.vue"
import { watchOtherTabs } from "./api/tokens"
import { followViewport } from "./platform/viewport"
import { startRealtime } from "./realtime/lifecycle"
import { router } from "./router"
import { onProofWanted } from "./stores/feedback"

watchOtherTabs()
followViewport()
startRealtime()
onProofWanted(() => void router.push({ path: "/me/verification", query: { next: router.currentRoute.value.fullPath } }))
createApp(App).use(router).mount("#app")
