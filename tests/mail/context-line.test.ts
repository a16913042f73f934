import { expect, test } from 'vitest'
import { contextLine, type Placed, textToEmbed, textToFind, vectorsName } from '../../server/mail/context-line.ts'

const ada = { name: 'Ada Byron', address: 'ada@engine.example' }
const mail: Placed = {
  inReplyTo: null,
  subject: 'Two drawings',
  fromName: 'Mara Linden',
  fromAddress: 'mara@studio.example',
  toAddresses: [ada],
  receivedAt: '2026-11-03T23:30:00.000Z',
  ownerAddress: 'owner@studio.example',
}

test.each<[string, Partial<Placed>, string]>([
  ['a first mail', {}, 'Mail by Mara Linden to Ada Byron about “Two drawings”, 3 November 2026'],
  [
    'a reply by its headers',
    { inReplyTo: '<a@b>' },
    'Reply by Mara Linden to Ada Byron in the thread “Two drawings”, 3 November 2026',
  ],
  [
    'a reply by its subject',
    { subject: 'AW: Re: Two drawings' },
    'Reply by Mara Linden to Ada Byron in the thread “Two drawings”, 3 November 2026',
  ],
  [
    'people without names',
    { fromName: '', toAddresses: [{ name: '', address: 'bob@studio.example' }, ada] },
    'Mail by mara@studio.example to bob@studio.example, Ada Byron about “Two drawings”, 3 November 2026',
  ],
  [
    'the owner, whatever they are called',
    { fromName: 'The Owner', fromAddress: 'Owner@studio.example' },
    'Mail by me to Ada Byron about “Two drawings”, 3 November 2026',
  ],
  [
    'a mail to the owner',
    { toAddresses: [{ name: '', address: 'owner@studio.example' }] },
    'Mail by Mara Linden to me about “Two drawings”, 3 November 2026',
  ],
  [
    'nobody and nothing',
    { subject: ' Re: ', fromName: '', fromAddress: '', toAddresses: [] },
    'Reply by somebody, 3 November 2026',
  ],
  [
    'a subject of several lines',
    { subject: 'Two\r\n drawings\n' },
    'Mail by Mara Linden to Ada Byron about “Two   drawings”, 3 November 2026',
  ],
])('the line of %s', (_name, changed, line) => {
  expect(contextLine({ ...mail, ...changed })).toBe(line)
})

test('names and subject are cut, and not all receivers are named', () => {
  const name = '🦉'.repeat(500)
  const line = contextLine({
    ...mail,
    subject: name,
    fromName: `x${name}`,
    toAddresses: Array.from({ length: 100 }, () => ({ ...ada, name })),
  })
  expect(line.length).toBeLessThan(800)
  expect(line.isWellFormed()).toBe(true)
})

test('the text stands under its line, cut between characters; what is looked for has none', () => {
  expect(textToEmbed({ ...mail, freshText: 'Yes.' })).toBe(`${contextLine(mail)}\nYes.`)
  const long = textToEmbed({ ...mail, freshText: '🦉'.repeat(6_000) })
  expect([long.length, long.isWellFormed()]).toEqual([8_000, true])
  expect(textToFind({ subject: 'Two drawings', freshText: 'Yes.' })).toBe('Two drawings\nYes.')
})

test('vectors of two models, and of a model and what it was given before, have different names', () => {
  expect(vectorsName('one')).not.toBe(vectorsName('two'))
  expect(vectorsName('one')).not.toBe('one')
})
