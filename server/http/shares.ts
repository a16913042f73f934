import { networkOf, plainAddress } from '../security/network.ts'

/** How many of something there may be, in all, from one network (a /24 or /64) and from one address. */
export interface Shares {
  readonly all: number
  readonly network: number
  readonly address: number
}

/** What is held right now, told apart by who holds it; the eldest first. */
export interface Holdings<T> {
  /** Those that stand in the way of one more from here: the holdings of the smallest share that is full. */
  fullShare(clientAddress: string): ReadonlySet<T> | undefined
  /** Disposing gives it back. */
  hold(clientAddress: string, held: T): Disposable
}

export function createHoldings<T>(shares: Shares): Holdings<T> {
  const holdings = new Map<string, Set<T>>()
  const keysOf = (clientAddress: string) =>
    [
      [`address ${plainAddress(clientAddress)}`, shares.address],
      [`network ${networkOf(clientAddress)}`, shares.network],
      ['all', shares.all],
    ] as const
  return {
    fullShare(clientAddress) {
      const full = keysOf(clientAddress).find(([key, most]) => (holdings.get(key)?.size ?? 0) >= most)
      return full && (holdings.get(full[0]) ?? new Set())
    },
    hold(clientAddress, held) {
      const keys = keysOf(clientAddress)
      for (const [key] of keys) {
        const known = holdings.get(key) ?? new Set()
        holdings.set(key, known.add(held))
      }
      return {
        [Symbol.dispose]() {
          for (const [key] of keys) {
            const known = holdings.get(key)
            known?.delete(held)
            if (known?.size === 0) holdings.delete(key)
          }
        },
      }
    },
  }
}
