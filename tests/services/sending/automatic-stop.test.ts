import { afterAll, afterEach, expect, test } from 'vitest'
import { startAutomaticSending, stopAutomaticSending } from '../../../server/db/system/system-state.ts'
import { beginSending } from '../../../server/db/sending/begin-sending.ts'
import { createAutomaticApp, openAutomatic } from '../../support/automatic.ts'
import type { Inbox } from '../../support/connected-inbox.ts'
import { expectSentOnce, stateOf, versionOf } from '../../support/sending.ts'

const app = await createAutomaticApp()
afterAll(() => app[Symbol.asyncDispose]())
afterEach(() => startAutomaticSending(app.db))

const stop = () => stopAutomaticSending(app.db, app.clock.now().toISOString())

async function receive(inbox: Inbox, subject = 'A question') {
  const { draft } = await inbox.receive({ subject })
  if (!draft) throw new Error('no reply was written')
  return inbox.draft(draft.id)
}

async function endUndoWindow(): Promise<void> {
  app.clock.advance(60_000)
  await app.drainDelayed()
}

test('once the operator stops it for everybody, what waits comes back to review, and new mail is asked about', async () => {
  const inbox = await openAutomatic(app)
  const waiting = await receive(inbox)
  expect(waiting.status).toBe('approved')
  await stop()
  const next = await receive(inbox, 'Another question')
  expect(next).toMatchObject({ status: 'pending', reasons: [{ code: 'OPERATOR_OFF' }] })

  await endUndoWindow()
  expect(await inbox.sent()).toEqual([])
  expect(await app.google.drafts(inbox.owner.email)).toEqual([])
  expect(await inbox.draft(waiting.id)).toMatchObject({
    status: 'pending',
    sendReasons: [{ code: 'OPERATOR_OFF' }],
  })
})

test('while it is stopped, what a person approves goes out', async () => {
  const inbox = await openAutomatic(app)
  await stop()
  const draft = await receive(inbox)
  await inbox.api.drafts.approve(versionOf(draft))
  await endUndoWindow()
  await expectSentOnce(inbox, draft)
  expect(await inbox.sent()).toHaveLength(1)
})

test('once it may go on, new mail is answered again', async () => {
  const inbox = await openAutomatic(app)
  await stop()
  await startAutomaticSending(app.db)
  const draft = await receive(inbox)
  await endUndoWindow()
  await expectSentOnce(inbox, draft)
  expect(await inbox.sent()).toHaveLength(1)
})

test('a stop that comes after the last look is seen by the very statement that begins to send', async () => {
  const inbox = await openAutomatic(app)
  await receive(inbox)
  const [entry] = await app.db.selectFrom('outbox').where('userId', '=', inbox.userId).selectAll().execute()
  if (!entry) throw new Error('nothing waits')
  const begin = () => beginSending(app.db, inbox.userId, entry, app.clock.now().toISOString())
  await stop()
  expect(await begin()).toBeUndefined()
  expect(await stateOf(inbox)).toBe('READY')
  await startAutomaticSending(app.db)
  expect(await begin()).toEqual({ id: entry.id })
})
