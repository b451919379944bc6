/** The microphone of one hearing, with a meter. Voice needs the phone's own echo and noise suppression. */

const WANTED: MediaTrackConstraints = {
  channelCount: 1,
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
}

export const canHold = (): boolean => Boolean(navigator.mediaDevices?.getUserMedia) && typeof RTCPeerConnection !== "undefined"

export class Microphone {
  private samples: Uint8Array<ArrayBuffer> | null = null

  private constructor(
    readonly stream: MediaStream,
    readonly track: MediaStreamTrack,
    private readonly context: AudioContext | null,
    private readonly analyser: AnalyserNode | null,
  ) {}

  /** Asks for it; to be called from a tap. Rejects with the browser's error (`faultText` says it in Chinese). */
  static async open(): Promise<Microphone> {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: WANTED })
    const track = stream.getAudioTracks()[0]
    if (!track) throw new DOMException("no audio", "NotFoundError")
    const context = typeof AudioContext === "undefined" ? null : new AudioContext()
    const analyser = context?.createAnalyser() ?? null
    if (context && analyser) {
      analyser.fftSize = 4096
      context.createMediaStreamSource(stream).connect(analyser)
      // Phones start a context asleep unless it was made within the tap itself.
      if (context.state === "suspended") context.resume().catch(() => undefined)
    }
    return new Microphone(stream, track, context, analyser)
  }

  get alive(): boolean {
    return this.track.readyState === "live"
  }

  /** How loud it has been within the last 85 ms or so, 0 to 1. */
  level(): number {
    if (!this.analyser) return 0
    this.samples ??= new Uint8Array(this.analyser.fftSize)
    this.analyser.getByteTimeDomainData(this.samples)
    let peak = 0
    for (const sample of this.samples) peak = Math.max(peak, Math.abs(sample - 128))
    return Math.min(1, (peak / 128) * 2)
  }

  close(): void {
    for (const track of this.stream.getTracks()) track.stop()
    if (this.context && this.context.state !== "closed") void this.context.close()
  }
}

const FAULTS: Record<string, string> = {
  NotAllowedError: "没有麦克风权限。请在系统设置和微信的“设置—隐私—授权管理”中允许使用麦克风，然后重试",
  SecurityError: "当前页面不能使用麦克风，请用 https 地址打开",
  NotFoundError: "没有找到麦克风。请检查耳机或换一台设备",
  NotReadableError: "麦克风被其他应用占用。请结束通话或关闭其他录音应用后重试",
  AbortError: "麦克风没有启动，请重试",
}

/** What to do about a microphone that is not to be had. */
export function faultText(error: unknown): string {
  if (!canHold()) return "当前浏览器不支持语音庭审。请升级微信，或复制链接到系统浏览器中打开"
  const name = error instanceof Error ? error.name : ""
  return FAULTS[name] ?? "麦克风没有启动，请重试"
}
