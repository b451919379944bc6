/** What a phone says aloud by itself: the discipline of the court, a test tone. */

export const canRead = (): boolean => typeof speechSynthesis !== "undefined"

/** Reads lines aloud in Chinese; `done` when it has ended or the browser gave up. */
export function readAloud(lines: readonly string[], done: () => void): void {
  speechSynthesis.cancel()
  const utterance = new SpeechSynthesisUtterance(lines.map((line, index) => `${index + 1}。${line}`).join(""))
  utterance.lang = "zh-CN"
  utterance.onend = utterance.onerror = done
  speechSynthesis.speak(utterance)
}

export const stopReading = (): void => {
  if (canRead()) speechSynthesis.cancel()
}

/** Three rising tones, for whoever wants to know whether they would hear anything. To be called from a tap. */
export function playTones(): void {
  const context = new AudioContext()
  const step = 0.35
  const tones = [440, 554, 659]
  tones.forEach((hertz, index) => {
    const source = new OscillatorNode(context, { frequency: hertz })
    const gain = new GainNode(context, { gain: 0.25 })
    source.connect(gain).connect(context.destination)
    source.start(context.currentTime + index * step)
    source.stop(context.currentTime + (index + 0.8) * step)
  })
  setTimeout(() => void context.close(), (tones.length + 1) * step * 1000)
}
