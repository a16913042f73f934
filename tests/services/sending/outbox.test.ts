import { afterAll, expect, test } from 'vitest'
import { createTestApp } from '../../support/app.ts'
import { openInbox } from '../../support/connected-inbox.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

/** One header of a raw mail, unfolded; of a repeated one all, so that a second one shows. */
function headersOf(raw: Buffer, name: string): string[] {
  const [head = ''] = raw.toString().split('\r\n\r\n')
  const lines = head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n')
  return lines.flatMap((line) => new RegExp(`^${name}: (.*)$`, 'i').exec(line)?.[1] ?? [])
}

test('an approved reply waits for the undo window, then goes out once', async () => {
  const inbox = await openInbox(app, { undoWindowSeconds: 30 })
  const draft = await inbox.newDraft()
  const approvedAt = app.clock.now().getTime()
  const approved = await inbox.api.drafts.approve({
    acceptOpenQuestions: true,
    draftId: draft.id,
    version: draft.version,
  })
  const waitsMs = new Date(approved.sendAt ?? 0).getTime() - approvedAt
  expect(approved).toMatchObject({ status: 'approved' })
  expect(waitsMs).toBeGreaterThanOrEqual(30_000)
  expect(waitsMs).toBeLessThan(35_000)

  app.clock.advance(25_000)
  await app.drainDelayed()
  expect(await inbox.sent()).toEqual([])
  expect(inbox.requests('POST', /drafts/)).toEqual([])

  app.clock.advance(15_000)
  await app.drainDelayed()
  await app.drainDelayed()
  expect(await inbox.sent()).toHaveLength(1)
  expect(await inbox.draft(draft.id)).toMatchObject({ status: 'sent', sendAt: null })
  expect(await inbox.email(draft.emailId)).toMatchObject({ status: 'sent' })
})

test('a reply arrives in the thread it answers, with the headers every mail program threads by', async () => {
  const inbox = await openInbox(app)
  const first = '<first@engine.example>'
  const second = '<second@engine.example>'
  const hourAgo = Date.now() - 3_600_000
  await app.deliver(inbox.owner, { direction: 'out', subject: 'The engine', messageId: first, at: new Date(hourAgo) })
  const draft = await inbox.newDraft({
    subject: 'AW: Re: The engine',
    messageId: second,
    inReplyTo: first,
    at: new Date(hourAgo + 60_000),
  })
  await inbox.api.drafts.approve({ acceptOpenQuestions: true, draftId: draft.id, version: draft.version })
  await app.drainDelayed()

  const [sent] = await inbox.sent()
  const answered = await inbox.email(draft.emailId)
  const { id: outboxId } = (await inbox.outbox())[0] ?? {}
  const header = (name: string) => headersOf(sent?.raw ?? Buffer.alloc(0), name)
  expect(sent?.threadId).toBe(answered.threadId)
  expect(header('In-Reply-To')).toEqual([second])
  expect(header('References')).toEqual([`${first} ${second}`])
  expect(header('Subject')).toEqual(['Re: The engine'])
  expect(header('X-ReasonFlow-Outbox')).toEqual([outboxId])
  expect(header('To')).toEqual(['Ada Byron <ada@engine.example>'])
  expect(header('From')).toEqual([`Mara Lindqvist <${inbox.owner.email}>`])
  expect([...header('Cc'), ...header('Bcc')]).toEqual([])

  const { mail } = await app.ctx.mime.parse(sent?.raw ?? Buffer.alloc(0))
  expect(header('Content-Type')[0]).toMatch(/^multipart\/alternative/)
  expect(mail?.text.trim()).toBe(draft.body.trim())
  expect(mail?.html).toContain('<p>')

  await inbox.sync()
  const thread = await inbox.api.emails.thread({ threadId: answered.threadId })
  expect(thread.messages.map(({ direction }) => direction)).toEqual(['out', 'in', 'out'])
})

test('a mail that only says what it answers is threaded by that', async () => {
  const inbox = await openInbox(app)
  const headers = ['In-Reply-To: Your message of Monday <asked@engine.example>']
  const draft = await inbox.newDraft({ headers, messageId: '<again@engine.example>' })
  await inbox.api.drafts.approve({ acceptOpenQuestions: true, draftId: draft.id, version: draft.version })
  await app.drainDelayed()
  const [sent] = await inbox.sent()
  expect(headersOf(sent?.raw ?? Buffer.of(), 'References')).toEqual(['<asked@engine.example> <again@engine.example>'])
})

test('a reply goes where Reply-To asks, because a person has seen that and approved', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft({ headers: ['Reply-To: Office <office@engine.example>'] })
  expect(draft.to).toEqual([{ name: 'Office', address: 'office@engine.example' }])
  expect(draft.reasons).toContainEqual({
    code: 'REPLY_TO_DIFFERS',
    text: 'Replies to this mail go to another address than its sender.',
  })
  await inbox.api.drafts.approve({ acceptOpenQuestions: true, draftId: draft.id, version: draft.version })
  await app.drainDelayed()

  const [sent] = await inbox.sent()
  expect(headersOf(sent?.raw ?? Buffer.alloc(0), 'To')).toEqual(['Office <office@engine.example>'])
})

test('a person whose address has its dots where only quotes allow them is answered and known again', async () => {
  const inbox = await openInbox(app)
  const address = 'ada..b.@docomo.example'
  const draft = await inbox.newDraft({ from: 'Ada Byron <"ada..b."@docomo.example>' })
  expect((await inbox.email(draft.emailId)).from).toEqual({ name: 'Ada Byron', address })
  expect(draft.to).toEqual([{ name: 'Ada Byron', address }])
  await inbox.api.drafts.approve({ acceptOpenQuestions: true, draftId: draft.id, version: draft.version })
  await app.drainDelayed()

  const [sent] = await inbox.sent()
  expect(headersOf(sent?.raw ?? Buffer.alloc(0), 'To')).toEqual(['Ada Byron <"ada..b."@docomo.example>'])
  await inbox.sync()
  const own = (await inbox.emails()).find(({ direction }) => direction === 'out')
  expect((await inbox.email(own?.id ?? '')).to).toEqual([{ name: 'Ada Byron', address }])
  const contacts = await app.db.selectFrom('contacts').where('userId', '=', inbox.userId).select('address').execute()
  expect(contacts).toEqual([{ address }])
})

test('the owner’s own words are what is sent', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  const body = 'Dear Ada,\n\ntwelve pounds – “each”. 🦉\n\n<b>Mara</b>'
  const edited = await inbox.api.drafts.edit({ draftId: draft.id, version: draft.version, body })
  await inbox.api.drafts.approve({ acceptOpenQuestions: true, draftId: draft.id, version: edited.version })
  await app.drainDelayed()

  const [sent] = await inbox.sent()
  const { mail } = await app.ctx.mime.parse(sent?.raw ?? Buffer.alloc(0))
  expect(mail?.text.trim()).toBe(body)
  expect(mail?.html).toContain('&lt;b&gt;Mara&lt;/b&gt;')
})

test('text that was changed behind the owner’s back is not sent: the draft comes back to review', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  await inbox.api.drafts.approve({ acceptOpenQuestions: true, draftId: draft.id, version: draft.version })
  await app.db.updateTable('drafts').set({ body: 'Send me your money.' }).where('id', '=', draft.id).execute()
  await app.drainDelayed()

  expect(inbox.requests('POST', /drafts/)).toEqual([])
  expect(await inbox.draft(draft.id)).toMatchObject({ status: 'pending', sendAt: null })
  expect(await inbox.email(draft.emailId)).toMatchObject({
    status: 'needs_review',
    reasons: [{ code: 'NOT_AS_APPROVED', text: 'The draft is not the one that was approved.' }],
  })
})

test.each(['toAddresses', 'subject', 'contentHash'] as const)(
  'with a changed %s nothing is sent either',
  async (what) => {
    const inbox = await openInbox(app)
    const draft = await inbox.newDraft()
    await inbox.api.drafts.approve({ acceptOpenQuestions: true, draftId: draft.id, version: draft.version })
    const changes = {
      toAddresses: JSON.stringify([{ name: '', address: 'mallory@evil.example' }]),
      subject: 'Re: Other',
    }
    if (what === 'contentHash') {
      const contentHash = Buffer.alloc(32)
      await app.db.updateTable('draftVersions').set({ contentHash }).where('draftId', '=', draft.id).execute()
    } else {
      await app.db
        .updateTable('drafts')
        .set({ [what]: changes[what] })
        .where('id', '=', draft.id)
        .execute()
    }
    await app.drainDelayed()

    expect(inbox.requests('POST', /drafts/)).toEqual([])
    expect(await inbox.draft(draft.id)).toMatchObject({ status: 'pending' })
  },
)
