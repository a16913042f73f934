import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { vendorNames } from '../../server/errors.ts'

const root = join(import.meta.dirname, '../..')
const page = readFileSync(join(root, 'docs/outside-services.md'), 'utf8')
const rows = [...page.matchAll(/^\| ([^|]+) \| [^|]+ \| `([^`]+)`: `([^`]+)` \|$/gm)].map(
  ([, service = '', file = '', code = '']) => ({ service, file, code }),
)

test('deadlines, tries and pools of every service outside are written down, as the code has them', () => {
  expect(rows.length).toBe(page.split('\n').filter((line) => line.startsWith('| ')).length - 1)
  const others = ['PostgreSQL', 'The collector of traces']
  expect([...new Set(rows.map(({ service }) => service))].sort()).toEqual(
    [...Object.values(vendorNames), ...others].sort(),
  )
  const wrong = rows.filter(({ file, code }) => !readFileSync(join(root, file), 'utf8').includes(code))
  expect(wrong).toEqual([])
  expect(readFileSync(join(root, 'server/adapters/circuit.ts'), 'utf8')).toMatch(
    /size: 20, minimumNumberOfCalls: 10, threshold: 0\.6 .*\nconst pauseMs = 30_000/,
  )
})
