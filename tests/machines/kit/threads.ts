import { on } from 'node:events'
import { parentPort, Worker } from 'node:worker_threads'

type News<Result> = { readonly line: string } | { readonly result: Result }

interface Work<Task, Result> {
  readonly threads: number
  tell(line: string): void
  onResult?(result: Result, task: Task): void
}

/**
 * Has the tasks played by threads that run this script, each taking the next one when it is done with the last. A thread
 * that fails ends it all.
 */
export async function playInThreads<Task, Result>(
  script: URL,
  tasks: readonly Task[],
  { threads, tell, onResult }: Work<Task, Result>,
): Promise<Result[]> {
  const waiting = [...tasks]
  const results: Result[] = []

  function playSome(): Promise<void> {
    const thread = new Worker(script)
    let task: Task | undefined
    const next = () => {
      task = waiting.shift()
      thread.postMessage(task ?? null, [])
    }
    return new Promise((resolve, reject) => {
      thread.on('error', reject)
      thread.on('exit', (code) => {
        if (task === undefined) resolve()
        else reject(new Error(`a thread ended with ${code} and left ${JSON.stringify(task)}`))
      })
      thread.on('message', (news: News<Result>) => {
        if ('line' in news) return tell(news.line)
        results.push(news.result)
        if (task !== undefined) onResult?.(news.result, task)
        next()
      })
      next()
    })
  }

  await Promise.all(Array.from({ length: Math.min(threads, tasks.length) }, playSome))
  return results
}

/** In the thread: plays what it is handed, one task after the other, until there is none. */
export async function playTasks(play: (task: never, tell: (line: string) => void) => Promise<unknown>): Promise<void> {
  const port = parentPort
  if (!port) throw new Error('this is a thread')
  const send = (news: News<unknown>) => port.postMessage(news, [])
  for await (const [task] of on(port, 'message') as AsyncIterable<[never]>) {
    if (task === null) break
    send({ result: await play(task, (line) => send({ line })) })
  }
}
