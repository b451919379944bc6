/** Files from the phone: their types and the sizes of pictures. */

const BY_EXTENSION: Record<string, string> = {
  pdf: "application/pdf",
  doc: "application/msword",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  xls: "application/vnd.ms-excel",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  ppt: "application/vnd.ms-powerpoint",
  pptx: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
  txt: "text/plain",
  zip: "application/zip",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  png: "image/png",
  webp: "image/webp",
  heic: "image/heic",
  heif: "image/heic",
  mp3: "audio/mpeg",
  m4a: "audio/mp4",
  mp4: "video/mp4",
}

/** The type of a file; some phones leave it empty, then the name has to tell. */
export const typeOf = (file: File): string => file.type.split(";")[0] || typeByName(file.name)

export const typeByName = (name: string): string =>
  BY_EXTENSION[name.split(".").pop()?.toLowerCase() ?? ""] ?? "application/octet-stream"

/** The photos of iPhones: the server shows them as JPEG, whether or not this browser can. */
export const isHeic = (type: string): boolean => type === "image/heic" || type === "image/heif"

export interface PictureSize {
  width: number
  height: number
}

/** How large a picture is as it is seen (turned by its EXIF mark), or null where this browser cannot read it. */
export function pictureSize(blob: Blob): Promise<PictureSize | null> {
  return new Promise((resolve) => {
    const url = URL.createObjectURL(blob)
    const image = new Image()
    const done = (size: PictureSize | null): void => {
      URL.revokeObjectURL(url)
      resolve(size)
    }
    image.onload = () => done({ width: image.naturalWidth, height: image.naturalHeight })
    image.onerror = () => done(null)
    image.src = url
  })
}
