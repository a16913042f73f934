import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lockDirectory } from '../../server/db/engine/directory-lock.ts'
import { StartError } from '../../server/errors.ts'
import { newFolder, startNode } from '../support/child.ts'

const module = join(import.meta.dirname, '../../server/db/engine/directory-lock.ts')

/** A process that takes the directory, says so, and lives on. */
function holder(directory: string) {
  return startNode([
    '--input-type=module',
    '--eval',
    `const { lockDirectory } = await import(${JSON.stringify(module)})
     try { lockDirectory(${JSON.stringify(directory)}); console.log('held'); setInterval(() => {}, 1000) }
     catch (error) { console.log(error.name + ': ' + error.message) }`,
  ])
}

test('while one process holds a directory another is refused with one sentence that names it', async () => {
  using folder = newFolder()
  await using first = holder(folder.path)
  await first.printed('held')
  expect(() => lockDirectory(folder.path)).toThrow(StartError)
  await using second = holder(folder.path)
  await second.ended
  const [line, ...rest] = second.output().split('\n')
  expect(rest).toEqual([''])
  expect(line).toContain(`StartError: The data directory ${folder.path} is in use by process ${first.pid}. Stop that`)
  expect(readFileSync(join(folder.path, 'lock'), 'utf8')).toBe(String(first.pid))
})

test('a process killed with its lock leaves the directory to the next one', async () => {
  using folder = newFolder()
  await using first = holder(folder.path)
  await first.printed('held')
  first.kill('SIGKILL')
  await first.ended
  expect(existsSync(join(folder.path, 'lock'))).toBe(true)
  const lock = lockDirectory(folder.path)
  expect(readFileSync(join(folder.path, 'lock'), 'utf8')).toBe(String(process.pid))
  lock.release()
})

test('a directory that was given back can be taken again, by anybody', () => {
  using folder = newFolder()
  const lock = lockDirectory(folder.path)
  expect(() => lockDirectory(folder.path)).toThrow(/in use by process/)
  lock.release()
  expect(existsSync(join(folder.path, 'lock'))).toBe(false)
  lockDirectory(folder.path).release()
})

test.each(['', 'garbage', '-1', '0', '1.5', 'NaN', '\0\0\0\0', '99999999999999999999'])(
  'a lock file that names no process is taken over: %j',
  (content) => {
    using folder = newFolder()
    writeFileSync(join(folder.path, 'lock'), content)
    const lock = lockDirectory(folder.path)
    expect(readFileSync(join(folder.path, 'lock'), 'utf8')).toBe(String(process.pid))
    lock.release()
  },
)

test('a lock left by an earlier process that had our number, as in a restarted container, is taken over', () => {
  using folder = newFolder()
  writeFileSync(join(folder.path, 'lock'), String(process.pid))
  const lock = lockDirectory(folder.path)
  expect(() => lockDirectory(folder.path)).toThrow(/in use by process/)
  lock.release()
})

test('a directory that cannot be written is an error of its own, not a lock', () => {
  expect(() => lockDirectory('/nonexistent/folder')).toThrow(/ENOENT/)
})
