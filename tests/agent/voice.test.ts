import { afterAll, expect, test } from 'vitest'
import { voiceOf } from '../../server/agent/voice.ts'
import { createTestApp } from '../support/app.ts'
import { openInbox } from '../support/connected-inbox.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

function own(text: string, day = 1, direction: 'in' | 'out' = 'out') {
  return { direction, freshText: text, ownText: text, receivedAt: `2026-03-0${day}T09:00:00.000Z` }
}

const correspondent = 'Ada Byron'

test.each([
  ['Liebe Ada,\n\nhier sind die Zeichnungen.\n\nHerzliche Grüße\nMara', 'Liebe Ada,', 'Herzliche Grüße'],
  ['Dear Ms Byron:\n\nhere they are.\n\nBest regards,\nMara\nStudio', 'Dear Ms Byron:', 'Best regards,'],
  ['Chère Ada,\nvoici.\nBien à toi,\nMara', 'Chère Ada,', 'Bien à toi,'],
  ['Hola, Ada:\n\naquí están.\n\nUn abrazo,\nMara', 'Hola, Ada:', 'Un abrazo,'],
  ['Hello,\n\nhere they are.', 'Hello,', undefined],
  ['Hi Bob,\n\nhere they are (Ada is in copy).\n\nCheers\nMara', undefined, 'Cheers'],
  ['Here they are.', undefined, undefined],
  ['Dear reader of these lines, which go on and on without an end and say nothing:\n\nno.', undefined, undefined],
])('%j is greeted and closed like that', (text, greeting, closing) => {
  expect(voiceOf({ toThem: [own(text)], toOthers: [], correspondent })).toEqual({
    words: text.split(/\s+/).length,
    ...(greeting && { greeting }),
    ...(closing && { closing }),
  })
})

test('the newest mail to them counts, nothing that others wrote, and replies to others only for their length', () => {
  const toThem = [
    own('Hi Ada,\n\nyes.\n\nCheers,\nMara', 2),
    own('Dear Ada Byron,\n\nyes.\n\nKind regards,\nMara', 1),
    own('Dear Ada,\n\nno.\n\nBest wishes,\nEve', 3, 'in'),
  ]
  const toOthers = [own('Hey Bob,\n\none two three four five six seven.\n\nBest wishes,\nMara', 4)]
  const voice = { greeting: 'Hi Ada,', closing: 'Cheers,', words: 7 }
  expect(voiceOf({ toThem, toOthers, correspondent })).toEqual(voice)
  expect(voiceOf({ toThem: toThem.slice(2), toOthers: [], correspondent })).toBeUndefined()
})

test('a draft greets and closes as its owner did before', async () => {
  const inbox = await openInbox(app)
  await app.deliver(inbox.owner, {
    direction: 'out',
    subject: 'Drawings',
    messageId: '<first@studio.example>',
    text: 'Good morning Ada,\r\n\r\nhere are the drawings.\r\n\r\nCheers,\r\nMara',
    at: new Date(app.clock.now().getTime() - 3_600_000),
  })
  await inbox.sync()
  const draft = await inbox.newDraft({
    subject: 'Re: Drawings',
    inReplyTo: '<first@studio.example>',
    text: 'What would two more cost?',
  })
  expect(draft.body).toMatch(/^Good morning Ada,\n/)
  expect(draft.body).toMatch(/Cheers,\nMara$/)
})
