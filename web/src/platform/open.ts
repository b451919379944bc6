/** Opens an address in a new tab. A link, not window.open: web-views and pop-up blockers stop a window after a wait. */
export function openUrl(url: string): void {
  const link = document.createElement("a")
  link.href = url
  link.target = "_blank"
  link.rel = "noopener"
  link.click()
}
