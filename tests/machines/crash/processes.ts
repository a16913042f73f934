import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { bare, newFolder } from '../../support/child.ts'
import type { Answer, CommandName, Commands, Request } from './commands.ts'

/** A process that runs servers one after the other, until one of them kills it. */
export interface CrashProcess extends AsyncDisposable {
  readonly commands: Commands
  /** The signal that ended it. */
  readonly ended: Promise<NodeJS.Signals | null>
  isAlive(): boolean
}

export interface ProcessPool extends AsyncDisposable {
  /** One that has imported everything and waits. */
  take(): Promise<CrashProcess>
  /** Takes back one whose server was stopped; a dead one is forgotten. */
  give(process: CrashProcess): void
}

/** Keeps `spares` processes warm: to start one takes longer than most trials. */
export function createPool({ spares, output }: { spares: number; output: 'ignore' | 'inherit' }): ProcessPool {
  // Compiled code of the first process: all after it start in half the time.
  const cache = newFolder()
  const all = new Set<CrashProcess>()
  const idle: Promise<CrashProcess>[] = []
  const spawn = async () => {
    const started = await startProcess(output, cache.path)
    all.add(started)
    void started.ended.then(() => all.delete(started))
    return started
  }
  return {
    take() {
      while (idle.length <= spares) idle.push(spawn())
      return idle.shift() ?? spawn()
    },
    give(process) {
      if (process.isAlive()) idle.unshift(Promise.resolve(process))
    },
    async [Symbol.asyncDispose]() {
      await Promise.allSettled(idle)
      await Promise.all([...all].map((process) => process[Symbol.asyncDispose]()))
      cache[Symbol.dispose]()
    },
  }
}

async function startProcess(output: 'ignore' | 'inherit', cache: string): Promise<CrashProcess> {
  const child = fork(join(import.meta.dirname, 'child.ts'), [], {
    execArgv: ['--no-warnings'],
    env: { ...bare, NODE_COMPILE_CACHE: bare.NODE_COMPILE_CACHE ?? cache },
    stdio: ['ignore', output, output, 'ipc'],
  })
  const ended = once(child, 'exit').then(([, signal]) => signal as NodeJS.Signals | null)
  const ask = createAsker(child, ended)
  await once(child, 'message')
  return {
    commands: {
      start: (task) => ask('start', task),
      drain: () => ask('drain'),
      retry: () => ask('retry'),
      pass: (ms) => ask('pass', ms),
      redrive: () => ask('redrive'),
      hasStruck: () => ask('hasStruck'),
      lift: () => ask('lift'),
      passed: () => ask('passed'),
      stop: () => ask('stop'),
    },
    ended,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** Requests and their answers over the channel; a request to a process that is dead or dies is refused. */
function createAsker(child: ChildProcess, ended: Promise<NodeJS.Signals | null>) {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let lastId = 0
  child.on('message', (message) => {
    const answer = message as Answer
    const question = waiting.get(answer.id)
    waiting.delete(answer.id)
    if ('failure' in answer) question?.reject(new Error(answer.failure))
    else question?.resolve(answer.result)
  })
  return <T>(name: CommandName, argument?: unknown): Promise<T> => {
    const question = Promise.withResolvers<unknown>()
    lastId += 1
    waiting.set(lastId, question)
    void ended.then((signal) => question.reject(new Error(`the process died of ${signal ?? 'itself'}`)))
    const request: Request = { id: lastId, name, argument }
    // A channel that is closed says the same as `ended`, only less.
    child.send(request, () => undefined)
    return question.promise as Promise<T>
  }
}
