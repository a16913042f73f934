import { createHmac, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto'
import jwt from 'jsonwebtoken'
import { expect, test } from 'vitest'
import { signAccessToken, verifyAccessToken } from '../../server/security/access-token.ts'

const key = { secret: randomBytes(32).toString('hex'), expirationSeconds: 1800 }
const subject = { userId: randomUUID(), sessionId: randomUUID() }
const now = new Date('2026-03-02T09:00:00.000Z')
const seconds = now.getTime() / 1000
const claims = { sub: subject.userId, sid: subject.sessionId, aud: 'reasonflow', iat: seconds, exp: seconds + 1800 }
const header = { alg: 'HS256', typ: 'at+jwt' } as const
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })

function signed(payload: object, options: { header?: object; secret?: string; alg?: jwt.Algorithm } = {}) {
  const { secret = key.secret, alg = 'HS256' } = options
  return jwt.sign(payload, secret, { algorithm: alg, header: { ...header, alg, ...options.header } })
}

function assembled(head: object, payload: object, signature = '') {
  return [head, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .concat(signature)
    .join('.')
}

function hmacSigned(head: object, payload: object, secret: string | Buffer = key.secret) {
  const unsigned = assembled(head, payload).slice(0, -1)
  return `${unsigned}.${createHmac('sha256', secret).update(unsigned).digest('base64url')}`
}

function without(name: keyof typeof claims) {
  return Object.fromEntries(Object.entries(claims).filter(([claim]) => claim !== name))
}

test('an access token speaks for the user and session it was signed for, until it expires', () => {
  const token = signAccessToken(key, subject, now)
  expect(verifyAccessToken(key, hmacSigned(header, claims), now)).toEqual(subject)
  expect(verifyAccessToken(key, token, now)).toEqual(subject)
  expect(verifyAccessToken(key, token, new Date(now.getTime() + 1_799_000))).toEqual(subject)
  expect(verifyAccessToken(key, token, new Date(now.getTime() + 1_800_000))).toBeNull()
})

test('P1: what was signed with the right secret for another use is no access token', () => {
  expect(verifyAccessToken(key, hmacSigned({ ...header, typ: 'JWT' }, claims), now)).toBeNull()
  expect(verifyAccessToken(key, hmacSigned(header, { ...claims, aud: 'password-reset' }), now)).toBeNull()
  expect(verifyAccessToken(key, hmacSigned(header, { ...claims, sid: undefined }), now)).toBeNull()
})

test('P3: an access token names its user by an id that never changes, and no address', () => {
  const { payload } = jwt.decode(signAccessToken(key, subject, now), { complete: true }) ?? {}
  expect(payload).toMatchObject({ sub: subject.userId })
  expect(JSON.stringify(payload)).not.toContain('@')
  expect(verifyAccessToken(key, hmacSigned(header, { ...claims, sub: 'ada@engine.example' }), now)).toBeNull()
})

const [head = '', body = '', signature = ''] = signed(claims).split('.')
const forged: Record<string, string> = {
  'unsigned, alg none': assembled({ ...header, alg: 'none' }, claims),
  'unsigned, alg None': assembled({ ...header, alg: 'None' }, claims),
  'alg none with the old signature': assembled({ ...header, alg: 'none' }, claims, signature),
  'signature cut off': `${head}.${body}.`,
  'signature of other claims': assembled(header, { ...claims, sub: randomUUID() }, signature),
  'signed with another secret': signed(claims, { secret: randomBytes(32).toString('hex') }),
  'signed with an empty secret': hmacSigned(header, claims, ''),
  'HS384 of the right secret': signed(claims, { alg: 'HS384' }),
  'HS512 of the right secret': signed(claims, { alg: 'HS512' }),
  'RS256 of another key': jwt.sign(claims, rsa.privateKey, { algorithm: 'RS256', header: { ...header, alg: 'RS256' } }),
  'HS256 signed with a public key': signed(claims, {
    secret: rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  }),
  'embedded jwk': hmacSigned({ ...header, jwk: { kty: 'oct', k: 'AAAA' } }, claims, Buffer.alloc(3)),
  'jku elsewhere': hmacSigned({ ...header, jku: 'https://evil.example/keys' }, claims, 'evil'),
  'kid as a path': hmacSigned({ ...header, kid: '../../dev/null' }, claims, ''),
  'kid as SQL': hmacSigned({ ...header, kid: "' or 1=1 --" }, claims, "' or 1=1 --"),
  'typ JWT': signed(claims, { header: { typ: 'JWT' } }),
  'typ rt+jwt, a refresh token': signed(claims, { header: { typ: 'rt+jwt' } }),
  'typ missing': hmacSigned({ alg: 'HS256' }, claims),
  'audience of another service': signed({ ...claims, aud: 'other' }),
  'audience missing': signed(without('aud')),
  'audience among others': signed({ ...claims, aud: ['other', 'reasonflow'] }),
  expired: signed({ ...claims, exp: seconds - 1 }),
  'without exp': signed(without('exp')),
  'exp as text': hmacSigned(header, { ...claims, exp: 'never' }),
  'not valid yet': signed({ ...claims, nbf: seconds + 600 }),
  'subject is an address': signed({ ...claims, sub: 'owner@example.com' }),
  'without subject': signed(without('sub')),
  'without session': signed(without('sid')),
  'session is no id': signed({ ...claims, sid: '1' }),
  'opaque refresh token': `${subject.userId}.${randomBytes(32).toString('base64url')}`,
  'empty text': '',
  'two dots': '..',
}

test.each(Object.entries(forged))('a token is refused: %s', (_, token) => {
  expect(verifyAccessToken(key, token, now)).toBeNull()
})

test('at least 30 forgeries are tried', () => {
  expect(Object.keys(forged).length).toBeGreaterThanOrEqual(30)
})
