/**
 * Maps in China, and locations in WeChat, use GCJ-02, which bends the satellites' WGS-84 by up to a few hundred metres.
 * Browsers tell WGS-84. The formula is the published approximation that map services use; good to a metre or two.
 */

/** Degrees. */
export interface Position {
  latitude: number
  longitude: number
}

const AXIS = 6_378_245
const ECCENTRICITY = 0.006_693_421_622_965_943

export function toGcj02({ latitude, longitude }: Position): Position {
  if (outsideChina(latitude, longitude)) return { latitude, longitude }
  const x = longitude - 105
  const y = latitude - 35
  const radians = (latitude / 180) * Math.PI
  const magic = 1 - ECCENTRICITY * Math.sin(radians) ** 2
  const root = Math.sqrt(magic)
  const north = (bendNorth(x, y) * 180) / (((AXIS * (1 - ECCENTRICITY)) / (magic * root)) * Math.PI)
  const east = (bendEast(x, y) * 180) / ((AXIS / root) * Math.cos(radians) * Math.PI)
  return { latitude: latitude + north, longitude: longitude + east }
}

function outsideChina(latitude: number, longitude: number): boolean {
  return longitude < 72.004 || longitude > 137.8347 || latitude < 0.8293 || latitude > 55.8271
}

const wave = (amplitude: number, value: number): number => amplitude * Math.sin(value * Math.PI)

/** The ripples that both directions share. */
function ripple(x: number): number {
  return ((wave(20, 6 * x) + wave(20, 2 * x)) * 2) / 3
}

function bendNorth(x: number, y: number): number {
  const slope = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x))
  const short = ((wave(20, y) + wave(40, y / 3)) * 2) / 3
  const long = ((wave(160, y / 12) + wave(320, y / 30)) * 2) / 3
  return slope + ripple(x) + short + long
}

function bendEast(x: number, y: number): number {
  const slope = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x))
  const short = ((wave(20, x) + wave(40, x / 3)) * 2) / 3
  const long = ((wave(150, x / 12) + wave(300, x / 30)) * 2) / 3
  return slope + ripple(x) + short + long
}
