import { Client } from 'pg'

interface Counted {
  /** Of the product itself, `begin` and `commit` among them, by their text. */
  readonly own: ReadonlyMap<string, number>
  /** Of the queue: on its own connections, and among ours. */
  readonly ofQueue: number
}

interface Sent {
  readonly text: string
  readonly isQueue: boolean
}

/** Counts every statement that this process sends from now on, as the driver sends it. */
export function countStatements(): { read(): Counted } & Disposable {
  const own = new Map<string, number>()
  let ofQueue = 0
  const patched = Client.prototype as { query: (this: Client, ...args: unknown[]) => unknown }
  const { query } = patched
  patched.query = function (...args) {
    const sent = sentBy(this, args[0])
    if (sent.isQueue) ofQueue++
    else own.set(sent.text, (own.get(sent.text) ?? 0) + 1)
    return query.apply(this, args)
  }
  return {
    read: () => ({ own: new Map(own), ofQueue }),
    [Symbol.dispose]: () => void (patched.query = query),
  }
}

function sentBy(client: Client, statement: unknown): Sent {
  const text = typeof statement === 'string' ? statement : ((statement as { text?: string }).text ?? '')
  const { application_name: name } = (client as unknown as { connectionParameters: { application_name: string } })
    .connectionParameters
  return { text: text.replace(/\s+/g, ' ').trim(), isQueue: name === 'reasonflow-queue' || /\bpgboss\./.test(text) }
}
