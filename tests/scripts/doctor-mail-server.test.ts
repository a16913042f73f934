import { expect, test } from 'vitest'
import { toTable } from '../../server/scripts/doctor/findings.ts'
import { examineMailServer } from '../../server/scripts/doctor/mail-server.ts'
import { startSmtpServer } from '../support/smtp-server.ts'

const from = 'desk@studio.example'
const examine = async (url: string) => toTable([await examineMailServer({ smtp: { url, from }, env: 'production' })])

test('the doctor logs in to the mail server, and sends nothing', async () => {
  await using server = await startSmtpServer()
  const { host } = new URL(server.url)
  expect(await examine(server.url)).toBe(`ok       mail server  ${host} takes our log-in; mail comes from ${from}`)
  expect(server.mails).toEqual([])
})

test('a wrong password and a server that is not there are told apart, without the password', async () => {
  await using server = await startSmtpServer()
  const url = new URL(server.url)
  url.password = 'guessed-wrong'
  const refused = await examine(url.href)
  expect(refused).toMatch(
    /^problem +mail server +127\.0\.0\.1:\d+: .*\(535\)\.\n +-> look at the user and the password/,
  )
  expect(refused).not.toContain('guessed-wrong')
  const nobody = await examine('smtp://127.0.0.1:1')
  expect(nobody).toMatch(/^problem +mail server +127\.0\.0\.1:1: .*\n +-> look at the host and the port in SMTP_URL/)
})

test('without a mail server production is warned, and development told where such mail stands', async () => {
  expect(toTable([await examineMailServer({ smtp: null, env: 'production' })])).toMatch(
    /^warning .*\n +-> set SMTP_URL$/,
  )
  expect(toTable([await examineMailServer({ smtp: null, env: 'development' })])).toMatch(/^ok .*stands in the log$/)
})
