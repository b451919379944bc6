// The few calls of WeChat's mini-program API that weapp.socket.io uses, over Node's own WebSocket.
// https://developers.weixin.qq.com/miniprogram/dev/api/network/websocket/SocketTask.html
export const wx = {
  connectSocket({ url, protocols }) {
    const socket = new WebSocket(url, protocols ?? [])
    const on = (event, give) => (listener) => socket.addEventListener(event, (happening) => listener(give(happening)))
    return {
      onOpen: on("open", () => ({ header: {} })),
      onClose: on("close", ({ code, reason }) => ({ code, reason })),
      onError: on("error", () => ({ errMsg: "connectSocket:fail" })),
      onMessage: on("message", ({ data }) => ({ data })),
      send({ data, success, fail }) {
        if (socket.readyState !== WebSocket.OPEN) return fail?.({ errMsg: "sendSocketMessage:fail" })
        socket.send(data)
        success?.({ errMsg: "sendSocketMessage:ok" })
      },
      close({ code, reason, success } = {}) {
        // A browser's WebSocket takes 1000 and 3000 to 4999 only; a phone's takes what the library gives.
        socket.close(code === 1000 || code >= 3000 ? code : 1000, reason ?? "")
        success?.({ errMsg: "closeSocket:ok" })
      },
    }
  },
}
