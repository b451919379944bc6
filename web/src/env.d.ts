/// <reference types="vite/client" />

interface WeixinBridge {
  invoke(name: string, params: Record<string, string>, done: (result: { err_msg: string }) => void): void
}

interface Window {
  WeixinJSBridge?: WeixinBridge
}

declare const process: { env: Record<string, string | undefined> }
