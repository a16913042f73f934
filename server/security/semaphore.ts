/** At most `slots` effects at a time and at most `queue` waiting; `isFull` tells a caller to come back later. */
export interface Semaphore {
  isFull(): boolean
  run<T>(effect: () => Promise<T>): Promise<T>
}

export function createSemaphore(slots: number, queue: number): Semaphore {
  let free = slots
  const waiting: (() => void)[] = []
  return {
    isFull: () => waiting.length >= queue,
    async run(effect) {
      if (free > 0) free--
      else await new Promise<void>((resolve) => waiting.push(resolve))
      try {
        return await effect()
      } finally {
        // The slot is handed on, never freed in between: a newcomer cannot overtake.
        const next = waiting.shift()
        if (next) next()
        else free++
      }
    },
  }
}
