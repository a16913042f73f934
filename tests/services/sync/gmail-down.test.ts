import { afterAll, expect, test } from 'vitest'
import { checkHealth } from '../../../server/services/health/health.ts'
import { createTestApp } from '../../support/app.ts'
import { openInbox, sweep } from '../../support/connected-inbox.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

const hourMs = 3_600_000

test('with Gmail down mail is found and reviewed, health says why it is degraded, and all goes on when Gmail is back', async () => {
  const inbox = await openInbox(app)
  const { id: draftId } = await inbox.newDraft({ subject: 'Before the outage' })
  {
    using _outage = app.google.inject({ match: { path: /^\/gmail\// }, kind: { status: 503 }, times: 9_999 })
    await app.deliver(inbox.owner, { subject: 'During the outage' })
    for (let syncs = 0; syncs < 3; syncs++) {
      app.clock.advance(hourMs)
      await sweep(app)
    }
    const { status, checks } = await checkHealth(app.ctx)
    expect([status, checks.gmail]).toEqual([
      'degraded',
      { status: 'degraded', detail: '1 of 1 mailbox cannot be read' },
    ])

    expect((await inbox.api.emails.list({ search: 'outage' })).items).toHaveLength(1)
    const { version } = await inbox.draft(draftId)
    const edited = await inbox.api.drafts.edit({ draftId, version, body: 'In my own words.' })
    await inbox.api.drafts.approve({ acceptOpenQuestions: true, draftId, version: edited.version })
    await app.drainDelayed()
    expect(await inbox.draft(draftId)).toMatchObject({ status: 'approved' })
  }
  app.clock.advance(hourMs)
  await sweep(app)
  await app.drainDelayed()
  expect(await inbox.sent()).toHaveLength(1)
  expect((await inbox.api.emails.list({ search: 'outage' })).items).toHaveLength(2)
  expect((await checkHealth(app.ctx)).checks.gmail).toEqual({ status: 'ok' })
})
