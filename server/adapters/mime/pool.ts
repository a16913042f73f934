import { type MimeLane, openMimeLane } from './lane.ts'

/** A few lanes, each started when all before it are busy; who comes first is read first. */
export interface MimePool {
  read: MimeLane['read']
  attachment: MimeLane['attachment']
  /** Lets the waiting readings end. */
  close(): Promise<void>
}

// Not p-limit: which lane is free matters, not only how many are.
export function openMimePool({ lanes: laneCount, deadlineMs }: { lanes: number; deadlineMs: number }): MimePool {
  const lanes = Array.from({ length: laneCount }, () => openMimeLane(deadlineMs))
  const idle = [...lanes]
  const waiting: ((lane: MimeLane) => void)[] = []
  const running = new Set<Promise<unknown>>()
  let isClosed = false

  /** The lane that was busy last comes first: its worker is warm, and the others need none. */
  function nextLane(): Promise<MimeLane> {
    const lane = idle.shift()
    return lane ? Promise.resolve(lane) : new Promise((resolve) => waiting.push(resolve))
  }

  function release(lane: MimeLane): void {
    const next = waiting.shift()
    if (next) next(lane)
    else idle.unshift(lane)
  }

  async function inTurn<T>(work: (lane: MimeLane) => Promise<T>): Promise<T> {
    const lane = await nextLane()
    try {
      return await work(lane)
    } finally {
      release(lane)
    }
  }

  function start<T>(work: (lane: MimeLane) => Promise<T>): Promise<T> {
    if (isClosed) return Promise.reject(new Error('the mail reader is closed'))
    const done = inTurn(work)
    running.add(done)
    void done.finally(() => running.delete(done)).catch(() => undefined)
    return done
  }

  return {
    read: (raw, options) => start((lane) => lane.read(raw, options)),
    attachment: (raw, position) => start((lane) => lane.attachment(raw, position)),
    async close() {
      isClosed = true
      await Promise.allSettled(running)
      await Promise.all(lanes.map((lane) => lane.close()))
    },
  }
}
