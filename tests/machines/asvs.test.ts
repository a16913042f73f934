import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { filesOf, judge, outcomeOf } from './asvs/machine.ts'
import { each, fits, later, must, of } from './asvs/requirement.ts'
import { requirements } from './asvs/requirements.ts'

const root = join(import.meta.dirname, '../..')

const ids = `
  1.2.4 1.3.6 1.3.11 1.3.12 2.2.1 2.2.2 2.3.1 2.3.3 2.3.4 2.4.1 3.3.1 3.3.2 3.3.4 3.4.2 3.5.1 3.5.2 3.5.3 3.7.2
  4.1.3 4.4.2 4.4.3 6.2.1 6.2.4 6.2.8 6.2.9 6.3.1 6.8.1 7.4.1 7.4.2 7.4.3 8.2.2 8.2.3 8.3.2 8.4.1
  9.1.1 9.1.2 9.2.1 9.2.2 9.2.3 10.1.2 10.2.1 10.2.3 10.4.5 10.4.8 10.5.1 10.5.2 10.5.4
  11.2.2 11.3.2 11.3.3 11.3.4 11.4.2 11.5.1 13.1.3 13.2.4 13.2.6 13.3.1 14.2.1 14.2.7
  15.2.2 15.3.3 15.3.4 15.4.2 16.2.5 16.3.1 16.3.2 16.5.1 16.5.2 16.5.3
`

test('the table has every requirement that applies, each once', () => {
  const listed = ids.trim().split(/\s+/)
  expect(listed).toHaveLength(69)
  expect(requirements.map(({ id }) => id).sort()).toEqual(listed.sort())
})

test('what is pending is known, and every test that is named is there', () => {
  expect(requirements.filter(({ isPending }) => isPending).map(({ id }) => id)).toEqual([])
  const sources = new Map(
    filesOf(requirements, true).map((file) => {
      const path = join(root, file)
      return [file, existsSync(path) ? readFileSync(path, 'utf8') : '']
    }),
  )
  const lost = requirements.flatMap(({ id, shownBy }) =>
    shownBy
      .filter(({ file, title }) => !titlesOf(sources.get(file) ?? '').includes(title))
      .map(({ file, title }) => `${id}: ${file}: ${title}`),
  )
  expect(lost).toEqual([])
})

/** Whatever stands between quotes after an opening bracket: titles, and values of tests that are none. */
function titlesOf(source: string): string[] {
  return [...source.matchAll(/\(\s*(?:'([^'\n]*)'|"([^"\n]*)")\s*,/g)].map(
    ([, single, double]) => single ?? double ?? '',
  )
}

test('the title of an each stands for those that fit around its placeholders, any other for itself', () => {
  const [plain, template, bare] = of(
    'a',
    'at least 90 %, and %s',
    each('%s means %s, after %i tries'),
    each('%s is out'),
  )
  expect(fits(plain!, 'at least 90 %, and %s')).toBe(true)
  expect(fits(plain!, 'at least 90 %, and more')).toBe(false)
  expect(fits(template!, '503 means unavailable, after 3 tries')).toBe(true)
  expect(fits(template!, '503 means unavailable')).toBe(false)
  expect(fits(bare!, 'whatever is out')).toBe(true)
  expect(fits(bare!, 'whatever is out of reach')).toBe(false)
  expect(fits(of('a', each('when $vendor answers'))[0]!, 'when gemini answers')).toBe(true)
  expect(fits(of('a', each('opens for %o'))[0]!, 'opens for { a: 1 }')).toBe(true)
})

test('a test that failed, is gone or was never written fails its requirement; one without its server does not', () => {
  const table = [
    must('1', 'holds', of('a', 'good')),
    must('2', 'fails', of('a', 'good', each('%s is bad'))),
    must('3', 'was renamed', of('a', 'good', 'gone')),
    must('4', 'was never shown'),
    later('5', 'is not built yet'),
    must('6', 'needs a server', of('b.native', 'good')),
    must('7', 'was left out', of('a', 'left out')),
    must('8', 'is in another file', of('b', 'good')),
  ]
  const assertionResults = [
    { title: 'good', status: 'passed' },
    { title: 'one is bad', status: 'passed' },
    { title: 'two is bad', status: 'failed' },
    { title: 'left out', status: 'skipped' },
  ]
  const report = { testResults: [{ name: '/somewhere/tests/a.test.ts', assertionResults }] }
  const { figures, problems } = outcomeOf(judge(table, report, false))
  expect(figures).toEqual({
    ids: 8,
    passed: 1,
    pending: ['5'],
    missing: ['4'],
    failed: ['2', '3', '8'],
    notRun: ['6', '7'],
  })
  expect(problems.map((problem) => problem.slice(0, 2))).toEqual(['2:', '3:', '4:', '8:'])
  expect(outcomeOf(judge(table, report, true)).figures).toMatchObject({ failed: ['2', '3', '6', '8'] })
})
