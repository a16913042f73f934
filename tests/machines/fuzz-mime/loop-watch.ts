/** So long a turn of the main thread's loop holds up everybody else's request. */
const limitMs = 200
const everyMs = 20

export interface LoopWatch {
  /** Turns in which the main thread computed for longer than the limit, and the longest. */
  stop(): { blocked: number; worstMs: number }
}

/**
 * Watches the turns of this thread's event loop. What counts is the thread's own processor time between two turns: a
 * busy machine that lets the thread wait is no fault of the code's.
 */
export function watchLoop(): LoopWatch {
  let spent = threadMs()
  let blocked = 0
  let worstMs = 0
  const timer = setInterval(() => {
    const now = threadMs()
    const turnMs = now - spent
    spent = now
    worstMs = Math.max(worstMs, turnMs)
    if (turnMs > limitMs) blocked += 1
  }, everyMs)
  return {
    stop() {
      clearInterval(timer)
      return { blocked, worstMs: Math.round(worstMs) }
    },
  }
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}
