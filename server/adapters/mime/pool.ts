import type { MailReading } from '../../mail/fields.ts'
import { type MimeLane, openMimeLane } from './lane.ts'

/** A few lanes, each started when all before it are busy; who comes first is read first. */
export interface MimePool {
  read: MimeLane['read']
  /** Lets the waiting readings end. */
  close(): Promise<void>
}

// Not p-limit: which lane is free matters, not only how many are.
export function openMimePool({ lanes: laneCount, deadlineMs }: { lanes: number; deadlineMs: number }): MimePool {
  const lanes = Array.from({ length: laneCount }, () => openMimeLane(deadlineMs))
  const idle = [...lanes]
  const waiting: ((lane: MimeLane) => void)[] = []
  const running = new Set<Promise<MailReading>>()
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

  async function readInTurn(...task: Parameters<MimeLane['read']>): Promise<MailReading> {
    const lane = await nextLane()
    try {
      return await lane.read(...task)
    } finally {
      release(lane)
    }
  }

  return {
    read(...task) {
      if (isClosed) return Promise.reject(new Error('the mail reader is closed'))
      const reading = readInTurn(...task)
      running.add(reading)
      void reading.finally(() => running.delete(reading)).catch(() => undefined)
      return reading
    },
    async close() {
      isClosed = true
      await Promise.allSettled(running)
      await Promise.all(lanes.map((lane) => lane.close()))
    },
  }
}
