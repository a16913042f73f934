import type { ParsedMail } from 'mailparser'
import { expect, test } from 'vitest'
import { senderOf } from '../../server/adapters/mime/addresses.ts'

function headOf(line: string, address: string): ParsedMail {
  const headers = new Map([['from', { value: [{ name: '', address }] }]])
  return { headerLines: [{ key: 'from', line: `From: ${line}` }], headers } as unknown as ParsedMail
}

test('a sender behind 64,000 blanks is read in no time', () => {
  const blanks = ' '.repeat(64_000)
  const start = process.cpuUsage()
  const { from } = senderOf(headOf(`${blanks}ada${blanks}\t@\r\n engine.example${blanks}`, 'ada@engine.example'))
  const { user, system } = process.cpuUsage(start)
  expect(from.address).toBe('ada@engine.example')
  expect((user + system) / 1_000).toBeLessThan(200)
})
