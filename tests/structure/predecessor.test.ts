import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

test('each of the sixteen faults of the program before this one has a test that is named after it', () => {
  const text = globSync('tests/**/*.test.ts', { cwd: root }).map((file) => readFileSync(join(root, file), 'utf8'))
  const named = [...text.join('\n').matchAll(/['"`]P(\d+): /g)].map(([, number]) => Number(number))
  expect(named.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 16 }, (_, index) => index + 1))
})
