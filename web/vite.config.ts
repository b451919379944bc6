import vue from "@vitejs/plugin-vue"
import { defineConfig } from "vite"

const backend = process.env.CASESPACE_URL ?? "http://127.0.0.1:8080"

export default defineConfig({
  plugins: [vue()],
  define: {
    // The options API is not used: dropping it keeps the bundle small.
    __VUE_OPTIONS_API__: "false",
  },
  build: {
    // Phones: iOS 14 and the Chromium that WeChat for Android carries.
    target: ["es2020", "chrome86", "safari14"],
    outDir: "dist",
    assetsDir: "assets",
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  server: {
    proxy: {
      "/api": backend,
      "/sandbox": backend,
      "/socket.io": { target: backend, ws: true },
    },
  },
})
