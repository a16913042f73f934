import { copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs'
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

test('a .env that is there stays as it is', () => {
  using folder = folderWithExample()
  writeFileSync(join(folder.path, '.env'), 'PORT=9000\n')
  expect(writeEnv(folder.path)).toBe('.env is there already and stays as it is.')
  expect(readFileSync(join(folder.path, '.env'), 'utf8')).toBe('PORT=9000\n')
})

test('a .env that was copied by hand gets its secrets filled in, and nothing else changed', () => {
  using folder = folderWithExample()
  const file = join(folder.path, '.env')
  writeFileSync(file, 'PORT=9000\nJWT_SECRET_KEY=your-random-secret-made-by-make-env\nENCRYPTION_KEY=\n')
  expect(writeEnv(folder.path)).toContain('random ones now')
  const { PORT, JWT_SECRET_KEY = '', ENCRYPTION_KEY = '' } = parseEnv(readFileSync(file, 'utf8'))
  expect(PORT).toBe('9000')
  for (const secret of [JWT_SECRET_KEY, ENCRYPTION_KEY]) expect(Buffer.from(secret, 'base64')).toHaveLength(32)
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
