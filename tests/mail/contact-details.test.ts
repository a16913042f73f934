import { expect, test } from 'vitest'
import { contactDetailsIn } from '../../server/mail/contact-details.ts'

const found = (text: string) => contactDetailsIn(text).map(({ kind, start, end }) => [kind, text.slice(start, end)])

test.each([
  ['See https://pay.example/x?y=1.', 'link', 'https://pay.example/x?y=1'],
  ['[here](hxxp://pay.example)', 'link', 'hxxp://pay.example'],
  ['Go to WWW.pay.example, please', 'link', 'WWW.pay.example'],
  ['here:pay.example/now!', 'link', 'pay.example/now'],
  ['Call +44 (20) 7946-0958 today', 'phone', '+44 (20) 7946-0958'],
  ['Tel. 030/1234567', 'phone', '030/1234567'],
  ['612 345 678', 'phone', '612 345 678'],
  ['IBAN: DE89 3704 0044 0532 0130 00 please', 'iban', 'DE89 3704 0044 0532 0130 00'],
  ['to GB33BUKB20201555555555.', 'iban', 'GB33BUKB20201555555555'],
])('a way to reach or pay somebody is found: %s', (text, kind, written) => {
  expect(found(text)).toEqual([[kind, written]])
})

test.each([
  'On 2026-03-12 at 10:00, or 12.03.2026 10:30',
  'It costs 1.250.000 or 1 250 000 euros',
  'Order 12345678 and/or order 7654321',
  'ada@engine.example, engine.example, e.g. this/that',
  'Tue, 3 March 2026, 10:00–10:30 (Berlin)',
])('days, sums, orders and addresses are none: %s', (text) => {
  expect(found(text)).toEqual([])
})
