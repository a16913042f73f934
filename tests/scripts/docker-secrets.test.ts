import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeSecrets } from '../../server/scripts/docker-secrets.ts'
import { newFolder } from './script.ts'

test('the secrets of the production stack are written once: what .env has, what is random, and what others give', () => {
  using folder = newFolder()
  writeFileSync(
    join(folder.path, '.env'),
    'ENCRYPTION_KEY=mine\nJWT_SECRET_KEY=your-secret\nPOSTGRES_PASSWORD=p@ss/w%rd\n',
  )
  expect(writeSecrets(folder.path)).toEqual([
    'secrets/postgres_password written, with POSTGRES_PASSWORD of .env, which may now be removed there.',
    'secrets/jwt_secret_key written, at random.',
    'secrets/encryption_key written, with ENCRYPTION_KEY of .env, which may now be removed there.',
    'secrets/metrics_token written, at random.',
    'secrets/gemini_api_key written, empty: put GEMINI_API_KEY into it.',
    'secrets/openai_api_key written, empty: put OPENAI_API_KEY into it.',
    'secrets/gmail_client_secret written, empty: put GMAIL_CLIENT_SECRET into it.',
    'secrets/smtp_url written, empty: put SMTP_URL into it.',
    'secrets/hubspot_api_key written, empty: put HUBSPOT_API_KEY into it.',
  ])
  const read = (name: string) => readFileSync(join(folder.path, 'secrets', name), 'utf8')
  expect([read('encryption_key'), read('postgres_password'), read('gemini_api_key')]).toEqual(['mine', 'p@ss/w%rd', ''])
  expect(Buffer.from(read('jwt_secret_key'), 'base64')).toHaveLength(32)
  expect(statSync(join(folder.path, 'secrets')).mode & 0o777).toBe(0o700)
  const before = read('jwt_secret_key')
  expect(writeSecrets(folder.path)).toEqual(
    expect.arrayContaining(['secrets/jwt_secret_key is there already and stays.']),
  )
  expect(read('jwt_secret_key')).toBe(before)
})
