/** Plays one voice message at a time. */
import { reactive } from "vue"

export const player = reactive({ key: "", playing: false, progress: 0 })

const audio = typeof Audio === "undefined" ? null : new Audio()
let failed: (() => void) | null = null

audio?.addEventListener("timeupdate", () => {
  player.progress = Number.isFinite(audio.duration) && audio.duration > 0 ? audio.currentTime / audio.duration : 0
})
audio?.addEventListener("ended", stop)
audio?.addEventListener("error", () => {
  if (!player.playing) return
  stop()
  failed?.()
})

/** Plays, or stops what is playing already. `onError` is told when the sound cannot be had or played. */
export async function toggle(key: string, url: string, onError: () => void): Promise<void> {
  if (player.playing && player.key === key) return stop()
  if (!audio) return onError()
  stop()
  failed = onError
  Object.assign(player, { key, playing: true, progress: 0 })
  audio.src = url
  try {
    await audio.play()
  } catch {
    // The error event has told it already when the sound itself was bad.
    if (player.playing && player.key === key) {
      stop()
      onError()
    }
  }
}

export function stop(): void {
  player.playing = false
  player.progress = 0
  audio?.pause()
}
