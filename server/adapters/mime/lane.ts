import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { MailReading } from '../../mail/fields.ts'
import { maxHeaderBytes } from './header-block.ts'
import { toReading } from './reading.ts'
import type { MimeNews, MimeTask } from './worker.ts'

const startMs = 30_000

/** One worker thread, started on demand, that reads one mail at a time and is replaced when it gets stuck or dies. */
export interface MimeLane {
  /** One at a time: whoever calls waits for the answer before the next call. */
  read(raw: Uint8Array, options: { headersOnly: boolean }): Promise<MailReading>
  attachment(raw: Uint8Array, position: number): Promise<Uint8Array | null>
  close(): Promise<void>
}

export function openMimeLane(deadlineMs: number): MimeLane {
  let worker: Worker | undefined
  let taskCount = 0

  async function liveWorker(): Promise<Worker> {
    if (worker) return worker
    const started = await startWorker()
    // One that dies while idle is not asked again.
    started.once('exit', () => {
      if (worker === started) worker = undefined
    })
    worker = started
    return started
  }

  async function ask(raw: Uint8Array, wanted: Pick<MimeTask, 'headersOnly' | 'attachment'>): Promise<Told> {
    const current = await liveWorker()
    current.ref()
    const told = await askWorker(current, { id: ++taskCount, raw, ...wanted }, deadlineMs)
    // An idle worker keeps no process alive.
    current.unref()
    if (told.isStuck) {
      worker = undefined
      await current.terminate()
    }
    return told
  }

  const readOnce = async (raw: Uint8Array, headersOnly: boolean) => (await ask(raw, { headersOnly })).reading

  return {
    async read(raw, { headersOnly }) {
      const reading = await readOnce(raw, headersOnly)
      if (headersOnly || reading.mail || raw.length === 0) return reading
      // Who it is from and what it is about is more than nothing.
      const { mail, problem } = await readOnce(raw.subarray(0, maxHeaderBytes), true)
      return toReading(mail, [...new Set([reading.problem, problem ?? ''])])
    },
    attachment: async (raw, position) => (await ask(raw, { headersOnly: false, attachment: position })).content,
    async close() {
      await worker?.terminate()
    },
  }
}

async function startWorker(): Promise<Worker> {
  // Hostile bytes are read in there: it sees no environment, and its memory is bounded.
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 },
  })
  try {
    await once(worker, 'message', { signal: AbortSignal.timeout(startMs) })
    worker.on('error', () => undefined)
    return worker
  } catch (error) {
    await worker.terminate()
    throw new Error('the mail reader could not be started', { cause: error })
  }
}

interface Told {
  readonly reading: MailReading
  readonly content: Uint8Array | null
  readonly isStuck: boolean
}

function askWorker(worker: Worker, task: MimeTask, deadlineMs: number): Promise<Told> {
  return new Promise((resolve) => {
    let best: MailReading | undefined
    let content: Uint8Array | null = null
    const settle = (reading: MailReading, isStuck: boolean) => {
      clearTimeout(timer)
      worker.off('message', onNews).off('error', onDeath).off('exit', onDeath)
      resolve({ reading, content, isStuck })
    }
    const giveUp = (problem: string) => settle(toReading(best?.mail ?? null, [problem, best?.problem ?? '']), true)
    const onDeath = () => giveUp('Reading it broke the reader.')
    const onNews = (news: MimeNews) => {
      if (news.kind === 'ready' || news.id !== task.id) return
      if (news.kind === 'reading') best = news.reading
      else if (news.kind === 'attachment') content = news.content
      else settle(best ?? toReading(null, []), false)
    }
    // News that came while this thread was busy is heard before the verdict.
    const timer = setTimeout(() => setImmediate(() => giveUp('Reading it took too long.')), deadlineMs)
    worker.on('message', onNews).on('error', onDeath).on('exit', onDeath)
    worker.postMessage(task, [])
  })
}
