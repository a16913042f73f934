import { randomUUID } from 'node:crypto'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { assertSingleUser } from '../../server/services/single-user.ts'
import { hookSteps } from '../../server/step.ts'
import { createTestApp } from '../support/app.ts'
import { httpClient, refusalOf } from '../support/http-client.ts'
import { newPerson, openGoogleBrowser } from '../support/google-browser.ts'
import { startHubspot } from '../support/hubspot-server.ts'

const environment = { CRM_PROVIDER: 'hubspot', HUBSPOT_API_KEY: 'pat-of-the-operator' }
const password = 'correct horse battery'
const account = () => ({ email: `${randomUUID()}@studio.example`, password, tokenTransport: 'body' as const })
const singleUser = { status: 403, reason: 'SINGLE_USER' }
const stack = new AsyncDisposableStack()
let hubspot: Awaited<ReturnType<typeof startHubspot>>
beforeAll(async () => {
  hubspot = stack.use(await startHubspot([environment.HUBSPOT_API_KEY]))
  return () => stack.disposeAsync()
})
afterEach(() => {
  hookSteps(undefined)
  hubspot.requests.length = 0
})

const startApp = () => createTestApp({ environment: { ...environment, HUBSPOT_BASE_URL: hubspot.url } })

test('with the operator’s key one person registers, nobody after them, and somebody again once they are gone', async () => {
  await using app = await startApp()
  const guest = await httpClient(app, null)
  const first = account()
  const tokens = await guest.auth.register.mutate(first)
  expect(await refusalOf(guest.auth.register.mutate(account()))).toMatchObject({
    ...singleUser,
    message: 'This server is for one person, who has an account already.',
  })
  // Whether it is theirs is nobody's business.
  expect(await refusalOf(guest.auth.register.mutate(first))).toMatchObject(singleUser)
  expect((await guest.auth.login.mutate(first)).user).toEqual(tokens.user)
  const client = await httpClient(app, tokens)
  expect(await client.settings.update.mutate({ crm: 'hubspot' })).toMatchObject({ hasHubspotKey: false })
  await app.db.deleteFrom('rateLimits').execute()
  await client.auth.deleteAccount.mutate({ password })
  expect((await guest.auth.register.mutate(account())).user.id).not.toBe(tokens.user.id)
})

test('of several who register first at once one is let in', async () => {
  await using app = await startApp()
  const guest = await httpClient(app, null)
  // Their passwords are hashed one after the other: they wait for each other before the database is asked.
  const all = Promise.withResolvers<void>()
  let arrived = 0
  hookSteps({
    async before(name) {
      if (name !== 'register') return
      arrived += 1
      if (arrived === 6) all.resolve()
      await all.promise
    },
  })
  const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => guest.auth.register.mutate(account())))
  const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []))
  expect(refused).toHaveLength(5)
  for (const reason of refused) expect(await refusalOf(Promise.reject(reason as Error))).toMatchObject(singleUser)
  expect(await app.db.selectFrom('users').selectAll().execute()).toHaveLength(1)
})

test('nor does anybody come in by Google, and no half of an account is left', async () => {
  await using browser = await openGoogleBrowser(environment)
  expect((await browser.login(newPerson())).page).toEqual({ login: 'google' })
  const second = newPerson()
  expect((await browser.login(second)).page).toEqual({ error: 'SINGLE_USER' })
  expect(await browser.usersOf(second.address)).toEqual([])
})

test('without the operator’s key everybody may register', async () => {
  await using app = await createTestApp()
  const guest = await httpClient(app, null)
  for (const each of [account(), account()])
    expect((await guest.auth.register.mutate(each)).user.email).toBe(each.email)
  await expect(assertSingleUser(app.ctx)).resolves.toBeUndefined()
})

test('where several have accounts the server does not start with it, and none of them is looked up with it', async () => {
  await using app = await startApp()
  const owner = await app.newOwner()
  const find = () => app.ctx.hubspot.find(owner.userId, 'ada@engine.example')
  await expect(assertSingleUser(app.ctx)).resolves.toBeUndefined()
  await find()
  expect(hubspot.requests).toMatchObject([{ key: environment.HUBSPOT_API_KEY }])
  // By another process, which has no such key.
  await app.newOwner()
  expect(await find()).toBeNull()
  expect(hubspot.requests).toHaveLength(1)
  await expect(assertSingleUser(app.ctx)).rejects.toThrow(/HUBSPOT_API_KEY serves one person.*settings\.setHubspotKey/)
})
