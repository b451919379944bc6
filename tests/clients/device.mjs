// One device on a real client library: node device.mjs official|weapp URL TOKEN SPACE
//
// It syncs after every connection and whenever an entry is missing, as the mini-program does. What happens is said on
// stdout, one JSON object a line; {"send": {client_msg_id, text}} and {"show": true} on stdin tell it what to do.
import { createRequire } from "node:module"
import { createInterface } from "node:readline"
import { wx } from "./wx.mjs"

const [library, url, token, space] = process.argv.slice(2)
const require = createRequire(import.meta.url)
if (library === "weapp") Object.assign(globalThis, { wx, window: globalThis }) // its bundle looks for both
const io = library === "weapp" ? require("weapp.socket.io") : require("socket.io-client").io

const timeline = []
let healing = false
const say = (fact) => console.log(JSON.stringify(fact))
const socket = io(url, {
  transports: ["websocket"],
  reconnectionDelay: 100,
  reconnectionDelayMax: 300,
  // weapp.socket.io throws when its own clock runs out on a socket that is still opening, and never tries again; the
  // phone's clock (wx.connectSocket's timeout) ends as onError, from which it comes back. docs/protocol.md says so.
  timeout: library === "weapp" ? false : 3000,
  auth: (give) => give({ token }),
})

function take(message, how) {
  if (message.seq === timeline.length + 1) timeline.push({ seq: message.seq, id: message.client_msg_id, how })
  return message.seq <= timeline.length
}

function sync() {
  if (healing) return
  healing = true
  socket.emit("sync", { spaces: { [space]: timeline.length }, limit: 2 }, (answer) => {
    healing = false
    if (!answer.ok) return say({ refused: answer.error.code })
    const part = answer.data.spaces[space]
    for (const message of part.messages) take(message, "sync")
    if (part.has_more) sync()
    else say({ synced: timeline.length })
  })
}

socket.on("connect", () => {
  healing = false // an answer to the last connection never comes
  say({ connected: socket.id })
  sync()
})
socket.on("disconnect", (reason) => say({ disconnected: reason }))
socket.on("connect_error", (error) => say({ connect_error: error.message, code: error.data?.code ?? null }))
socket.on("message:new", (message) => {
  if (!take(message, "live")) sync()
  say({ heard: message.seq })
})

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const { send, show } = JSON.parse(line)
    if (show) say({ timeline })
    if (!send) return
    const message = { space_id: space, client_msg_id: send.client_msg_id, type: "text", body: { text: send.text } }
    socket.emit("message:send", message, (answer) => say({ acked: answer }))
  })
  .on("close", () => process.exit(0))
