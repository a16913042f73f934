import { expect, test } from 'vitest'
import { withoutStrangersDetails, withSafeGreeting } from '../../server/agent/safe-body.ts'

test.each([
  ['Dear PayPal Support,\n\nwe look.', 'PayPal Support help@pay.example', 'Hello,\n\nwe look.'],
  ['Dear www.pay.example, we look.', 'www.pay.example', 'Hello, we look.'],
  ['Hi +44 20 7946 0958\n\nWe look.', '+44 20 7946 0958', 'Hello,\n\nWe look.'],
  ['We wrote to pay.example before we looked.', 'pay.example', 'We wrote to before we looked.'],
  ['Hello,\n\nwe look.', 'pay.example', 'Hello,\n\nwe look.'],
  ['Dear Ada,\n\nwe look.', 'Ada Byron', 'Dear Ada,\n\nwe look.'],
])('a draft that begins %j greets no %j', (body, name, safe) => {
  expect(withSafeGreeting(body, { name, address: 'ada@engine.example' }, 'en')).toBe(safe)
})

const theirs = ['Pay at https://pay.example/a?b=1 to DE89 3704 0044 0532 0130 00 or call +44 20 7946 0958.']

test('what a stranger wrote is left out, also shortened or written in another way', () => {
  const body = 'I pay at pay.example/a to DE89370400440532013000.\nI call 020 7946 0958, too.'
  expect(withoutStrangersDetails(body, { theirs, owners: [] })).toEqual({
    body: 'I pay at to.\nI call, too.',
    leftOut: ['link', 'iban', 'phone'],
  })
})

test('what the owner wrote stays, and so does what is in no mail', () => {
  const body = 'See https://pay.example/a?b=1 and https://studio.example/b, or call +46 8 123 456 78.'
  expect(withoutStrangersDetails(body, { theirs, owners: ['https://pay.example/a?b=1'] })).toEqual({
    body,
    leftOut: [],
  })
})

test('a draft of nothing else shows that something was there', () => {
  expect(withoutStrangersDetails('https://pay.example', { theirs, owners: [] }).body).toBe('[…]')
})
