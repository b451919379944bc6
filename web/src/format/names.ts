/** What people are called by: the last two characters (王小明 → 小明), without their office (李律师 → 李). */
export function shortName(name: string): string {
  const bare = name.replace(/(律师|客服|法务|主任|法官|审判员|书记员|调解员|仲裁员)$/, "") || name
  const letters = [...bare]
  return /^[\x20-\x7e]+$/.test(bare) ? bare.slice(0, 2).toUpperCase() : letters.slice(-2).join("")
}
