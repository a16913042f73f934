import { headerOf, parseMime } from '../../../../google-sandbox/gmail/mime.ts'
import type { TestApp } from '../../../support/app.ts'
import { addressOf, type Received } from './letter.ts'

/** An automatic reply as it lies in its mailbox. */
export interface AutomaticSend {
  readonly tenant: string
  readonly threadId: string
  readonly to: string
  readonly at: number
}

/** What lies in the mailboxes of the tenants, counted there and not in the product's books. */
export interface Tally {
  readonly sends: readonly AutomaticSend[]
  readonly humanMessages: number
  readonly machineMessages: number
  /** This Message-ID is a person's. */
  noteHuman(messageId: string): void
  /** Counts what is new; answers what tenants sent, by hand or automatically. */
  look(): Promise<readonly Received[]>
  /** Where there are more automatic replies than messages of people: in all, in a mailbox, in a thread. */
  excess(): readonly string[]
}

export function openTally({ google }: TestApp, tenants: readonly string[]): Tally {
  const seen = new Set<string>()
  const byPeople = new Set<string>()
  const sends: AutomaticSend[] = []
  const balance = new Map<string, number>()
  const suspects = new Set<string>()
  let humanMessages = 0
  let machineMessages = 0

  function book(tenant: string, threadId: string, count: 1 | -1): void {
    for (const place of ['all mailboxes', tenant, `${tenant} in thread ${threadId}`]) {
      const left = (balance.get(place) ?? 0) + count
      balance.set(place, left)
      if (left < 0) suspects.add(place)
      else suspects.delete(place)
    }
  }

  return {
    sends,
    get humanMessages() {
      return humanMessages
    },
    get machineMessages() {
      return machineMessages
    },
    noteHuman: (messageId) => void byPeople.add(messageId),
    async look() {
      const left: Received[] = []
      for (const tenant of tenants) {
        for (const { id, threadId, labelIds, raw, internalDate } of await google.messages(tenant)) {
          const key = `${tenant} ${id}`
          if (seen.has(key) || labelIds.includes('DRAFT')) continue
          seen.add(key)
          const root = parseMime(raw)
          const header = (name: string) => headerOf(root, name) ?? ''
          const messageId = header('Message-ID')
          if (!labelIds.includes('SENT')) {
            if (byPeople.has(messageId)) {
              humanMessages += 1
              book(tenant, threadId, 1)
            } else machineMessages += 1
            continue
          }
          const to = addressOf(header('To'))
          left.push({ sender: tenant, recipient: to, subject: header('Subject'), messageId })
          if (!header('X-ReasonFlow-Outbox')) continue
          sends.push({ tenant, threadId, to, at: internalDate.getTime() })
          book(tenant, threadId, -1)
        }
      }
      return left
    },
    excess: () => [...suspects].map((place) => `${-(balance.get(place) ?? 0)} too many in ${place}`),
  }
}
