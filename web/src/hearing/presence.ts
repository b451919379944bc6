/** Being in a hearing with one's voice: coming in, and coming back by itself whatever breaks. */
import { reactive, watch, type WatchHandle } from "vue"
import { ApiError } from "../api/errors"
import { hearingTicket } from "../api/hearings"
import { connection, emit } from "../realtime/socket"
import { court, mySeat, openHearing, perform } from "../stores/hearing"
import { maySleep, stayAwake } from "./awake"
import { Microphone } from "./microphone"
import { quality, Sound, type Quality, type SoundStats } from "./sound"

const LOOK_MS = 3000
const LONGEST_PAUSE_MS = 8000
const SERVERS_MS = 300_000 // TURN credentials live for ten minutes
const ANSWER_MS = 15_000

/** `none`: there is no voice room, or nobody has come in. */
export const voice = reactive({
  state: "none" as "none" | "connecting" | "on" | "broken",
  quality: null as Quality | null,
  /** How loud the own microphone is, 0 to 1. */
  level: 0,
  /** The browser wants a tap before it lets sound out. */
  needsTap: false,
  micLost: false,
})

let microphone: Microphone | null = null
let sound: Sound | null = null
let servers: { list: RTCIceServer[]; at: number } | null = null
let attempt = 0
let failures = 0
let retry: ReturnType<typeof setTimeout> | undefined
let timers: ReturnType<typeof setInterval>[] = []
let watches: WatchHandle[] = []
let last: SoundStats | null = null
const speaker = typeof Audio === "undefined" ? null : new Audio()

/** Comes in with this microphone (null: to listen only), promises discipline, and connects. From a tap. */
export async function comeIn(mic: Microphone | null): Promise<void> {
  microphone = mic
  await join()
  court.joined = true
  stayAwake()
  keepUp()
  if (court.hearing?.voice) void connect()
}

/** Goes, or only closes this page's end (`stay`): then the seat is kept for a while. */
export async function goAway(stay: boolean): Promise<void> {
  const wasIn = court.joined
  court.joined = false
  attempt += 1
  failures = 0
  clearTimeout(retry)
  timers.forEach(clearInterval)
  watches.forEach((stop) => stop())
  timers = []
  watches = []
  sound?.close()
  microphone?.close()
  sound = microphone = servers = last = null
  if (speaker) speaker.srcObject = null
  Object.assign(voice, { state: "none", quality: null, level: 0, needsTap: false, micLost: false })
  maySleep()
  document.removeEventListener("visibilitychange", lookAgain)
  if (!wasIn) return
  if (!stay) await perform("hearing:leave")
  // Other pages of the product keep the connection: only this says that nobody is in the hearing any more. Without a
  // connection there is nothing to say: its end says it.
  else emit("hearing:away", { hearing_id: court.id }).catch(() => undefined)
}

/** After the browser wanted a tap. */
export async function letSoundOut(): Promise<void> {
  try {
    await speaker?.play()
    voice.needsTap = false
  } catch {
    voice.needsTap = true
  }
}

/** A new microphone after the old one was taken away (a phone call, a headset unplugged). From a tap. */
export async function renewMicrophone(): Promise<void> {
  const fresh = await Microphone.open()
  microphone?.close()
  microphone = fresh
  voice.micLost = false
  followMute()
  if (sound) await sound.use(fresh.track)
  else void connect()
}

/** What the tests and the network line read. */
export const soundStats = (): Promise<SoundStats | null> => sound?.stats() ?? Promise.resolve(null)

async function join(): Promise<void> {
  const { ticket, ice_servers } = await hearingTicket(court.id)
  servers = { list: ice_servers, at: Date.now() }
  await perform("hearing:join", { ticket })
  if (!mySeat.value?.accepted) await perform("hearing:accept")
}

function keepUp(): void {
  timers = [setInterval(() => void look(), LOOK_MS), setInterval(meter, 120)]
  watches = [
    watch(() => connection.online, cameOnline),
    watch(() => court.hearing?.voice_epoch, () => void connect()),
    watch(mySeat, followMute, { immediate: true }),
    watch(() => court.hearing?.stage === "closed" || mySeat.value?.refused, (over) => over && void goAway(true)),
  ]
  document.addEventListener("visibilitychange", lookAgain)
}

// After an absence the seat may count as lost: a new ticket brings us back to it, wherever that is.
async function cameOnline(online: boolean): Promise<void> {
  if (!online || !court.joined) return
  try {
    await join()
  } catch (error) {
    if (error instanceof ApiError && error.permanent) void openHearing(court.id)
    return
  }
  if (voice.state !== "on") void connect()
}

/** Never rejects: what fails is tried again. */
async function connect(): Promise<void> {
  clearTimeout(retry)
  if (!court.joined || !court.hearing?.voice) return
  const turn = ++attempt
  sound?.close()
  sound = last = null
  voice.state = failures ? "broken" : "connecting"
  try {
    const list = await iceServers()
    if (turn !== attempt) return
    sound = new Sound(list, microphone?.track ?? null, {
      exchange: async (sdp) =>
        (await emit<{ sdp: string }>("hearing:offer", { hearing_id: court.id, sdp }, ANSWER_MS)).sdp,
      heard,
      state: (state) => turn === attempt && changed(state),
    })
    await sound.open()
  } catch {
    if (turn === attempt) later()
  }
}

async function iceServers(): Promise<RTCIceServer[]> {
  if (!servers || Date.now() - servers.at > SERVERS_MS)
    servers = { list: (await hearingTicket(court.id)).ice_servers, at: Date.now() }
  return servers.list
}

function changed(state: RTCPeerConnectionState): void {
  if (state === "connected") {
    failures = 0
    voice.state = "on"
  } else if (state === "failed") later()
  // Often a moment without radio: the browser finds back by itself, or says "failed".
  else if (state === "disconnected") voice.quality = "bad"
}

function later(): void {
  sound?.close()
  failures += 1
  voice.state = "broken"
  clearTimeout(retry)
  retry = setTimeout(() => void connect(), Math.min(LONGEST_PAUSE_MS, 500 * 2 ** failures))
}

function heard(stream: MediaStream): void {
  if (!speaker) return
  speaker.srcObject = stream
  speaker.setAttribute("playsinline", "")
  void letSoundOut()
}

async function look(): Promise<void> {
  if (microphone && !microphone.alive) voice.micLost = true
  const now = await soundStats()
  if (!now || voice.state !== "on") return
  if (last) voice.quality = quality(last, now)
  last = now
}

function meter(): void {
  voice.level = microphone?.level() ?? 0
}

// One's own mute is done on the phone too: nothing leaves it.
function followMute(): void {
  if (microphone) microphone.track.enabled = !mySeat.value?.muted
}

// Phones freeze pages in the background.
function lookAgain(): void {
  if (document.visibilityState !== "visible" || !court.joined) return
  if (microphone && !microphone.alive) voice.micLost = true
  if (sound && ["failed", "closed", "disconnected"].includes(sound.state)) void connect()
  if (speaker?.srcObject && speaker.paused) void letSoundOut()
}
