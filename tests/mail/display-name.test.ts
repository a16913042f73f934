import { expect, test } from 'vitest'
import { troubleOf } from '../../server/mail/display-name.ts'

const address = 'ada.byron@engine.example'

test.each([
  ['Ada Byron', []],
  ['Dr.Byron', []],
  ['J.R.R. Tolkien', []],
  ['ada.byron', []],
  [address, ['own address']],
  ['Mara <mara@studio.example>', ['another address']],
  ['ceo＠bank.example', ['another address']],
  ['PayPal.Com', ['domain']],
  ['Support www.pay.example', ['domain']],
  ['bank。example', ['domain']],
  ['Bank +44 20 7946 0958', ['phone']],
  ['a@bank.example bank.example', ['another address', 'domain']],
])('the name “%s” shows %j', (name, trouble) => {
  expect([...troubleOf({ name, address })].sort()).toEqual(trouble)
})
