/**
 * Keeps the app as tall as what is visible above the phone's keyboard, which iOS lays over the page. Who zooms in with two
 * fingers sees less of it, and must not make it smaller.
 */
export function followViewport(): void {
  const viewport = window.visualViewport
  if (!viewport) return
  const fit = (): void => {
    document.documentElement.style.setProperty("--app-height", `${Math.round(viewport.height * viewport.scale)}px`)
    window.scrollTo(0, 0)
  }
  viewport.addEventListener("resize", fit)
  fit()
}
