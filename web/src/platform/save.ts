const KEEP_MS = 60_000

/** Whether this browser can put a file where the person finds it: the web-view inside WeChat saves none. */
export const canSave = (): boolean => !/MicroMessenger/i.test(navigator.userAgent)

/** Saves a file as the browser saves downloads. */
export function saveFile(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement("a")
  link.href = url
  link.download = name
  document.body.append(link)
  link.click()
  link.remove()
  // Some browsers read the blob only after a question to the person.
  setTimeout(() => URL.revokeObjectURL(url), KEEP_MS)
}
