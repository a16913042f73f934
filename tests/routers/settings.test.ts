import { afterAll, expect, test } from 'vitest'
import { SettingsAnswer, type UpdateSettingsInput } from '../../shared-types/index.ts'
import { createTestApp } from '../support/app.ts'
import { httpClient, refusalOf } from '../support/http-client.ts'
import { defaultSettings } from '../support/settings.ts'

const firstAnswer: SettingsAnswer = { ...defaultSettings, hasHubspotKey: false }

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

test('a new owner has settings that ask before anything is sent', async () => {
  const client = await httpClient(app, await app.newOwner())
  expect(await client.settings.get.query()).toEqual(firstAnswer)
})

test('a correspondent is one in whatever case and quotes the owner writes the address', async () => {
  const client = await httpClient(app, await app.newOwner())
  const { deniedCorrespondents } = await client.settings.update.mutate({
    deniedCorrespondents: [' Ada@Engine.example', '"Ada..B."@docomo.example'],
  })
  expect(deniedCorrespondents).toEqual(['ada@engine.example', 'ada..b.@docomo.example'])
})

test('what is named changes and nothing else', async () => {
  const [alice, bob] = [await app.newOwner(), await app.newOwner()]
  const client = await httpClient(app, alice)
  let expected = firstAnswer
  const changes: UpdateSettingsInput[] = [
    { autonomy: 'off' },
    { autonomy: 'auto', sendingPaused: true, dailySendCap: 0, hourlySendCap: 1_000, correspondentDailyCap: 1 },
    { quietHours: { start: '22:00', end: '07:00' }, minimumEarlierMessages: 1, minimumConfidence: 0.975 },
    { trustApprovals: 1 },
    { allowedCorrespondents: ['ada@engine.example'], deniedCorrespondents: ['bob@engine.example', 'eve@evil.example'] },
    { quietHours: null, allowedCorrespondents: [] },
    { dailyModelBudget: 0.25, dailyTokenBudget: 0 },
    { undoWindowSeconds: 0, syncFrequencyMinutes: 60, lookBackDays: 365 },
    { classifyOnSync: false, processOnSync: false },
    { workingDays: [7], workingHoursStart: '22:00', workingHoursEnd: '06:00', timeZone: 'America/Argentina/Ushuaia' },
    { signature: 'Mara\n— Studio “Lindqvist” 😀', tone: 'formal', languages: ['de', 'en'] },
    { notes: [{ text: 'It\'s 100% {json}, ["quoted"]', shareable: false }] },
    { notes: [] },
    { crm: 'own' },
    {},
  ]
  for (const change of changes) {
    expected = Object.assign({}, expected, change)
    expect(await client.settings.update.mutate(change)).toEqual(expected)
    expect(SettingsAnswer.parse(await client.settings.get.query())).toEqual(expected)
  }
  expect(await app.as(bob).settings.get()).toEqual(firstAnswer)
})

test('what was read may be sent back as it is, and changes nothing', async () => {
  const client = await httpClient(app, await app.newOwner())
  await client.settings.update.mutate({ tone: 'formal', digestHour: 8 })
  const read = await client.settings.get.query()
  expect(await client.settings.update.mutate(read)).toEqual(read)
  expect(await client.settings.get.query()).toEqual(read)
})

test.each<[string, object, string]>([
  ['a CRM that nobody speaks to', { crm: 'salesforce' }, 'crm'],
  ['a key among the settings', { hubspotKey: 'pat-eu1-key' }, 'hubspotKey'],
  ['an autonomy that does not exist', { autonomy: 'always' }, 'autonomy'],
  ['a negative cap', { dailySendCap: -1 }, 'dailySendCap'],
  ['a cap that is none', { hourlySendCap: 1_001 }, 'hourlySendCap'],
  ['automatic replies to strangers', { minimumEarlierMessages: 0 }, 'minimumEarlierMessages'],
  ['automatic replies that nothing has earned', { trustApprovals: 0 }, 'trustApprovals'],
  ['more than certainty', { minimumConfidence: 1.1 }, 'minimumConfidence'],
  ['quiet hours without an end', { quietHours: { start: '22:00' } }, 'quietHours.end'],
  ['quiet hours that end as they begin', { quietHours: { start: '22:00', end: '22:00' } }, 'quietHours'],
  ['a correspondent without an address', { deniedCorrespondents: ['Ada'] }, 'deniedCorrespondents.0'],
  ['a negative budget', { dailyModelBudget: -0.01 }, 'dailyModelBudget'],
  ['half a token', { dailyTokenBudget: 0.5 }, 'dailyTokenBudget'],
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
  expect(await client.settings.get.query()).toEqual(firstAnswer)
})
