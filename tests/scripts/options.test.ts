import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { newSettings, runScript } from './script.ts'

const folder = join(import.meta.dirname, '../../server/scripts')
const commands = readdirSync(folder)
  .filter((file) => file.endsWith('.ts'))
  .filter((file) => /^(if \(import\.meta\.main\)|await runScript)/m.test(readFileSync(join(folder, file), 'utf8')))
  .map((file) => file.slice(0, -'.ts'.length))

test.each(commands)('%s refuses an option it does not know, in one sentence', async (name) => {
  using settings = newSettings()
  const { code, lines, errors } = await runScript(name, { args: ['--nonsense'], env: settings.env })
  expect({ code, lines }).toEqual({ code: 1, lines: [''] })
  expect(errors).toMatch(/^Usage: .+$/)
})

test('every command is among them', () => {
  expect(commands).toEqual(expect.arrayContaining(['codegen', 'connect', 'doctor', 'env', 'migrate', 'redrive']))
})
