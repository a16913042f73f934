import { expect, test } from 'vitest'
import { authenticationOf, dmarcOf } from '../../server/mail/authentication.ts'

test.each([
  ['Gmail says pass', 'mx.google.com; dkim=pass; spf=pass; dmarc=pass (p=REJECT) header.from=engine.example', 'pass'],
  ['the case of the letters means nothing', 'MX.Google.com; DMARC=Pass', 'pass'],
  ['Gmail says fail', 'mx.google.com; spf=pass; dmarc=fail (p=NONE dis=NONE) header.from=engine.example', 'fail'],
  ['a passing trouble is no pass', 'mx.google.com; dmarc=temperror', 'fail'],
  ['the sender has no policy', 'mx.google.com; dmarc=none', 'none'],
  ['Gmail says nothing of DMARC', 'mx.google.com; dkim=pass; spf=pass', 'none'],
  ['another server wrote it', 'mail.engine.example; dmarc=pass', 'none'],
  ['a server with a longer name wrote it', 'mx.google.com.evil.example; dmarc=pass', 'none'],
  ['the name stands later in the line', 'evil.example; x=mx.google.com; dmarc=pass', 'none'],
  ['a method of another name passes', 'mx.google.com; x-dmarc=pass', 'none'],
  ['a quoted local part plays a verdict', 'mx.google.com; spf=pass smtp.mailfrom="a; dmarc=pass"@x.example', 'none'],
  [
    'a quoted local part plays a verdict before the real one',
    'mx.google.com; spf=pass smtp.mailfrom="a;dmarc=pass b"@x.example; dmarc=fail',
    'fail',
  ],
  [
    'a comment plays a verdict',
    'mx.google.com; spf=pass (google.com: domain of x; dmarc=pass y@x.example designates 1.2.3.4); dmarc=fail',
    'fail',
  ],
  ['two verdicts contradict each other', 'mx.google.com; dmarc=pass; dmarc=fail', 'fail'],
  ['a comment that never ends hides the rest', 'mx.google.com; spf=pass (x; dmarc=pass', 'none'],
  ['there is no such header', undefined, 'none'],
])('DMARC of a sender: %s', (_name, value, expected) => {
  expect(dmarcOf(value === undefined ? {} : { 'authentication-results': value })).toBe(expected)
})

test.each([
  [
    'each in its own words',
    'mx.google.com; dkim=pass header.i=@x.example; spf=softfail (google.com: y) smtp.mailfrom=a@x.example; dmarc=fail',
    ['softfail', 'pass', 'fail'],
  ],
  ['one of two signatures is enough', 'mx.google.com; dkim=permerror; DKIM=Pass; spf=none', ['none', 'pass', null]],
  [
    'contradictions verify nobody',
    'mx.google.com; spf=pass; spf=neutral; dmarc=pass; dmarc=fail',
    ['fail', null, 'fail'],
  ],
  ['an unknown word is none', 'mx.google.com; spf=splendid; dkim=pass2', [null, null, null]],
  ['another server wrote it', 'mail.x.example; spf=pass; dkim=pass; dmarc=pass', [null, null, null]],
  [
    'a quoted local part plays a verdict',
    'mx.google.com; spf=fail smtp.mailfrom="a;dkim=pass"@x',
    ['fail', null, null],
  ],
  ['there is no such header', undefined, [null, null, null]],
])('what Gmail recorded of a sender: %s', (_name, value, [spf, dkim, dmarc]) => {
  const headers = value === undefined ? {} : { 'authentication-results': value }
  expect(authenticationOf(headers)).toEqual({ spf, dkim, dmarc })
})
