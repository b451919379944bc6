import { toGcj02, type Position } from "./gcj02"

/** Where the phone is, in GCJ-02 as WeChat's own locations are; rejects with the reason in Chinese. */
export function currentPosition(): Promise<Position> {
  return new Promise((resolve, reject) => {
    if (!navigator.geolocation || !window.isSecureContext) return reject(new Error("当前浏览器无法定位，请手动填写"))
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const { latitude, longitude } = toGcj02(coords)
        resolve({ latitude: round(latitude), longitude: round(longitude) })
      },
      (error) => reject(new Error(error.code === 1 ? "没有定位权限，请手动填写" : "定位没有成功，请手动填写")),
      { enableHighAccuracy: true, timeout: 10_000, maximumAge: 60_000 },
    )
  })
}

// A metre is enough; more digits only tell more of the person than the message needs.
function round(degrees: number): number {
  return Math.round(degrees * 1e5) / 1e5
}
