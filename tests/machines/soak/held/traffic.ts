import type { TestApp, TestOwner } from '../../../support/app.ts'
import type { Inbox } from '../../../support/connected-inbox.ts'
import type { Random } from '../../../support/seeded-random.ts'
import type { Answer, Call } from './http-call.ts'

/** What owners do, by their share; an act knows only what earlier answers showed its owner. */
export interface Traffic {
  next(): Promise<Act>
}

export interface Act {
  readonly call: Call
  /** Learns from the answer what there is to act upon. */
  learn(answer: Answer): void
}

type Draft = { readonly id: string; readonly version: number }
type Request = Pick<Call, 'procedure' | 'input' | 'isMutation'> & { readonly learn?: (data: unknown) => void }

const shares = { read: 80, write: 15, process: 5 }

export function openTraffic(app: TestApp, inboxes: readonly Inbox[], random: Random): Traffic {
  const owners = inboxes.map((inbox) => ({ ...inbox, mails: [] as Mail[], drafts: new Map<string, Draft>() }))
  let mails = 0

  async function requestOf(owner: KnownOwner): Promise<Request> {
    const kind = random.weighted(shares)
    if (kind === 'read') return readRequest(owner, random)
    if (kind === 'write') return writeRequest(owner, random)
    const mail = random.pick(owner.mails.filter(({ status }) => status === 'needs_review'))
    if (mail && random.chance(0.5)) return mutation('emails.process', { emailId: mail.id })
    mails += 1
    await app.deliver(owner.owner, { subject: `Question ${mails}`, from: `Ada ${mails} <ada.${mails}@engine.example>` })
    return mutation('mailboxes.sync', { mailboxId: owner.mailboxId })
  }

  return {
    async next() {
      const owner = random.pick(owners)
      if (!owner) throw new Error('there is no owner')
      const { learn, ...request } = await requestOf(owner)
      return {
        call: { ...request, accessToken: owner.owner.accessToken },
        learn: ({ data }) => void (data !== undefined && learn?.(data)),
      }
    },
  }
}

type Mail = { readonly id: string; readonly threadId: string; readonly status: string }
interface KnownOwner {
  readonly owner: TestOwner
  readonly mailboxId: string
  mails: Mail[]
  readonly drafts: Map<string, Draft>
}

function readRequest(owner: KnownOwner, random: Random): Request {
  const mail = random.pick(owner.mails)
  const draft = random.pick([...owner.drafts.values()])
  const weights = { mails: 3, search: 1, mail: mail ? 3 : 0, thread: mail ? 1 : 0, stats: 2, drafts: 2, me: 1 }
  switch (random.weighted({ ...weights, draft: draft ? 1 : 0 })) {
    case 'mails':
      return query('emails.list', { limit: 25 }, (page) => {
        owner.mails = (page as { items: Mail[] }).items
      })
    case 'search':
      return query('emails.list', { search: 'question' })
    case 'mail':
      return query('emails.get', { emailId: mail?.id })
    case 'thread':
      return query('emails.thread', { threadId: mail?.threadId })
    case 'stats':
      return query('emails.stats', {})
    case 'drafts':
      return query('drafts.list', { status: 'pending', limit: 25 }, (page) => {
        for (const { id, version } of (page as { items: Draft[] }).items) owner.drafts.set(id, { id, version })
      })
    case 'draft':
      return query('drafts.get', { draftId: draft?.id })
    case 'me':
      return query('auth.me', {})
  }
}

/** A draft that is acted upon is nobody else's until its new version is known. */
function writeRequest({ drafts }: KnownOwner, random: Random): Request {
  const draft = random.pick([...drafts.values()])
  const kind = draft ? random.weighted({ edit: 4, approve: 2, reject: 1, settings: 3 }) : 'settings'
  if (!draft || kind === 'settings') {
    return mutation('settings.update', { tone: random.pick(['friendly', 'neutral', 'formal']) })
  }
  drafts.delete(draft.id)
  const version = { draftId: draft.id, version: draft.version }
  if (kind !== 'edit') return mutation(`drafts.${kind}`, version)
  return mutation(
    'drafts.edit',
    { ...version, body: `Dear Ada,\n\n${random.below(1_000)} pounds.\n\nMara` },
    (data) => {
      const { id, version: next } = data as Draft
      drafts.set(id, { id, version: next })
    },
  )
}

function query(procedure: string, input: object, learn?: (data: unknown) => void): Request {
  return { procedure, input, isMutation: false, ...(learn ? { learn } : {}) }
}

function mutation(procedure: string, input: object, learn?: (data: unknown) => void): Request {
  return { procedure, input, isMutation: true, ...(learn ? { learn } : {}) }
}
