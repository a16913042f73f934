import { Agent, request } from 'node:http'
import { connect, type Socket } from 'node:net'

/** One request of a client that keeps to HTTP. */
export interface Call {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly body?: string | Buffer
}

/** What goes out on a connection of its own, piece by piece, whatever HTTP says to it. */
export interface Bytes {
  readonly pieces: readonly (string | Buffer)[]
  /** A client that reads nothing of what comes back, and stays for a while. */
  readonly neverReads?: true
}

export interface Answer {
  /** Of each answer that came; none when the connection ended without one. */
  readonly statuses: readonly number[]
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** Why there is no answer. */
  readonly failure?: string
}

const patienceMs = 20_000
/** After its last word a stream, or a server that waits for more, is left. */
const silenceMs = 150

/** The connections of one run. */
export function openWire(url: string) {
  const { hostname, port } = new URL(url)
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  const stalled = new Set<Socket>()

  function call(again: Call): Promise<Answer> {
    const { method, path, headers, body } = again
    let hasAnswer = false
    const { promise, resolve } = Promise.withResolvers<Answer>()
    const asked = request({ hostname, port, method, path, headers, agent, timeout: patienceMs })
    const fail = (failure: string) => resolve({ statuses: [], headers: {}, text: '', failure })
    asked.once('timeout', () => {
      fail(`no answer for ${patienceMs / 1_000} s`)
      asked.destroy()
    })
    asked.once('error', ({ message }) => {
      // The server had closed it before it knew of this one.
      if (asked.reusedSocket && !hasAnswer) resolve(call(again))
      else fail(message)
    })
    asked.once('response', (response) => {
      hasAnswer = true
      const chunks: Buffer[] = []
      const isStream = String(response.headers['content-type']).startsWith('text/event-stream')
      const end = () => {
        clearTimeout(silence)
        const told = Object.entries(response.headers).map(([name, value]) => [name, String(value)])
        const text = Buffer.concat(chunks).toString()
        resolve({ statuses: [response.statusCode ?? 0], headers: Object.fromEntries(told), text })
        if (isStream) asked.destroy()
      }
      let silence = isStream ? setTimeout(end, silenceMs) : undefined
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        if (!isStream) return
        clearTimeout(silence)
        silence = setTimeout(end, silenceMs)
      })
      response.once('end', end).once('error', end)
    })
    asked.end(body)
    return promise
  }

  async function send({ pieces, neverReads }: Bytes): Promise<Answer> {
    const { promise, resolve } = Promise.withResolvers<Answer>()
    const socket = connect(Number(port), hostname)
    const chunks: Buffer[] = []
    const end = (failure?: string) => {
      clearTimeout(silence)
      const text = Buffer.concat(chunks).toString('latin1')
      const statuses = [...text.matchAll(/(?<=^|\n|\})HTTP\/1\.[01] (\d{3})/g)].map(([, status]) => Number(status))
      resolve({ statuses, headers: {}, text, ...(failure !== undefined && { failure }) })
      if (!neverReads) socket.destroy()
    }
    let silence = setTimeout(end, patienceMs, 'it neither answers nor hangs up')
    socket.once('error', () => end()).once('close', () => end())
    if (neverReads) {
      stalled.add(socket.pause())
      clearTimeout(silence)
      silence = setTimeout(end, silenceMs)
    } else {
      socket.on('data', (chunk) => {
        chunks.push(chunk)
        clearTimeout(silence)
        silence = setTimeout(end, silenceMs)
      })
    }
    for (const piece of pieces) if (!socket.destroyed) socket.write(piece)
    if (!neverReads) socket.end()
    return promise
  }

  return {
    call,
    send,
    /** Those that read nothing are gone. */
    hangUp(): void {
      for (const socket of stalled) socket.destroy()
      stalled.clear()
    },
    [Symbol.dispose](): void {
      this.hangUp()
      agent.destroy()
    },
  }
}

export type Wire = ReturnType<typeof openWire>
