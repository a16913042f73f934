import { randomUUID } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { faultMatrix } from '../../google-sandbox/sandbox.ts'
import { createMimeCodec } from '../../server/adapters/mime/codec.ts'
import { QuarantinedItem } from '../../shared-types/index.ts'
import { createTestApp } from '../support/app.ts'
import { type Inbox, openInbox, sweep } from '../support/connected-inbox.ts'
import { httpClient, refusalOf } from '../support/http-client.ts'

const codec = createMimeCodec({ deadlineMs: 60_000 })
/** The reader stumbles over mail with this word until it is mended. */
const stumbling = 'stumbling-block'
let isMended = false
const app = await createTestApp({
  ports: {
    mime: {
      ...codec,
      parse: (raw) =>
        !isMended && raw.includes(stumbling)
          ? Promise.resolve({ kind: 'quarantined', mail: null, problem: 'It could not be read.' })
          : codec.parse(raw),
    },
  },
})
afterAll(async () => {
  await app[Symbol.asyncDispose]()
  await codec[Symbol.asyncDispose]()
})

const open = () => openInbox(app, { autonomy: 'off', classifyOnSync: false })
const notFound = { status: 404, reason: 'NOT_FOUND', message: 'There is no such message.', fieldErrors: null }

/** Gmail refuses to hand out the message while the answer lives. */
async function newRefused(inbox: Inbox, subject = 'Refused') {
  const { id } = await app.deliver(inbox.owner, { subject })
  const fault = app.google.inject({
    match: { path: new RegExp(`/messages/${id}$`) },
    kind: faultMatrix.invalidArgument,
    times: 99,
  })
  await inbox.sync()
  return { id, fault }
}

test('a message that Gmail refuses is listed with its reason and its address in Gmail, and counted', async () => {
  const inbox = await open()
  const { id, fault } = await newRefused(inbox)
  using _fault = fault
  const { emails } = await httpClient(app, inbox.owner)
  const { items, nextCursor } = await emails.quarantined.query({})
  expect(nextCursor).toBeNull()
  expect(items).toEqual([
    {
      id: expect.any(String) as string,
      reason: expect.stringMatching(/^[A-Z].*\.$/) as string,
      subject: null,
      from: null,
      receivedAt: null,
      gmailUrl: `https://mail.google.com/mail/u/?authuser=${inbox.owner.email}#all/${id}`,
    },
  ])
  expect(QuarantinedItem.parse(items[0])).toEqual(items[0])
  expect((await emails.stats.query()).quarantined).toBe(1)
})

test('of a message that could not be read, sender, subject and arrival are told where they can be', async () => {
  const inbox = await open()
  const at = new Date(Math.floor(app.clock.now().getTime() / 1_000) * 1_000)
  const subject = '=?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n from afar'
  await app.deliver(inbox.owner, { subject, from: '"Byron, Ada" <ada@engine.example>', text: stumbling, at })
  await app.deliver(inbox.owner, { subject: '', from: '', text: stumbling, at })
  await inbox.sync()
  const { items } = await inbox.api.emails.quarantined()
  expect(items.map(({ reason, subject, from, receivedAt }) => ({ reason, subject, from, receivedAt }))).toEqual(
    expect.arrayContaining([
      {
        reason: 'It could not be read.',
        subject: 'Grüße from afar',
        from: { name: 'Byron, Ada', address: 'ada@engine.example' },
        receivedAt: at.toISOString(),
      },
      { reason: 'It could not be read.', subject: null, from: null, receivedAt: at.toISOString() },
    ]),
  )
})

test('the owner is told once of a message that could not be read, not at every further try', async () => {
  const inbox = await open()
  const { fault } = await newRefused(inbox)
  using _fault = fault
  expect(await inbox.notifications()).toEqual(['mail_quarantined'])
  const [item] = (await inbox.api.emails.quarantined()).items
  await inbox.api.emails.retryQuarantined({ id: item!.id })
  await app.drain()
  app.clock.advance(3 * 86_400_000)
  await sweep(app)
  expect(await inbox.notifications()).toEqual(['mail_quarantined'])
  expect((await inbox.api.emails.quarantined()).items.map(({ id }) => id)).toEqual([item!.id])
})

test('a message that can be read at last is mail after the owner asked for another try', async () => {
  const inbox = await open()
  await app.deliver(inbox.owner, { subject: 'Legible', text: stumbling })
  await inbox.sync()
  const [item] = (await inbox.api.emails.quarantined()).items
  isMended = true
  try {
    await inbox.sync()
    expect(await inbox.emails()).toEqual([])
    expect(await inbox.api.emails.retryQuarantined({ id: item!.id })).toEqual({ ok: true })
    await app.drain()
  } finally {
    isMended = false
  }
  expect((await inbox.emails()).map(({ subject }) => subject)).toEqual(['Legible'])
  expect(await inbox.api.emails.quarantined()).toEqual({ items: [], nextCursor: null })
  expect((await inbox.api.emails.stats()).quarantined).toBe(0)
})

test('pages hold every message once, the newest first', async () => {
  const inbox = await open()
  for (let n = 0; n < 5; n++) {
    await app.deliver(inbox.owner, { subject: `Mail ${n}`, text: stumbling })
    await inbox.sync()
  }
  const subjects: (string | null)[] = []
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await inbox.api.emails.quarantined({ limit: 2, ...(cursor ? { cursor } : {}) })
    subjects.push(...page.items.map(({ subject }) => subject))
    cursor = page.nextCursor
  }
  expect(subjects).toEqual(['Mail 4', 'Mail 3', 'Mail 2', 'Mail 1', 'Mail 0'])
})

test('what could not be read of one owner is nobody else’s, and retrying it answers as for an unknown one', async () => {
  const alice = await open()
  await app.deliver(alice.owner, { text: stumbling })
  await alice.sync()
  const [item] = (await alice.api.emails.quarantined()).items
  const bob = await httpClient(app, (await open()).owner)
  expect(await bob.emails.quarantined.query({})).toEqual({ items: [], nextCursor: null })
  expect((await bob.emails.stats.query()).quarantined).toBe(0)
  for (const id of [item!.id, randomUUID()]) {
    expect(await refusalOf(bob.emails.retryQuarantined.mutate({ id }))).toEqual(notFound)
  }
})

test('a retry in a mailbox whose consent has ended says so, and leaves the message as it was', async () => {
  const inbox = await open()
  await app.deliver(inbox.owner, { text: stumbling })
  await inbox.sync()
  const [item] = (await inbox.api.emails.quarantined()).items
  await app.db.updateTable('mailboxes').set({ status: 'needs_reauth' }).where('userId', '=', inbox.userId).execute()
  const retry = inbox.api.emails.retryQuarantined({ id: item!.id })
  await expect(retry).rejects.toMatchObject({ cause: { reason: 'GMAIL_NEEDS_REAUTH' } })
  expect((await inbox.api.emails.quarantined()).items).toHaveLength(1)
})
