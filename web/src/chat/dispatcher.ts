/** Drives the outbox: one message at a time in each space, beside one upload at a time. Knows no socket and no Vue. */
import { backoff, nextToSend, nextToUpload, type OutboxEntry, type Outcome, spacesWithWork } from "./outbox"

export interface DispatcherDoors {
  entries(): OutboxEntry[]
  send(entry: OutboxEntry): Promise<Outcome>
  upload(entry: OutboxEntry): Promise<Outcome>
  fail(entry: OutboxEntry, reason: string): void
  /** Calls back after so many milliseconds. */
  later(milliseconds: number, work: () => void): void
}

export class Dispatcher {
  private readonly busy = new Set<string>()
  private readonly attempts = new Map<string, number>()

  constructor(private readonly doors: DispatcherDoors) {}

  /** Starts whatever can be started. Called whenever an entry is written and whenever the connection comes back. */
  pump(): void {
    for (const spaceId of spacesWithWork(this.doors.entries())) {
      void this.lane(`send ${spaceId}`, () => nextToSend(this.doors.entries(), spaceId), this.doors.send)
      void this.lane(`upload ${spaceId}`, () => nextToUpload(this.doors.entries(), spaceId), this.doors.upload)
    }
  }

  /** After a reconnection there is no reason to wait out an old pause. */
  resume(): void {
    this.attempts.clear()
    this.pump()
  }

  private async lane(
    name: string,
    next: () => OutboxEntry | null,
    work: (entry: OutboxEntry) => Promise<Outcome>,
  ): Promise<void> {
    if (this.busy.has(name)) return
    this.busy.add(name)
    try {
      for (let entry = next(); entry; entry = next()) {
        const outcome = await work(entry)
        if (outcome.kind === "retry") return this.pause(name)
        this.attempts.delete(name)
        if (outcome.kind === "failed") this.doors.fail(entry, outcome.reason)
        // An uploaded file has become a message to send: wake the other lane.
        else if (name.startsWith("upload ")) queueMicrotask(() => this.pump())
      }
    } finally {
      this.busy.delete(name)
    }
  }

  private pause(name: string): void {
    const attempt = (this.attempts.get(name) ?? 0) + 1
    this.attempts.set(name, attempt)
    this.doors.later(backoff(attempt), () => this.pump())
  }
}
