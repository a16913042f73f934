import { expect, test } from 'vitest'
import { createOfflineModel } from '../../server/adapters/offline-model/model.ts'
import type { MailFacts } from '../../server/model-question.ts'

const { model } = createOfflineModel()
const empty: MailFacts = {
  subject: 'The drawings',
  from: { name: 'Ada', address: 'ada@engine.example' },
  text: 'Are the 12 drawings ready?',
  quoted: '',
  receivedAt: '2026-05-04T10:00:00.000Z',
  isReply: false,
}
const question = { system: '', prompt: '', schema: {}, maxOutputTokens: 100 }
const never = new AbortController().signal

async function verdictOn(reply: string, known = ''): Promise<unknown> {
  const context = [{ id: 'note:0', kind: 'note', label: 'a note', text: known }]
  const facts = { task: 'verify', mail: empty, reply, context } as const
  return (await model.answer({ ...question, facts }, never)).json
}

test('a reply that says nothing new may go, one with a number from nowhere or a place left open may not', async () => {
  expect(await verdictOn('All 12 are ready.')).toMatchObject({ verdict: 'send' })
  expect(await verdictOn('All 12 are ready, come at 14.', 'Open until 14')).toMatchObject({ verdict: 'send' })
  expect(await verdictOn('All 13 are ready.')).toEqual({ verdict: 'ask', reason: 'Nobody has said 13.' })
  expect(await verdictOn('Dear [name], all are ready.')).toMatchObject({ verdict: 'ask' })
  expect(await verdictOn('Dear {{name}}, all are ready.')).toMatchObject({ verdict: 'ask' })
})

test('free times are worth a look where a mail names a day or a time, and nothing else is ever chosen', async () => {
  const tools = [
    { name: 'availability', purpose: 'free times' },
    { name: 'send_mail', purpose: 'everything' },
  ]
  const choose = async (text: string) => {
    const facts = { task: 'decide', mail: { ...empty, text }, intent: 'inquiry', tools } as const
    return (await model.answer({ ...question, facts }, never)).json
  }
  expect(await choose('Could we talk about it on Tuesday?')).toEqual({ tools: ['availability'] })
  expect(await choose('Passt Freitag um 10 Uhr?')).toEqual({ tools: ['availability'] })
  expect(await choose('Which font is it?')).toEqual({ tools: [] })
})
