import { expect, test } from 'vitest'
import { createOfflineModel } from '../../server/adapters/offline-model/model.ts'
import type { MailFacts, SortedMail } from '../../server/model-question.ts'

const { model } = createOfflineModel()

async function classify(text: string, rest: Partial<MailFacts> = {}, examples: readonly SortedMail[] = []) {
  const from = { name: 'Ada Example', address: 'ada@example.com' }
  const mail = { subject: '', from, text, receivedAt: '2026-03-03T09:00:00.000Z', quoted: '', isReply: false, ...rest }
  const answer = await model.answer(
    { system: '', prompt: '', facts: { task: 'classify', mail, examples }, schema: {}, maxOutputTokens: 1 },
    new AbortController().signal,
  )
  return answer.json as { intent: string; needsReply: boolean }
}

const failing = { authentication: { spf: 'fail', dkim: null, dmarc: 'fail' } } as const
const passing = { authentication: { spf: 'pass', dkim: 'pass', dmarc: 'pass' } } as const

test.each([
  ['credentials', 'Could you log in here, so that your password stays the same: https://mail.test/keep ?'],
  ['money', 'We have new bank details. Could you pay the rent of March to the new account immediately?'],
  ['a click', 'Your parcel waits for you. Click https://parcel.test/x within 24 hours, it is urgent.'],
])('a sender who fails DMARC and asks for %s is suspected', async (_what, text) => {
  expect((await classify(text, failing)).intent).toBe('spam')
  expect((await classify(text, passing)).intent).not.toBe('spam')
  expect((await classify(text)).intent).not.toBe('spam')
})

test('a sender who fails DMARC and asks for nothing of the kind is heard', async () => {
  const text = 'Do you still rent out the rowing boat? And can we come on Sunday?'
  expect(await classify(text, failing)).toEqual(await classify(text, passing))
})

test('a sender who fails DMARC is no thief by a price they ask about', async () => {
  const text = 'How much would two more drawings cost? Could you send the invoice?'
  expect(await classify(text, failing)).toMatchObject({ intent: 'inquiry', needsReply: true })
})

const offer = 'Dear Mara, have you seen our new looms of this spring? Every third one is half the price. Berta'
const alike = 'Dear Mara, have you seen our new wheels of this spring? Every third one is half the price. Berta'

test('a mail like one that its owner has sorted is sorted like it', async () => {
  expect(await classify(offer)).not.toMatchObject({ intent: 'spam' })
  const spam = [{ subject: '', text: alike, intent: 'spam' }] as const
  expect(await classify(offer, {}, spam)).toMatchObject({ intent: 'spam', needsReply: false })
  const followUp = [{ subject: '', text: alike, intent: 'follow_up' }] as const
  expect(await classify(offer, {}, followUp)).toMatchObject({ intent: 'follow_up', needsReply: true })
})

test('one that shares fewer than half of the words with it, or has next to none, is not', async () => {
  const other = {
    subject: '',
    text: 'Dear Mara, how much would two more drawings of this engine cost? Ada',
    intent: 'spam',
  } as const
  expect(await classify(offer, {}, [other])).toEqual(await classify(offer))
  const thanks = { subject: '', text: 'Thanks, Ada', intent: 'complaint' } as const
  expect(await classify('Thanks, Ada', {}, [thanks])).toEqual(await classify('Thanks, Ada'))
})

test('of several the most alike counts', async () => {
  const examples = [
    { subject: '', text: `${alike} Best wishes from all of us here`, intent: 'complaint' },
    { subject: '', text: alike, intent: 'spam' },
  ] as const
  expect(await classify(offer, {}, examples)).toMatchObject({ intent: 'spam' })
})
