export function fileSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 1024 ** 2) return `${trim(bytes / 1024)} KB`
  if (bytes < 1024 ** 3) return `${trim(bytes / 1024 ** 2)} MB`
  return `${trim(bytes / 1024 ** 3)} GB`
}

function trim(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toFixed(1).replace(/\.0$/, "")
}

/** The part after the last dot, for the icon of a file: PDF, DOCX. */
export function extension(name: string): string {
  const dot = name.lastIndexOf(".")
  return dot > 0 && name.length - dot <= 6 ? name.slice(dot + 1).toUpperCase() : ""
}
