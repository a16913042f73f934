import { randomUUID } from 'node:crypto'
import { issuer, signToken } from './oauth/signing.ts'

/** A push subscription as its operator sets it up. */
export interface PushTarget {
  readonly endpoint: string
  readonly audience: string
  readonly serviceAccount: string
}

export interface PushSubscription {
  /** Messages that were published and are not acknowledged. */
  readonly backlog: number
  /** Keeps what is published from now on until `deliver`. */
  hold(): void
  /** Pushes the backlog, each message `copies` times (default once) and in no order; answers the statuses. */
  deliver(options?: { copies?: number }): Promise<number[]>
  /** Ends when nothing is on its way. */
  settled(): Promise<void>
}

export interface Subscription extends PushSubscription {
  readonly topic: string
  publish(data: object): void
}

interface Message {
  readonly id: string
  readonly data: string
  readonly publishedAt: string
}

const atOnce = 20
const acknowledging = [102, 200, 201, 202, 204]

/** Pub/Sub for one subscriber: at least once, in no order. What is not acknowledged comes again at `deliver` only. */
export function createSubscription(topic: string, target: PushTarget): Subscription {
  const backlog = new Map<string, Message>()
  const onTheWay = new Set<Promise<unknown>>()
  let isHeld = false

  async function push(message: Message): Promise<number> {
    const status = await post(target, message)
    if (acknowledging.includes(status)) backlog.delete(message.id)
    return status
  }

  return {
    topic,
    get backlog() {
      return backlog.size
    },
    hold: () => {
      isHeld = true
    },
    publish: (data) => {
      const encoded = Buffer.from(JSON.stringify(data)).toString('base64')
      const message = { id: randomUUID(), data: encoded, publishedAt: new Date().toISOString() }
      backlog.set(message.id, message)
      if (isHeld) return
      const pushed = push(message).finally(() => onTheWay.delete(pushed))
      onTheWay.add(pushed)
    },
    deliver: async ({ copies = 1 } = {}) => {
      const messages = shuffled([...backlog.values()].flatMap((message) => Array<Message>(copies).fill(message)))
      const statuses: number[] = []
      for (let at = 0; at < messages.length; at += atOnce) {
        statuses.push(...(await Promise.all(messages.slice(at, at + atOnce).map(push))))
      }
      return statuses
    },
    settled: async () => {
      while (onTheWay.size > 0) await Promise.all(onTheWay)
    },
  }
}

/** The status of the answer; 0 when there was none. */
async function post({ endpoint, audience, serviceAccount }: PushTarget, message: Message): Promise<number> {
  const { id, data, publishedAt } = message
  const body = {
    message: { data, messageId: id, message_id: id, publishTime: publishedAt, publish_time: publishedAt },
    subscription: 'projects/sandbox/subscriptions/gmail',
  }
  const headers = {
    authorization: `Bearer ${pushToken({ audience, serviceAccount })}`,
    'content-type': 'application/json',
  }
  const answer = fetch(endpoint, { method: 'POST', headers, body: JSON.stringify(body) })
  return answer.then(
    ({ status }) => status,
    () => 0,
  )
}

/** As Google signs it for a push: good for an hour. */
function pushToken({ audience, serviceAccount }: Omit<PushTarget, 'endpoint'>): string {
  const now = Math.floor(Date.now() / 1_000)
  const who = {
    sub: '104029384756102938475',
    azp: '104029384756102938475',
    email: serviceAccount,
    email_verified: true,
  }
  return signToken({ iss: issuer, aud: audience, iat: now, exp: now + 3_600, ...who })
}

function shuffled<T>(items: T[]): T[] {
  return items
    .map((item) => ({ item, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)
}
