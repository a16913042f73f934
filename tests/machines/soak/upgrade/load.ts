import { setTimeout } from 'node:timers/promises'
import { TRPCClientError } from '@trpc/client'
import type { SandboxGoogle } from '../../../../google-sandbox/sandbox.ts'
import { rawMail } from '../../../support/mail.ts'
import type { Asked } from '../kills/verdict.ts'
import type { Owner } from './owner.ts'

/** Mails that need a run each, replies that need a send each, asked over HTTP of whichever servers there are. */
export interface HttpLoad extends Asked {
  /** Calls that were answered with an error, which nothing here gives reason for. */
  readonly refused: number
  /** From now on these are asked in turn, as by a load balancer. */
  through(urls: readonly string[]): void
  /** Goes on until `work` is done; answers what it answers. */
  during<T>(work: Promise<T>): Promise<T>
  /** Approves until a third of the mails is answered; answers whether it is. */
  approveRest(): Promise<boolean>
}

/** Not the second at which workers look for sends: else the one that looks first after a tick gets them all. */
const tickMs = 730
/** Replies to a mail: a quarter of the jobs are sends. */
const share = 1 / 3

export function openHttpLoad(
  google: SandboxGoogle,
  owners: readonly Owner[],
  { mailsPerSecond, tell }: { mailsPerSecond: number; tell: (line: string) => void },
): HttpLoad {
  let urls: readonly string[] = []
  let turn = 0
  let mails = 0
  let sends = 0
  let due = 0
  let refused = 0

  async function tick(): Promise<void> {
    due += (mailsPerSecond * tickMs) / 1_000
    const reached = new Set<Owner>()
    while (mails < due) {
      const owner = next(owners, mails)
      mails += 1
      const subject = `Question ${mails} about the difference engine`
      const mail = rawMail(owner.email, { subject, from: `Ada ${mails} <ada.${mails}@engine.example>` })
      await google.deliver(owner.email, mail, { labels: ['INBOX', 'UNREAD'] })
      reached.add(owner)
    }
    for (const { mailboxId, at } of reached) await ask(at, (api) => api.mailboxes.sync.mutate({ mailboxId }))
    await approve()
  }

  async function approve(): Promise<void> {
    for (const { at } of owners) {
      const limit = Math.min(Math.floor(mails * share) - sends, 100)
      if (limit <= 0) return
      const page = await ask(at, (api) => api.drafts.list.query({ status: 'pending', limit }))
      for (const { id: draftId, version } of page?.items ?? []) {
        // An older release knows no such word, and sends without it.
        const approved =
          (await ask(at, (api) => api.drafts.approve.mutate({ draftId, version, acceptOpenQuestions: true }))) ??
          (await ask(at, (api) => api.drafts.approve.mutate({ draftId, version })))
        if (approved) sends += 1
      }
    }
  }

  /** Whichever server is next; undefined where it refuses. */
  async function ask<T>(at: Owner['at'], call: (api: Awaited<ReturnType<Owner['at']>>) => Promise<T>) {
    const url = next(urls, turn++)
    try {
      return await call(await at(url))
    } catch (error) {
      if (!(error instanceof TRPCClientError)) throw error
      if (refused === 0) tell(`refused by ${url}: ${error.message} ${JSON.stringify(error.data)}`)
      refused += 1
      return undefined
    }
  }

  return {
    inboxes: owners,
    get mails() {
      return mails
    },
    get sends() {
      return sends
    },
    get refused() {
      return refused
    },
    through(servers) {
      urls = servers
    },
    async during(work) {
      const done = work.then((answer) => ({ answer }))
      // While a tick runs nobody else would hear of its failure.
      done.catch(() => undefined)
      for (;;) {
        const begun = performance.now()
        await tick()
        const pause = setTimeout(Math.max(0, tickMs - (performance.now() - begun)))
        const outcome = await Promise.race([done, pause])
        if (outcome) return outcome.answer
      }
    },
    async approveRest() {
      await approve()
      return sends >= Math.floor(mails * share)
    },
  }
}

function next<T>(list: readonly T[], index: number): T {
  const item = list[index % list.length]
  if (item === undefined) throw new Error('there is nobody to ask')
  return item
}
