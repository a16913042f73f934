const day = 86_400
const idle = 7 * day
const absolute = 30 * day
const grace = 30

/** What a family of refresh tokens must do, in the words of RFC 9700 and no database; times in seconds. */
export class Family {
  isEnded = false
  private readonly tokens: { readonly token: string; readonly expiresAt: number; usedAt: number | null }[]
  private readonly startedAt: number
  readonly sessionId: string

  constructor(sessionId: string, token: string, now: number) {
    this.sessionId = sessionId
    this.startedAt = now
    this.tokens = [{ token, expiresAt: now + idle, usedAt: null }]
  }

  /** The newest token but so many; the first one when there are not as many. */
  place(back: number): number {
    return Math.max(0, this.tokens.length - 1 - back)
  }

  tokenAt(place: number): string {
    return this.tokens[place]?.token ?? ''
  }

  has(token: string): boolean {
    return this.tokens.some((known) => known.token === token)
  }

  /** `new`, `refused`, or the token that is given once more. */
  expect(place: number, now: number): string {
    const used = this.tokens[place]
    const successor = this.tokens[place + 1]
    if (this.isEnded || !used) return 'refused'
    if (used.usedAt === null) {
      if (used.expiresAt <= now) return 'refused'
      used.usedAt = now
      return 'new'
    }
    if (successor?.usedAt === null && now - used.usedAt <= grace) return successor.token
    this.isEnded = true
    return 'refused'
  }

  add(token: string, now: number): void {
    this.tokens.push({ token, expiresAt: Math.min(now + idle, this.startedAt + absolute), usedAt: null })
  }

  /** How many tokens the database must hold that were not used, expired or not. */
  get unused(): number {
    return this.isEnded ? 0 : this.tokens.filter(({ usedAt }) => usedAt === null).length
  }
}
