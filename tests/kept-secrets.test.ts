import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { expect, test } from 'vitest'
import { parseConfig } from '../server/config.ts'
import { secretsBelow } from '../server/kept-secrets.ts'
import { newFolder } from './support/child.ts'

const example = readFileSync(join(import.meta.dirname, '../.env.example'), 'utf8')
const secrets = {
  JWT_SECRET_KEY: randomBytes(32).toString('base64'),
  ENCRYPTION_KEY: randomBytes(32).toString('base64'),
}
const production = {
  ...secrets,
  APP_ENV: 'production',
  DATABASE_URL: 'postgresql://app:secret@db:5432/reasonflow',
  MODEL_PROVIDER: 'offline',
  FRONTEND_URL: 'https://desk.example',
}

test('secrets that are not set are made once, for their owner’s eyes, and told of once', () => {
  using folder = newFolder()
  const start = () => parseConfig({ ...parseEnv(example), DATA_DIR: folder.path }, secretsBelow)
  const first = start()
  expect(first.warnings).toEqual([
    `JWT_SECRET_KEY is not set: one was made, and is kept in ${folder.path}/secrets. Production needs one of your own.`,
    `ENCRYPTION_KEY is not set: one was made, and is kept in ${folder.path}/secrets. Production needs one of your own.`,
  ])
  for (const name of ['JWT_SECRET_KEY', 'ENCRYPTION_KEY'])
    expect(statSync(join(folder.path, 'secrets', name)).mode & 0o777).toBe(0o600)
  expect(readdirSync(join(folder.path, 'secrets')).length).toBe(2)
  expect(start()).toEqual({ ...first, warnings: [] })
})

test('a key that is set later goes before the one that was made, so that nothing becomes unreadable', () => {
  using folder = newFolder()
  const [made] = parseConfig({ DATA_DIR: folder.path }, secretsBelow).encryptionKeys
  for (const environment of [secrets, production]) {
    const { encryptionKeys, jwt, warnings } = parseConfig({ ...environment, DATA_DIR: folder.path }, secretsBelow)
    expect(encryptionKeys).toEqual([Buffer.from(secrets.ENCRYPTION_KEY, 'base64'), made])
    expect(jwt.secret).toBe(secrets.JWT_SECRET_KEY)
    expect(warnings).toEqual([])
  }
})

test('production makes no secrets, nor takes those that were made', () => {
  using folder = newFolder()
  parseConfig({ DATA_DIR: folder.path }, secretsBelow)
  const environment = { ...production, JWT_SECRET_KEY: '', ENCRYPTION_KEY: '', DATA_DIR: folder.path }
  expect(() => parseConfig(environment, secretsBelow)).toThrow(
    /JWT_SECRET_KEY: is required[^]*ENCRYPTION_KEY: is required/,
  )
})

test('where no secret can be kept, that is said', () => {
  using folder = newFolder()
  const file = join(folder.path, 'a-file')
  writeFileSync(file, '')
  expect(() => parseConfig({ DATA_DIR: file }, secretsBelow)).toThrow(
    / {2}- JWT_SECRET_KEY and ENCRYPTION_KEY: none can be kept in .*DATA_DIR\.$/,
  )
})
