import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withCrowd } from './tenants/owners/crowd.ts'
import { ownerFilters, ownersFunctions, root } from './tenants/owners/filters.ts'
import { judge } from './tenants/owners/judge.ts'
import { allPlays } from './tenants/owners/plays.ts'

test('no query answers, locks or changes anything of another owner who has the same ids', () =>
  withCrowd(async (crowd) => {
    const plays = allPlays(crowd.known)
    const played = new Set(plays.map(({ file, name }) => `${file} ${name}`))
    expect(ownersFunctions().filter((name) => !played.has(name))).toEqual([])
    const { judged, problems } = await judge(crowd, plays)
    expect(problems).toEqual([])
    expect(judged.length).toBeGreaterThan(2 * plays.length)
  }))

test('a query that looks at the rows of others is found, whether it answers them or changes them', () =>
  withCrowd(async (crowd) => {
    const [play] = allPlays(crowd.known).filter(({ name }) => name === 'findDraft')
    if (!play) throw new Error('there is no such play')
    const careless = [
      { ...play, name: 'read', call: () => crowd.db.selectFrom('drafts').select('body').execute() },
      { ...play, name: 'write', call: () => crowd.db.updateTable('drafts').set({ body: 'x' }).execute() },
      {
        ...play,
        name: 'lock',
        call: async () => void (await crowd.db.selectFrom('drafts').select('id').forUpdate().execute()),
      },
      { ...play, name: 'nothing', call: () => null },
    ]
    const { problems } = await judge(crowd, careless)
    for (const { name } of careless)
      expect([name, problems.some((one) => one.includes(` ${name} `))]).toEqual([name, true])
  }))

test('wherever a query compares with its owner, that can be taken out', () => {
  const filters = ownerFilters()
  expect(new Set(filters.map(({ name }) => name)).size).toBe(filters.length)
  const missed = globSync('server/db/**/*.ts', { cwd: root }).flatMap((file) => {
    const places = [...readFileSync(join(root, file), 'utf8').matchAll(/'=', userId\b|= \$\{userId\}/g)]
    const known = filters.filter((filter) => filter.file === file)
    return places
      .filter(({ index }) => !known.some(({ at, text }) => at <= index && index < at + text.length))
      .map(({ index }) => `${file} at ${index}`)
  })
  expect(missed).toEqual([])
})
