import type { TestApp } from '../../support/app.ts'
import { type Inbox, openInbox } from '../../support/connected-inbox.ts'
import { approvalOf } from '../../support/sending.ts'
import type { OutsideCase } from './outside-cases.ts'
import { brokenDemands } from './outside-demands.ts'

type Of<Kind extends OutsideCase['kind']> = Extract<OutsideCase, { kind: Kind }>

/** So many mails go to one owner: a new one costs as much as the work on a mail. */
const mailsAnOwner = 8

/**
 * Plays cases on the whole product, one after the other; what comes out wrong. Threads and searches have an owner each,
 * and a mail has at least a thread of its own, so that no case knows of another.
 */
export function createStage(app: TestApp): (one: OutsideCase) => Promise<string[]> {
  let shared: { readonly inbox: Inbox; count: number } | undefined
  return async (one) => {
    if (one.kind === 'thread') return playThread(app, await openInbox(app), one)
    if (one.kind === 'search') return playSearch(app, await openInbox(app), one)
    if (!shared || shared.count >= mailsAnOwner) shared = { inbox: await openInbox(app), count: 0 }
    shared.count += 1
    return (await playMail(app, shared.inbox, one)) ?? (await playMail(app, await openInbox(app), one)) ?? []
  }
}

/** Null when the mail joined a thread of another case. */
async function playMail(app: TestApp, inbox: Inbox, { raw, labels, right }: Of<'mail'>): Promise<string[] | null> {
  const { threadId } = await app.google.deliver(inbox.owner.email, ownedBy(inbox, raw), {
    labels: labels ?? ['INBOX', 'UNREAD'],
    receivedAt: app.clock.now(),
  })
  await inbox.sync()
  const { items } = await inbox.api.emails.list({ threadId })
  const [item] = items
  if (!item) return ['the mail is not there']
  if (items.length > 1) return null
  const row = app.db.selectFrom('emails').where('id', '=', item.id).select('freshText')
  const { freshText: fresh } = await row.executeTakeFirstOrThrow()
  const draft = item.draft && (await inbox.draft(item.draft.id))
  const seen = { ...(await inbox.email(item.id)), fresh, draft }
  const isApproved = Object.keys(right).some((path) => /^(?:draftAfter|sent)\b/.test(path))
  const after = isApproved && draft ? await approve(app, inbox, draft) : {}
  return brokenDemands(right, { ...seen, ...after })
}

/** The draft and the raw mail that left, once the owner has agreed. */
async function approve(app: TestApp, inbox: Inbox, draft: Awaited<ReturnType<Inbox['draft']>>) {
  const before = (await inbox.sent()).length
  try {
    await inbox.api.drafts.approve(approvalOf(draft))
  } catch (error) {
    return { draftAfter: { status: String(error) } }
  }
  await app.drain()
  const draftAfter = await inbox.draft(draft.id)
  const left = (await inbox.sent())[before]
  if (!left) return { draftAfter }
  const header = (name: string) => headerIn(left.raw.toString(), name)
  const { mail } = await app.ctx.mime.parse(left.raw)
  const sent = {
    subject: mail?.subject,
    to: mail?.to,
    inReplyTo: header('In-Reply-To'),
    references: header('References'),
  }
  return { draftAfter, sent }
}

async function playThread(app: TestApp, inbox: Inbox, { mails, right }: Of<'thread'>): Promise<string[]> {
  for (const { raw, sent } of mails) {
    await app.google.deliver(inbox.owner.email, ownedBy(inbox, raw), {
      labels: sent ? ['SENT'] : ['INBOX', 'UNREAD'],
      receivedAt: app.clock.now(),
    })
    app.clock.advance(60_000)
    await inbox.sync()
  }
  const received = (await inbox.emails()).filter(({ direction }) => direction === 'in').reverse()
  const statuses = received.map(({ status }) => status)
  const end = statuses.some((status) => /^(?:needs_review|approved|pending)$/.test(status)) ? 'open' : 'closed'
  const got = typeof right === 'string' ? end : statuses
  return String(got) === String(right) ? [] : [`thread: ${String(right)} / ${String(got)} (${String(statuses)})`]
}

async function playSearch(app: TestApp, inbox: Inbox, { mails, right }: Of<'search'>): Promise<string[]> {
  for (const mail of mails) await app.deliver(inbox.owner, mail)
  await inbox.sync()
  const broken: string[] = []
  for (const [search, wanted] of Object.entries(right)) {
    const { items } = await inbox.api.emails.list({ search })
    const got = items.map(({ subject }) => subject).sort()
    if (String(got) !== String([wanted].flat().sort())) broken.push(`${search}: ${String(wanted)} / ${String(got)}`)
  }
  return broken
}

/** The mail addressed to this owner, in bytes. */
function ownedBy({ owner: { email } }: Inbox, raw: string): Buffer {
  const user = email.slice(0, email.indexOf('@'))
  return Buffer.from(raw.replace(/OWNERUSER/gi, user).replace(/OWNER@STUDIO\.EXAMPLE/gi, email), 'latin1')
}

function headerIn(raw: string, name: string): string | null {
  const head = raw.slice(0, raw.search(/\r?\n\r?\n/)).replace(/\r?\n(?=[ \t])/g, '')
  return new RegExp(`^${name}:[ \\t]*(.*)$`, 'im').exec(head)?.[1]?.trim() ?? null
}
