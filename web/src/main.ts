import "weui/dist/style/weui.min.css"
import "./styles/app.css"
import "./styles/bubbles.css"
import "./styles/forms.css"
import { createApp } from "vue"
import App from "./App.vue"
import { watchOtherTabs } from "./api/tokens"
import { followViewport } from "./platform/viewport"
import { startRealtime } from "./realtime/lifecycle"
import { router } from "./router"

// After an update the desk's pages have other names: the page that knows the old ones begins anew.
window.addEventListener("vite:preloadError", () => location.reload())
watchOtherTabs()
followViewport()
startRealtime()
createApp(App).use(router).mount("#app")
