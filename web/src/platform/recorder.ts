/** Records the microphone into one blob. The server makes a copy that every phone can play. */

export interface Recording {
  blob: Blob
  content_type: string
  duration_ms: number
}

/** What browsers can write: Chromium and Android WebM/Opus or Ogg, iPhones MPEG-4. */
const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"]

export function canRecord(): boolean {
  return typeof MediaRecorder !== "undefined" && Boolean(navigator.mediaDevices?.getUserMedia)
}

export class VoiceRecorder {
  private readonly chunks: Blob[] = []
  private startedAt = 0

  private constructor(
    private readonly stream: MediaStream,
    private readonly recorder: MediaRecorder,
  ) {
    recorder.ondataavailable = (event) => {
      if (event.data.size) this.chunks.push(event.data)
    }
  }

  /** Asks for the microphone and starts. Rejects with the browser's error when it is refused. */
  static async start(): Promise<VoiceRecorder> {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } })
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type))
    const voice = new VoiceRecorder(stream, new MediaRecorder(stream, { mimeType, audioBitsPerSecond: 32_000 }))
    voice.recorder.start(1000)
    voice.startedAt = performance.now()
    return voice
  }

  get elapsedMs(): number {
    return performance.now() - this.startedAt
  }

  /** What was said until now, for a page that may not live to see the end. */
  soFar(): Recording {
    return this.recording(Math.round(this.elapsedMs))
  }

  async stop(): Promise<Recording> {
    const duration_ms = Math.round(this.elapsedMs)
    await new Promise<void>((resolve) => {
      // A phone call or the locked screen may have ended it already; what was said until then counts.
      if (this.recorder.state === "inactive") return resolve()
      this.recorder.onstop = () => resolve()
      this.recorder.stop()
    })
    this.release()
    return this.recording(duration_ms)
  }

  cancel(): void {
    if (this.recorder.state !== "inactive") this.recorder.stop()
    this.release()
  }

  private recording(duration_ms: number): Recording {
    const content_type = (this.recorder.mimeType || "audio/webm").split(";")[0] ?? "audio/webm"
    return { blob: new Blob(this.chunks, { type: content_type }), content_type, duration_ms }
  }

  private release(): void {
    for (const track of this.stream.getTracks()) track.stop()
  }
}
