/** The wall clock of this process, moved on by hand. */
export interface WallClock extends Disposable {
  advance(ms: number): void
}

/**
 * Product, sandbox and Google's client read one and the same clock until this is disposed of: with only the product's
 * moved, access tokens would be over at once and sent mail older than what it answers.
 */
export function takeWallClock(): WallClock {
  const RealDate = Date
  let aheadMs = 0
  globalThis.Date = class extends RealDate {
    constructor(...parts: unknown[]) {
      if (parts.length === 0) super(RealDate.now() + aheadMs)
      else super(...(parts as [number]))
    }
    static override now(): number {
      return RealDate.now() + aheadMs
    }
    static override [Symbol.hasInstance](value: unknown): boolean {
      return value instanceof RealDate
    }
  } as DateConstructor
  return {
    advance(ms) {
      aheadMs += ms
    },
    [Symbol.dispose]() {
      globalThis.Date = RealDate
    },
  }
}
