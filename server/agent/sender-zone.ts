import { DateTime } from 'luxon'

/** A clock on Earth is at most so far from UTC, and by whole quarters. */
const offsets = { least: -12 * 60, most: 14 * 60, quarter: 15 }

/**
 * The sender's distance to UTC by the `Date` header of the mail, where that names another than the owner has; else the
 * owner's zone. Programs that know none write zero.
 */
export function senderZone(dated: string | undefined, ownerZone: string): string {
  const text = dated?.slice(0, 200) ?? ''
  const sent = DateTime.fromRFC2822(text, { setZone: true })
  const isNamed = /[+-]\d{4}\s{0,9}(?:\(|$)/.test(text)
  if (!sent.isValid || !isNamed || !isOnEarth(sent.offset)) return ownerZone
  return sent.setZone(ownerZone).offset === sent.offset ? ownerZone : (sent.zoneName ?? ownerZone)
}

function isOnEarth(offset: number): boolean {
  const { least, most, quarter } = offsets
  return offset !== 0 && least <= offset && offset <= most && offset % quarter === 0
}
