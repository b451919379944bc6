/**
 * One connection of sound with the hearing's room: our voice out, the mix of the others in.
 *
 * A connection that breaks is replaced by a new one, never mended: the server lets the newest offer of a person count,
 * and what it may carry is decided there, so nothing has to be agreed on again.
 */

const GATHERING_MS = 2000

export interface SoundHooks {
  /** Sends the offer; answers the server's answer. */
  exchange: (sdp: string) => Promise<string>
  heard: (stream: MediaStream) => void
  state: (state: RTCPeerConnectionState) => void
}

/** Counted since the connection began. */
export interface SoundStats {
  /** Seconds to the server and back, when known. */
  delay: number | null
  received: number
  lost: number
  /** Sum of the energy that was heard (RTCInboundRtpStreamStats). */
  energy: number
}

export class Sound {
  private readonly peer: RTCPeerConnection
  private closed = false

  /** Without a track it only listens. */
  constructor(
    servers: RTCIceServer[],
    track: MediaStreamTrack | null,
    private readonly hooks: SoundHooks,
  ) {
    this.peer = new RTCPeerConnection({ iceServers: servers })
    this.peer.addEventListener("track", ({ streams, track: heard }) => hooks.heard(streams[0] ?? new MediaStream([heard])))
    this.peer.addEventListener("connectionstatechange", () => {
      if (!this.closed) hooks.state(this.peer.connectionState)
    })
    this.peer.addTransceiver(track ?? "audio", { direction: track ? "sendrecv" : "recvonly" })
  }

  get state(): RTCPeerConnectionState {
    return this.peer.connectionState
  }

  /** Rejects when the server does not take the offer, or the browser not its answer. */
  async open(): Promise<void> {
    await this.peer.setLocalDescription(await this.peer.createOffer())
    await this.gathered()
    const answer = await this.hooks.exchange(this.peer.localDescription?.sdp ?? "")
    if (!this.closed) await this.peer.setRemoteDescription({ type: "answer", sdp: answer })
  }

  /** Another microphone takes over, without a new offer. */
  async use(track: MediaStreamTrack): Promise<void> {
    await this.peer.getSenders()[0]?.replaceTrack(track)
  }

  async stats(): Promise<SoundStats> {
    const stats: SoundStats = { delay: null, received: 0, lost: 0, energy: 0 }
    const report = await this.peer.getStats()
    report.forEach((one: Record<string, unknown>) => {
      if (one.type === "inbound-rtp") {
        stats.received += Number(one.packetsReceived ?? 0)
        stats.lost += Number(one.packetsLost ?? 0)
        stats.energy += Number(one.totalAudioEnergy ?? 0)
      }
      if (one.type === "candidate-pair" && one.nominated && typeof one.currentRoundTripTime === "number")
        stats.delay = one.currentRoundTripTime
    })
    return stats
  }

  close(): void {
    this.closed = true
    this.peer.close()
  }

  // The server takes whole offers only; a STUN server that does not answer must not hold it up for long.
  private gathered(): Promise<void> {
    if (this.peer.iceGatheringState === "complete") return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, GATHERING_MS)
      this.peer.addEventListener("icegatheringstatechange", () => {
        if (this.peer.iceGatheringState !== "complete") return
        clearTimeout(timer)
        resolve()
      })
    })
  }
}

export type Quality = "good" | "fair" | "bad"

/** How well it goes, from what was counted between two looks. */
export function quality(before: SoundStats, now: SoundStats): Quality {
  const received = now.received - before.received
  const lost = Math.max(0, now.lost - before.lost)
  const share = received + lost > 0 ? lost / (received + lost) : 1
  if (share > 0.1 || (now.delay ?? 0) > 0.8) return "bad"
  return share > 0.03 || (now.delay ?? 0) > 0.35 ? "fair" : "good"
}
