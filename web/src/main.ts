import "weui/dist/style/weui.min.css"
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

// After an update the desk's pages have other names: the page that knows the old ones begins anew.
window.addEventListener("vite:preloadError", () => location.reload())
watchOtherTabs()
followViewport()
startRealtime()
onProofWanted(() => void router.push({ path: "/me/verification", query: { next: router.currentRoute.value.fullPath } }))
createApp(App).use(router).mount("#app")
