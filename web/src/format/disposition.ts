/** The file name that a Content-Disposition header gives (RFC 6266), its extended form first; null when there is none. */
export function fileNameOf(header: string | null): string | null {
  const extended = header?.match(/filename\*=UTF-8''([^;]+)/i)?.[1]
  const plain = header?.match(/filename="([^"]+)"/i)?.[1] ?? null
  if (!extended) return plain
  try {
    return decodeURIComponent(extended)
  } catch {
    return plain
  }
}
