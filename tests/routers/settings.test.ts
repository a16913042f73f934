import { afterAll, expect, test } from 'vitest'
import { Settings, type UpdateSettingsInput } from '../../shared-types/index.ts'
import { createTestApp } from '../support/app.ts'
import { httpClient, refusalOf } from '../support/http-client.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

const defaults: Settings = {
  autonomy: 'ask',
  undoWindowSeconds: 30,
  syncFrequencyMinutes: 5,
  classifyOnSync: true,
  processOnSync: true,
  lookBackDays: 30,
  workingDays: [1, 2, 3, 4, 5],
  workingHoursStart: '09:00',
  workingHoursEnd: '17:00',
  timeZone: 'UTC',
  signature: '',
  tone: 'friendly',
  languages: ['en'],
  notes: [],
}

test('a new owner has settings that ask before anything is sent', async () => {
  const client = await httpClient(app, await app.newOwner())
  expect(await client.settings.get.query()).toEqual(defaults)
})

test('what is named changes and nothing else', async () => {
  const [alice, bob] = [await app.newOwner(), await app.newOwner()]
  const client = await httpClient(app, alice)
  let expected = defaults
  const changes: UpdateSettingsInput[] = [
    { autonomy: 'off' },
    { undoWindowSeconds: 0, syncFrequencyMinutes: 60, lookBackDays: 365 },
    { classifyOnSync: false, processOnSync: false },
    { workingDays: [7], workingHoursStart: '22:00', workingHoursEnd: '06:00', timeZone: 'America/Argentina/Ushuaia' },
    { signature: 'Mara\n— Studio “Lindqvist” 😀', tone: 'formal', languages: ['de', 'en'] },
    { notes: [{ text: 'It\'s 100% {json}, ["quoted"]', shareable: false }] },
    { notes: [] },
    {},
  ]
  for (const change of changes) {
    expected = Object.assign({}, expected, change)
    expect(await client.settings.update.mutate(change)).toEqual(expected)
    expect(Settings.parse(await client.settings.get.query())).toEqual(expected)
  }
  expect(await app.as(bob).settings.get()).toEqual(defaults)
})

test.each<[string, object, string]>([
  ['an autonomy that does not exist yet', { autonomy: 'auto' }, 'autonomy'],
  ['a negative undo window', { undoWindowSeconds: -1 }, 'undoWindowSeconds'],
  ['an undo window of a day', { undoWindowSeconds: 86_400 }, 'undoWindowSeconds'],
  ['half a second', { undoWindowSeconds: 0.5 }, 'undoWindowSeconds'],
  ['syncing without pause', { syncFrequencyMinutes: 0 }, 'syncFrequencyMinutes'],
  ['an eighth weekday', { workingDays: [8] }, 'workingDays.0'],
  ['an hour that does not exist', { workingHoursStart: '24:00' }, 'workingHoursStart'],
  ['a zone that does not exist', { timeZone: 'Mars/Olympus' }, 'timeZone'],
  ['no language at all', { languages: [] }, 'languages'],
  ['a language by its name', { languages: ['German'] }, 'languages.0'],
  ['a long signature', { signature: 'x'.repeat(2_001) }, 'signature'],
  ['a signature that no database keeps', { signature: 'Mara\u0000' }, 'signature'],
  ['an empty note', { notes: [{ text: ' ', shareable: true }] }, 'notes.0.text'],
  ['a note with half a character', { notes: [{ text: 'Mara\ud83c', shareable: true }] }, 'notes.0.text'],
  ['a note of unknown kind', { notes: [{ text: 'x', shareable: true, secret: 1 }] }, 'notes.0.secret'],
  ['a hundred and one notes', { notes: Array.from({ length: 101 }, () => ({ text: 'x', shareable: true })) }, 'notes'],
  ['a setting nobody knows', { plan: 'enterprise' }, 'plan'],
  ['the owner', { userId: 'somebody else' }, 'userId'],
])('%s is refused with the field that is wrong, and nothing changes', async (_name, change, field) => {
  const client = await httpClient(app, await app.newOwner())
  const refusal = await refusalOf(client.settings.update.mutate({ tone: 'formal', ...change }))
  expect(refusal).toMatchObject({ status: 400, reason: 'VALIDATION_FAILED' })
  expect(Object.keys(refusal.fieldErrors ?? {})).toEqual([field])
  expect(await client.settings.get.query()).toEqual(defaults)
})
