import { afterAll, afterEach, expect, test } from 'vitest'
import { faultMatrix } from '../../../google-sandbox/sandbox.ts'
import { hookSteps } from '../../../server/step.ts'
import { createTestApp } from '../../support/app.ts'
import { type Inbox, openInbox, sweep } from '../../support/connected-inbox.ts'
import { bothSides, syncState } from '../../support/mailbox-rows.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())
afterEach(() => hookSteps(undefined))

const onlyStored = { autonomy: 'off', classifyOnSync: false } as const
const arrive = (inbox: Inbox, raw: Buffer | string) =>
  app.google.deliver(inbox.owner.email, raw, { receivedAt: app.clock.now() })

async function expectEqual(inbox: Inbox): Promise<void> {
  const { here, inGmail } = await bothSides(app, inbox)
  expect(here).toEqual(inGmail)
  expect(await inbox.mailbox()).toMatchObject({ lastError: null })
}

test('a message of 25 MB is stored and holds nothing up', async () => {
  const inbox = await openInbox(app)
  const line = `${'A'.repeat(76)}\r\n`
  const head = [
    'From: Ada Byron <ada@engine.example>',
    `To: ${inbox.owner.email}`,
    'Subject: The whole engine',
    'Content-Type: multipart/mixed; boundary="b"',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'Could you look at this by Friday?',
    '--b',
    'Content-Type: application/octet-stream; name="engine.bin"',
    'Content-Transfer-Encoding: base64',
    'Content-Disposition: attachment; filename="engine.bin"',
    '',
    '',
  ].join('\r\n')
  const body = Buffer.alloc(25 * 1_024 * 1_024, line)
  await arrive(inbox, Buffer.concat([Buffer.from(head), body, Buffer.from('\r\n--b--\r\n')]))
  await inbox.receive({ subject: 'An ordinary one' })
  const subjects = (await inbox.emails()).map(({ subject }) => subject)
  expect(subjects).toEqual(expect.arrayContaining(['The whole engine', 'An ordinary one']))
  await expectEqual(inbox)
})

test('a long thread with references in a circle, is stored and can be read', async () => {
  const inbox = await openInbox(app, onlyStored)
  const count = 60
  for (let n = 0; n < count; n++) {
    const next = `<${(n + 1) % count}@circle.example>`
    await arrive(
      inbox,
      [
        'From: Ada Byron <ada@engine.example>',
        `To: ${inbox.owner.email}`,
        'Subject: Round and round',
        `Message-ID: <${n}@circle.example>`,
        `In-Reply-To: ${next}`,
        `References: ${next} <${n}@circle.example> ${next}`,
        '',
        'Hello',
      ].join('\r\n'),
    )
  }
  await inbox.sync()
  await expectEqual(inbox)
  const [email] = await inbox.emails()
  expect((await inbox.api.emails.thread({ threadId: email!.threadId })).messages.length).toBeGreaterThan(0)
})

test('a subject of 998 characters on one line, and one folded over a thousand lines, are subjects', async () => {
  const inbox = await openInbox(app, onlyStored)
  const long = 'x'.repeat(998 - 'Subject: '.length)
  const folded = Array.from({ length: 1_000 }, () => 'word').join('\r\n ')
  for (const subject of [long, folded]) {
    await arrive(inbox, `From: ada@engine.example\r\nTo: ${inbox.owner.email}\r\nSubject: ${subject}\r\n\r\nHello`)
  }
  await inbox.sync()
  const subjects = (await inbox.emails()).map(({ subject }) => subject).sort()
  expect(subjects[0]).toMatch(/^(word ){100}/)
  expect(subjects[1]).toBe(long)
  await expectEqual(inbox)
})

test('old messages filed into the mailbox are looked at once each and left out, wherever a sync ends', async () => {
  const inbox = await openInbox(app, onlyStored)
  const at = new Date(app.clock.now().getTime() - 400 * 86_400_000)
  for (let n = 0; n < 120; n++) await app.deliver(inbox.owner, { subject: `From another age ${n}`, at })
  await app.deliver(inbox.owner, { subject: 'Of today' })
  let stored = 0
  hookSteps({
    after(name) {
      if (name === 'store-messages' && ++stored < 3) throw new Error('power cut')
    },
  })
  for (let round = 0; round < 3; round++) {
    await inbox.sync()
    app.clock.advance(121_000)
  }
  hookSteps(undefined)
  expect(stored).toBe(3)
  expect((await inbox.emails()).map(({ subject }) => subject)).toEqual(['Of today'])
  // The last of one part is the first of the next: what came at one moment may lie on both sides.
  expect(inbox.requests('GET', /\/messages\/\w+$/).length).toBeLessThanOrEqual(121 + 2)
})

test('a history that is too old at its second page, and again after the resync, is caught up with', async () => {
  const inbox = await openInbox(app, onlyStored)
  const ids: string[] = []
  for (let n = 0; n < 20; n++) ids.push((await app.deliver(inbox.owner, { subject: `Mail ${n}` })).id)
  await inbox.sync()
  const owner = app.google.byHand(inbox.owner.email)
  for (let n = 0; n < 510; n++) owner.label(ids[n % 20]!, n % 40 < 20 ? { add: ['STARRED'] } : { remove: ['STARRED'] })
  for (const id of ids.slice(0, 5)) owner.delete(id)
  let calls = 0
  hookSteps({
    before(name) {
      if (name !== 'gmail-list-history') return
      calls += 1
      const match = { path: /\/history$/, email: inbox.owner.email }
      if (calls === 2 || calls === 3) app.google.inject({ match, kind: faultMatrix.notFound })
    },
  })
  await inbox.sync()
  hookSteps(undefined)
  for (let minute = 0; minute < 3; minute++) {
    app.clock.advance(61_000)
    await sweep(app)
  }
  expect(inbox.requests('GET', /\/history$/).filter(({ status }) => status === 404)).toHaveLength(2)
  await expectEqual(inbox)
  expect(await syncState(app, inbox)).toMatchObject({ resyncHistoryId: null, failures: 0 })
})
