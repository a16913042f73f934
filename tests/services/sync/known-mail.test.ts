import { afterAll, afterEach, expect, test } from 'vitest'
import { faultMatrix } from '../../../google-sandbox/sandbox.ts'
import { hookSteps } from '../../../server/step.ts'
import { createTestApp, type TestOwner } from '../../support/app.ts'
import { openInbox, sweep } from '../../support/connected-inbox.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())
afterEach(() => hookSteps(undefined))

const onlyStored = { autonomy: 'off', classifyOnSync: false } as const

const inOrder = (one: string, other: string) => one.localeCompare(other)

async function deliver(owner: TestOwner, count: number): Promise<string[]> {
  const ids: string[] = []
  for (let n = 0; n < count; n++) ids.push((await app.deliver(owner, { subject: `Mail ${n}` })).id)
  return ids.toSorted(inOrder)
}

/** The messages whose content Gmail was asked for, each as often as it was. */
const askedFor = (owner: TestOwner) =>
  app.google.journal
    .filter(({ email, method, path }) => email === owner.email && method === 'GET' && /\/messages\/\w+$/.test(path))
    .map(({ path }) => path.split('/').at(-1) ?? '')
    .toSorted(inOrder)

test('an import that has to begin again asks for no message that it has stored', async () => {
  const owner = await app.newOwner()
  await app.connect(owner)
  await app.as(owner).settings.update(onlyStored)
  const ids = await deliver(owner, 60)
  const list = { path: /\/messages$/, email: owner.email }
  let pages = 0
  hookSteps({
    before(name) {
      if (name === 'gmail-list-messages' && ++pages === 2)
        app.google.inject({ match: list, kind: faultMatrix.invalidArgument })
    },
  })
  await app.drain()
  expect(askedFor(owner)).toHaveLength(50)

  app.clock.advance(61_000)
  await sweep(app)
  // The first page, the one that was refused, and both again.
  expect(pages).toBe(4)
  expect(askedFor(owner)).toEqual(ids)
})

test('a history that tells of mail that the import has stored leads to no second reading', async () => {
  const owner = await app.newOwner()
  await app.connect(owner)
  await app.as(owner).settings.update(onlyStored)
  let ids: string[] = []
  hookSteps({
    async after(name) {
      if (name === 'begin-import') ids = await deliver(owner, 3)
    },
  })
  await app.drain()
  await sweep(app)
  expect(ids).toHaveLength(3)
  expect(askedFor(owner)).toEqual(ids)
})

test('a history that is read once more after its mail was stored asks for the rest alone', async () => {
  const inbox = await openInbox(app, onlyStored)
  const ids = await deliver(inbox.owner, 60)
  let stored = 0
  hookSteps({
    after(name) {
      if (name === 'store-messages' && ++stored === 1) throw new Error('power cut')
    },
  })
  await inbox.sync()
  app.clock.advance(121_000)
  await sweep(app)
  expect(stored).toBe(2)
  expect(askedFor(inbox.owner)).toEqual(ids)
})
