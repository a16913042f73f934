import { randomBytes } from 'node:crypto'
import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { expect, test } from 'vitest'
import { parseConfig } from '../../server/config.ts'
import { writeEnv } from '../../server/scripts/env.ts'
import { newFolder } from './script.ts'

test("a new .env starts the server, is its owner's alone, and has secrets of its own", () => {
  const [one, two] = [written(), written()]
  const config = parseConfig(one)
  expect(config).toMatchObject({ env: 'development', port: 8000, database: { kind: 'embedded' }, warnings: [] })
  expect(Buffer.from(config.jwt.secret, 'base64')).toHaveLength(32)
  expect(one['JWT_SECRET_KEY']).not.toBe(two['JWT_SECRET_KEY'])
  expect(one['ENCRYPTION_KEY']).not.toBe(two['ENCRYPTION_KEY'])
})

const own = { JWT_SECRET_KEY: randomBytes(32).toString('base64'), ENCRYPTION_KEY: randomBytes(32).toString('base64') }

test('a .env that lacks nothing stays as it is, but for who may read it', () => {
  using folder = folderWithExample()
  const file = join(folder.path, '.env')
  const text = `PORT=9000\nexport JWT_SECRET_KEY = "${own.JWT_SECRET_KEY}"\nENCRYPTION_KEY_FILE=/run/secrets/key`
  writeFileSync(file, text, { mode: 0o644 })
  expect(writeEnv(folder.path)).toBe('.env is there already and stays as it is.')
  expect(readFileSync(file, 'utf8')).toBe(text)
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test.each([
  ['copied by hand', 'PORT=9000\nJWT_SECRET_KEY=your-random-secret-made-by-make-env\nENCRYPTION_KEY=\n'],
  ['from the time of the original', 'JWT_SECRET_KEY="your-super-secret-jwt-key-change-in-production"\nPORT=9000'],
  ['from an editor of Windows', '\uFEFFJWT_SECRET_KEY = your-secret # soon\r\nPORT=9000\r\nENCRYPTION_KEY=""\r\n'],
  ['empty but for a port', 'PORT=9000'],
])('a .env %s gets its secrets filled in, says so, and nothing else changes', (_what, text) => {
  using folder = folderWithExample()
  const file = join(folder.path, '.env')
  writeFileSync(file, text)
  expect(writeEnv(folder.path)).toBe(
    '.env was there already; JWT_SECRET_KEY and ENCRYPTION_KEY are random now, the rest stays.',
  )
  const written = readFileSync(file, 'utf8')
  const { PORT, JWT_SECRET_KEY = '', ENCRYPTION_KEY = '' } = parseEnv(written)
  expect(PORT).toBe('9000')
  for (const secret of [JWT_SECRET_KEY, ENCRYPTION_KEY]) expect(Buffer.from(secret, 'base64')).toHaveLength(32)
  expect(written.match(/_KEY/g)).toHaveLength(2)
  expect(writeEnv(folder.path)).toBe('.env is there already and stays as it is.')
})

test('a .env that is a directory is told of', () => {
  using folder = folderWithExample()
  mkdirSync(join(folder.path, '.env'))
  expect(() => writeEnv(folder.path)).toThrow(/\.env is a directory\. Remove it/)
})

function written() {
  using folder = folderWithExample()
  expect(writeEnv(folder.path)).toBe('.env written, with random secrets.')
  expect(statSync(join(folder.path, '.env')).mode & 0o777).toBe(0o600)
  return parseEnv(readFileSync(join(folder.path, '.env'), 'utf8'))
}

function folderWithExample() {
  const folder = newFolder()
  copyFileSync(join(import.meta.dirname, '../../.env.example'), join(folder.path, '.env.example'))
  return folder
}
