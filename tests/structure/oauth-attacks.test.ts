import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

/** Attacks on the way over Google (RFC 9700, RFC 8725, arxiv.org/abs/2205.10174), each with words of the test that tries it. */
const attacks: Readonly<Record<string, readonly [file: string, ...words: string[]]>> = {
  'state missing': ['services/mailbox-connection', 'without state'],
  'state made up': ['services/mailbox-connection', 'with an unknown state'],
  'state of NUL bytes': ['services/mailbox-connection', 'with a state of NUL bytes'],
  'state without the browser that began': ['services/mailbox-connection', 'without the cookie of the browser'],
  'state in another browser': ['services/mailbox-connection', 'with the cookie of another browser'],
  'state with an empty cookie': ['services/mailbox-connection', 'with an empty cookie'],
  'state replayed': ['services/mailbox-connection', 'a state works once'],
  'state replayed at once': ['services/mailbox-connection', 'a state used a hundred times at once links once'],
  'state expired': ['services/mailbox-connection', 'a state older than ten minutes is refused'],
  'state of an ended session': [
    'services/mailbox-connection',
    'a consent begun in a session that has ended links nothing',
  ],
  'state of the attacker in the victim’s browser': ['services/mailbox-connection', 'links to nobody'],
  'code swapped, of a mailbox': ['services/mailbox-connection', 'PKCE and nonce are of another beginning'],
  'code swapped, of a log-in': ['services/google-login-attacks', 'a code of another beginning signs nobody in'],
  'code made up': ['adapters/google-auth', 'a made-up code'],
  'code used twice': ['adapters/google-auth', 'a code used twice'],
  'code with another verifier': ['adapters/google-auth', 'another verifier'],
  'consent denied': ['services/mailbox-connection', 'access_denied'],
  'redirect to another site': ['services/mailbox-connection', '//evil.example'],
  'log-in forced upon a victim': ['services/google-login-attacks', 'does not end in the victim'],
  'ID token for another client': ['adapters/google-auth', 'another audience'],
  'ID token of another issuer': ['adapters/google-auth', 'another issuer'],
  'ID token expired': ['adapters/google-auth', 'an end that is past'],
  'ID token with a foreign nonce': ['adapters/google-auth', 'a nonce of another request'],
  'ID token without a nonce': ['adapters/google-auth', 'no nonce'],
  'ID token with algorithm none': ['adapters/google-auth', 'algorithm none'],
  'ID token signed with the public key': ['adapters/google-auth', 'a signature of the public key as secret'],
  'ID token signed by nobody known': ['adapters/google-auth', 'an unknown key'],
  'ID token changed after signing': ['adapters/google-auth', 'claims changed after signing are refused'],
  'address unproven, of a mailbox': ['services/mailbox-connection', 'the address is not verified'],
  'pre-hijacking: merge': ['services/google-login-attacks', 'does not join an account with a password'],
  'pre-hijacking: password first at the other end': ['services/google-login-attacks', 'the other way round'],
  'pre-hijacking: session kept': ['services/google-login-attacks', 'a session kept alive'],
  'pre-hijacking: trojan log-in': ['services/google-login-attacks', 'a trojan log-in'],
  'pre-hijacking: unproven address': ['services/google-login-attacks', 'an address nobody has proven'],
  'address reassigned': ['services/google-login-attacks', 'an address that came to belong to another Google account'],
  'mailbox taken for a log-in': ['services/google-login-attacks', 'is only a mailbox signs nobody in'],
  'link to an account of another': ['services/google-login-attacks', 'is linked to nobody else'],
  'link without the password': ['services/google-login-attacks', 'with a wrong password'],
  'link in an ended session': ['services/google-login-attacks', 'ended meanwhile links nothing'],
}

test('each attack on the way over Google is tried by a test', () => {
  const missing = Object.entries(attacks).flatMap(([attack, [file, ...words]]) => {
    const text = readFileSync(join(root, `tests/${file}.test.ts`), 'utf8')
    return words.filter((word) => !text.includes(word)).map((word) => `${attack}: ${word} is not in ${file}`)
  })
  expect(missing).toEqual([])
  expect(Object.keys(attacks).length).toBeGreaterThanOrEqual(24)
})
