import { expect, test } from 'vitest'
import { startTestServer } from './test-server.ts'

const manyKeys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 1]))

test('60,000 unknown keys are refused by their size before anybody reads them', async () => {
  await using server = await startTestServer()
  for (const name of ['auth.login', 'auth.register', 'auth.refresh', 'auth.logout', 'drafts.approve', 'no.such']) {
    const { status, body } = await server.call(name, manyKeys(60_000))
    expect(status).toBe(413)
    expect(body.error.message).toBe('The request is larger than 8 kB.')
  }
  const two = await server.call('drafts.approve,drafts.approve?batch=1', { 0: { filler: 'x'.repeat(17_000) } })
  expect(two.status).toBe(413)
})

test('where many keys fit, fifty wrong ones are told and the rest is not put into words', async () => {
  await using server = await startTestServer()
  const { accessToken } = await server.newUser()
  const { status, body } = await server.call('settings.update', manyKeys(60_000), { token: accessToken })
  expect(status).toBe(400)
  expect(Object.keys(body.error.data.fieldErrors)).toHaveLength(50)
  expect(body.error.data.fieldErrors).toMatchObject({ k0: ['is not known here'] })
})

test('the largest draft and the largest ordinary settings fit, whatever their characters', async () => {
  await using server = await startTestServer()
  const { accessToken } = await server.newUser()
  const id = '00000000-0000-4000-8000-000000000000'
  const edit = { draftId: id, version: 2_147_483_647, body: '"'.repeat(50_000) }
  expect((await server.call('drafts.edit', edit, { token: accessToken })).status).toBe(404)
  const wide = { ...edit, body: '€'.repeat(50_000) }
  expect((await server.call('drafts.edit', wide, { token: accessToken })).status).toBe(404)
  const reject = { draftId: id, version: 1, reason: '\u0001'.repeat(1_000) }
  expect((await server.call('drafts.reject', reject, { token: accessToken })).status).not.toBe(413)
  const allowedCorrespondents = Array.from({ length: 1_000 }, (_, index) => `${'x'.repeat(300)}${index}@engine.example`)
  const update = await server.call('settings.update', { allowedCorrespondents }, { token: accessToken })
  expect(update.status).toBe(200)
})
