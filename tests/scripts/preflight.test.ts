import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { tellUnwritable } from '../../server/errors.ts'
import { newFolder } from './script.ts'

const preflight = 'server/scripts/preflight.cjs'
const own = join(import.meta.dirname, '../..', preflight)

test('before npm ci every command says to run it, but for those that need no package', () => {
  using folder = newCheckout(packageJson.engines.node)
  expect(start(folder.path, 'main.js')).toEqual({
    code: 1,
    output: 'ReasonFlow is not installed yet. Run npm ci first, in this folder (make does it by itself).\n',
  })
  expect(start(folder.path, 'env.ts')).toEqual({ code: 0, output: 'it runs\n' })
  mkdirSync(join(folder.path, 'node_modules/kysely'), { recursive: true })
  expect(start(folder.path, 'main.js')).toEqual({ code: 0, output: 'it runs\n' })
})

test('a Node that is too old is told with the one that is needed', () => {
  using folder = newCheckout('>=99.1')
  expect(start(folder.path, 'env.ts')).toMatchObject({
    code: 1,
    output: expect.stringMatching(/Run npm ci first/) as string,
  })
  mkdirSync(join(folder.path, 'node_modules/kysely'), { recursive: true })
  const { code, output } = start(folder.path, 'main.js')
  expect(code).toBe(1)
  expect(output).toMatch(/^This is Node \d+\.\d+\.\d+, and ReasonFlow needs 99\.1 or newer\. .*\n$/)
})

test('every npm script that runs a file of ours looks first', () => {
  const scripts = Object.values(packageJson.scripts).filter((script) => /^node .*(server|demo)\//.test(script))
  expect(scripts.length).toBeGreaterThan(10)
  expect(scripts.filter((script) => !script.includes(`${preflight} `))).toEqual([])
})

test('a checkout that belongs to somebody else is told of', () => {
  const error = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES', path: '/elsewhere/.env' })
  expect(tellUnwritable(error)).toMatch(/^This user may not change \/elsewhere\/\.env \(EACCES.*\)\. Make it yours/)
  expect(tellUnwritable(Object.assign(new Error('no'), { code: 'ENOENT', path: '/elsewhere' }))).toBeUndefined()
})

function newCheckout(engine: string) {
  const folder = newFolder()
  writeFileSync(join(folder.path, 'package.json'), JSON.stringify({ type: 'module', engines: { node: engine } }))
  cpSync(own, join(folder.path, preflight))
  for (const file of ['main.js', 'env.ts']) writeFileSync(join(folder.path, file), "console.log('it runs')")
  return folder
}

function start(cwd: string, file: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--require', `./${preflight}`, file], {
    cwd,
    encoding: 'utf8',
  })
  return { code: status, output: stdout + stderr }
}
