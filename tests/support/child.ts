import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** A process of its own; killed on disposal if it still runs. */
export interface Child extends AsyncDisposable {
  readonly pid: number
  /** Everything it printed so far. */
  output(): string
  /** Resolves when it has printed this. */
  printed(text: string | RegExp): Promise<void>
  kill(signal: NodeJS.Signals): void
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

/** What every process is told; what this one has compiled it need not compile again. */
export const bare = { PATH: process.env['PATH'], NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], TZ: 'UTC' }

/** `node <args>` in a folder, the project's by default, with these variables and none of our own but those. */
export function startNode(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  folder: string = root,
): Child {
  const child = spawn(process.execPath, ['--no-warnings', ...args], {
    cwd: folder,
    env: { ...bare, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }))
  return {
    pid: child.pid ?? 0,
    output: () => output,
    printed: (text) => printed(child, () => output, text),
    kill: (signal) => void child.kill(signal),
    ended,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

function printed(child: ChildProcess, output: () => string, text: string | RegExp): Promise<void> {
  const isThere = () => (typeof text === 'string' ? output().includes(text) : text.test(output()))
  return new Promise((resolve, reject) => {
    const look = () => {
      if (!isThere()) return
      for (const stream of [child.stdout, child.stderr]) stream?.off('data', look)
      resolve()
    }
    child.stdout?.on('data', look)
    child.stderr?.on('data', look)
    child.on('close', () => reject(new Error(`the process ended without printing ${String(text)}:\n${output()}`)))
    look()
  })
}

/** A folder of one's own below the system's temporary one; removed on disposal. */
export function newFolder(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), 'reasonflow-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

/** A port at which nobody listens as long as this is held: it is the near end of a connection, so nobody else gets it. */
export async function holdDeafPort(): Promise<AsyncDisposable & { port: number }> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return {
    port: socket.localPort ?? 0,
    async [Symbol.asyncDispose]() {
      socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
