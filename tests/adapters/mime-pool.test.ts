import { expect, test } from 'vitest'
import { createMimeCodec } from '../../server/adapters/mime/codec.ts'
import { htmlMail, many } from '../machines/fuzz-mime/raw-mail.ts'
import { rawMail } from '../support/google-account.ts'
import { openCodec } from '../support/mime-codec.ts'

const { parse } = openCodec()
const small = (subject: string) => Buffer.from(rawMail({ Subject: subject }))
const slow = htmlMail('<p>&lt;</p>'.repeat(90_000))
/** Each of many rules has to be tried along a long path for each of many elements. */
const endless = htmlMail(
  `<style>${many(2_000, () => '.a .a .a .a .a .a .b{color:red}')}</style>${'<div class="a">'.repeat(500)}${'<p class="b">x</p>'.repeat(5_000)}`,
)

test('mails read at the same time each get their own result', async () => {
  const subjects = Array.from({ length: 30 }, (_, index) => `mail ${index}`)
  const read = await Promise.all(subjects.map((subject) => parse(small(subject))))
  expect(read.map(({ mail }) => mail.subject)).toEqual(subjects)
})

test('what was read before the deadline is kept, and the next mail is read by a fresh worker', async () => {
  await using codec = createMimeCodec({ lanes: 1, deadlineMs: 1_000 })
  const stuck = await codec.parse(endless)
  expect(stuck).toMatchObject({ kind: 'partial', problem: expect.stringMatching(/took too long/) })
  expect(stuck.mail?.from.address).toBe('ann@example.com')
  expect((await codec.parse(small('next'))).kind).toBe('parsed')
})

test('a mail that eats memory ends its worker alone: its headers are kept, and the next mail is read', async () => {
  await using codec = createMimeCodec({ lanes: 1, deadlineMs: 60_000 })
  // It needs some 300 MB, and 256 are allowed.
  const lines = Buffer.from(`${rawMail({ Subject: 'hungry' })}${'\n'.repeat(12_000_000)}`)
  const hungry = await codec.parse(lines)
  expect(hungry).toMatchObject({ kind: 'partial', problem: expect.stringMatching(/^Reading it broke the reader/) })
  expect(hungry.mail?.subject).toBe('hungry')
  expect((await codec.parse(small('next'))).kind).toBe('parsed')
})

test('a slow mail of one owner does not hold up the mail of another', async () => {
  await using codec = createMimeCodec({ lanes: 2, deadlineMs: 30_000 })
  const finished: string[] = []
  const read = (name: string, raw: Buffer) => codec.parse(raw).then(() => finished.push(name))
  await Promise.all([read('slow', slow), ...['a', 'b', 'c', 'd'].map((name) => read(name, small(name)))])
  expect(finished).toEqual(['a', 'b', 'c', 'd', 'slow'])
})

test('when the codec closes, what waits is still read, and nothing more is taken', async () => {
  const codec = createMimeCodec({ lanes: 1, deadlineMs: 60_000 })
  const waiting = [codec.parse(small('a')), codec.parse(small('b'))]
  await codec[Symbol.asyncDispose]()
  expect((await Promise.all(waiting)).map(({ mail }) => mail?.subject)).toEqual(['a', 'b'])
  await expect(codec.parse(small('c'))).rejects.toThrow(/closed/)
})
