import { afterAll, afterEach, expect, test } from 'vitest'
import { contentHash } from '../../../server/mail/content-hash.ts'
import { workOnSend } from '../../../server/services/sending/work-on-send.ts'
import { hookSteps } from '../../../server/step.ts'
import type { ReasonCode, UpdateSettingsInput } from '../../../shared-types/index.ts'
import { automaticReply, createAutomaticApp, earnTrust, openAutomatic } from '../../support/automatic.ts'
import { type Inbox, sweep } from '../../support/connected-inbox.ts'
import { expectSentOnce, stateOf, versionOf } from '../../support/sending.ts'

const app = await createAutomaticApp()
afterAll(() => app[Symbol.asyncDispose]())
afterEach(() => hookSteps(undefined))

const minuteMs = 60_000

/** A mail came, and its reply waits for the end of the undo window. */
async function receive(inbox: Inbox, mail?: Parameters<Inbox['receive']>[0]) {
  const { draft } = await inbox.receive(mail)
  if (!draft) throw new Error('no reply was written')
  return inbox.draft(draft.id)
}

async function endUndoWindow(): Promise<void> {
  app.clock.advance(minuteMs)
  await app.drainDelayed()
}

test('P10: a routine reply goes out by itself after the undo window, once, and says that it is automatic', async () => {
  const inbox = await openAutomatic(app)
  const draft = await receive(inbox)
  expect(draft.status).toBe('approved')
  expect((await inbox.email(draft.emailId)).status).toBe('approved')
  expect(await inbox.outbox()).toMatchObject([{ state: 'READY', origin: 'agent' }])
  expect(await inbox.notifications()).toEqual(['reply_scheduled'])
  const waitsMs = Date.parse(draft.sendAt ?? '') - app.clock.now().getTime()
  expect(waitsMs).toBeGreaterThan(20_000)
  await app.drainDelayed()
  expect(inbox.requests('POST', /drafts/)).toEqual([])

  await endUndoWindow()
  await app.drainDelayed()
  await expectSentOnce(inbox, draft)
  const raw = String((await inbox.sent())[0]?.raw)
  expect(raw).toMatch(/^Auto-Submitted: auto-replied\r$/m)
  expect(raw).toMatch(/^To: Ada Byron <ada@engine.example>\r$/m)
  expect(raw).toMatch(/^Content-Type: text\/plain/m)
  expect(raw).not.toMatch(/text\/html|^Cc:|^Bcc:/im)
  const { mail } = await app.ctx.mime.parse(Buffer.from(raw))
  expect(mail?.text.trim()).toBe(automaticReply)
})

test('the owner can take it back in the undo window; what they approve themselves is not automatic, nor counted', async () => {
  const inbox = await openAutomatic(app)
  const draft = await receive(inbox)
  expect(await inbox.api.drafts.cancelSend(versionOf(draft))).toMatchObject({ status: 'pending' })
  await endUndoWindow()
  expect(await inbox.sent()).toEqual([])

  await inbox.api.settings.update({ sendingPaused: true, dailySendCap: 0 })
  await inbox.api.drafts.approve(versionOf(draft))
  await endUndoWindow()
  await expectSentOnce(inbox, draft)
  expect(String((await inbox.sent())[0]?.raw)).not.toMatch(/^Auto-Submitted:/im)

  await inbox.api.settings.update({ sendingPaused: false, dailySendCap: 1 })
  await earnTrust(app, inbox)
  await receive(inbox, { subject: 'Another question' })
  await endUndoWindow()
  expect(await inbox.sent()).toHaveLength(2)
})

const changes: [UpdateSettingsInput, ReasonCode, RegExp][] = [
  [{ autonomy: 'ask' }, 'AUTONOMY_OFF', /^Automatic sending is off/],
  [{ autonomy: 'off' }, 'AUTONOMY_OFF', /^Automatic sending is off/],
  [{ sendingPaused: true }, 'SENDING_PAUSED', /paused/],
  [{ deniedCorrespondents: ['ada@engine.example'] }, 'CORRESPONDENT_EXCLUDED', /do not let this person/],
  [{ allowedCorrespondents: ['bob@engine.example'] }, 'CORRESPONDENT_EXCLUDED', /do not let this person/],
  [{ minimumConfidence: 0.99 }, 'UNCERTAIN', /not certain enough/],
  [{ minimumEarlierMessages: 3 }, 'HARDLY_WRITTEN_TO', /hardly written/],
  [{ dailySendCap: 0 }, 'DAILY_CAP', /last 24 hours/],
  [{ hourlySendCap: 0 }, 'HOURLY_CAP', /last hour/],
  [{ correspondentDailyCap: 0 }, 'CORRESPONDENT_CAP', /This person got/],
]

test.each(changes)('%o, said in the undo window, brings the reply back to review', async (change, code, text) => {
  const inbox = await openAutomatic(app)
  const draft = await receive(inbox)
  await inbox.api.settings.update(change)
  await endUndoWindow()
  await expectWithdrawn(inbox, draft, { code, text })
  expect(inbox.requests('POST', /drafts/)).toEqual([])
})

test.each(changes)('%o, said in the very moment before it is sent, does so too', async (change, code, text) => {
  const inbox = await openAutomatic(app)
  const draft = await receive(inbox)
  hookSteps({
    async before(name) {
      if (name === 'mark-sending') await inbox.api.settings.update(change)
    },
  })
  await endUndoWindow()
  await expectWithdrawn(inbox, draft, { code, text })
  expect(inbox.requests('POST', /drafts\/send$/)).toEqual([])
  expect(await app.google.drafts(inbox.owner.email)).toEqual([])
})

async function expectWithdrawn(
  inbox: Inbox,
  draft: { id: string; emailId: string },
  { code, text }: { code: ReasonCode; text: RegExp },
): Promise<void> {
  expect(await stateOf(inbox)).toBe('CANCELLED')
  expect(await inbox.sent()).toEqual([])
  const { status, sendReasons } = await inbox.draft(draft.id)
  const told = [{ code, text: expect.stringMatching(text) }]
  expect({ status, sendReasons }).toEqual({ status: 'pending', sendReasons: told })
  expect(await inbox.email(draft.emailId)).toMatchObject({ status: 'needs_review', reasons: sendReasons })
  expect(await inbox.notifications()).toEqual(['reply_scheduled', 'send_withdrawn'])
}

test('once the operator switches it off, what waits is asked about', async () => {
  const inbox = await openAutomatic(app)
  const draft = await receive(inbox)
  app.clock.advance(minuteMs)
  const ctx = { ...app.ctx, config: { ...app.ctx.config, autoSendEnabled: false } }
  const outboxId = (await inbox.outbox())[0]?.id ?? ''
  await workOnSend(ctx, { userId: inbox.userId, outboxId }, new AbortController().signal)
  expect(inbox.requests('POST', /drafts/)).toEqual([])
  await expectWithdrawn(inbox, draft, { code: 'OPERATOR_OFF', text: /operator/ })
})

test('in quiet hours it waits for their end, and shows until when', async () => {
  const inbox = await openAutomatic(app)
  const draft = await receive(inbox)
  const clockAt = (minutes: number) => new Date(app.clock.now().getTime() + minutes * minuteMs).toISOString()
  const timeOf = (instant: string) => instant.slice(11, 16)
  const [start, end] = [clockAt(-60), clockAt(60)]
  await inbox.api.settings.update({ quietHours: { start: timeOf(start), end: timeOf(end) }, timeZone: 'UTC' })
  await endUndoWindow()
  const waiting = await inbox.draft(draft.id)
  const text = expect.stringContaining(timeOf(end))
  expect(waiting).toMatchObject({ status: 'approved', sendReasons: [{ code: 'QUIET_HOURS', text }] })
  expect(waiting.sendAt).toBe(`${end.slice(0, 16)}:00.000Z`)
  expect(inbox.requests('POST', /drafts/)).toEqual([])

  app.clock.advance(58 * minuteMs)
  await sweep(app)
  expect(await stateOf(inbox)).toBe('READY')
  app.clock.advance(4 * minuteMs)
  await sweep(app)
  await expectSentOnce(inbox, draft)
})

test('a conversation gets one automatic reply a message of a person, and no second before the next', async () => {
  const inbox = await openAutomatic(app)
  const first = '<first@engine.example>'
  const cameAt = app.clock.now()
  await receive(inbox, { subject: 'Engine', messageId: first, at: cameAt })
  await endUndoWindow()
  expect(await inbox.sent()).toHaveLength(1)

  // It had come before the reply went out, and was seen after.
  const overtaken = { subject: 'Re: Engine', inReplyTo: first, at: new Date(cameAt.getTime() + 1_000) }
  const late = await receive(inbox, { ...overtaken, messageId: '<second@engine.example>' })
  await endUndoWindow()
  expect(await inbox.sent()).toHaveLength(1)
  const text = expect.stringContaining('this conversation since')
  expect((await inbox.draft(late.id)).reasons).toEqual([{ code: 'ANSWERED_AUTOMATICALLY', text }])
  // While it waits, a newer one would be answered together with it, by a person.
  await inbox.api.drafts.reject({ draftId: late.id, version: late.version })
  await earnTrust(app, inbox)

  await receive(inbox, { ...overtaken, messageId: '<third@engine.example>', at: app.clock.now() })
  await endUndoWindow()
  expect(await inbox.sent()).toHaveLength(2)
})

test('caps count what went out before, however it ended', async () => {
  const inbox = await openAutomatic(app, { correspondentDailyCap: 2, dailySendCap: 3 })
  const ask = (n: number, from?: string) => receive(inbox, { subject: `Question ${n}`, ...(from ? { from } : {}) })
  for (const n of [1, 2]) await ask(n)
  await endUndoWindow()
  expect(await inbox.sent()).toHaveLength(2)
  const third = await ask(3)
  await endUndoWindow()
  const text = expect.stringMatching(/This person got/)
  expect((await inbox.draft(third.id)).reasons).toEqual([{ code: 'CORRESPONDENT_CAP', text }])

  app.clock.advance(24 * 60 * minuteMs)
  await ask(4)
  await endUndoWindow()
  expect(await inbox.sent()).toHaveLength(3)
})

test('P6: an automatic reply goes to the sender and to nobody else, whatever the draft says', async () => {
  const inbox = await openAutomatic(app)
  const { id, subject, body, version } = await receive(inbox)
  const to = [{ name: '', address: 'mallory@evil.example' }]
  const forged = contentHash({ to, subject, body, version })
  await app.db
    .updateTable('drafts')
    .set({ toAddresses: JSON.stringify(to) })
    .where('id', '=', id)
    .execute()
  await app.db.updateTable('draftVersions').set({ contentHash: forged }).where('draftId', '=', id).execute()
  await app.db.updateTable('outbox').set({ contentHash: forged }).where('draftId', '=', id).execute()
  await endUndoWindow()
  expect(await stateOf(inbox)).toBe('CANCELLED')
  expect(inbox.requests('POST', /drafts/)).toEqual([])
})

test('two agents that answer by themselves do not answer each other', async () => {
  const [mara, ada] = [await openAutomatic(app), await openAutomatic(app)]
  for (const [one, other] of [
    [mara, ada],
    [ada, mara],
  ] as const) {
    const at = new Date(app.clock.now().getTime() - 24 * 60 * minuteMs)
    for (const subject of ['Before', 'And before']) {
      await app.deliver(one.owner, { direction: 'out', to: other.owner.email, subject, at })
    }
  }
  await earnTrust(app, mara, [ada.owner.email])
  await earnTrust(app, ada, [mara.owner.email])
  await app.deliver(mara.owner, { from: ada.owner.email, subject: 'Ping' })
  for (const inbox of [mara, ada, mara]) {
    await inbox.sync()
    await endUndoWindow()
  }
  expect(await mara.sent()).toHaveLength(1)
  expect(await ada.sent()).toEqual([])
  const arrived = (await ada.emails()).find(({ subject, direction }) => subject === 'Re: Ping' && direction === 'in')
  expect(arrived).toMatchObject({ status: 'no_reply', draft: null })
})
