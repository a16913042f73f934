import { execFile } from 'node:child_process'
import { cpSync, globSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StartError } from '../../../server/errors.ts'
import { bare, newFolder } from '../../support/child.ts'
import { Random } from '../../support/seeded-random.ts'

const root = join(import.meta.dirname, '../../..')
const parts = [
  'server',
  'shared-types',
  'migrations',
  'google-sandbox',
  'demo',
  'tests',
  'package.json',
  'package-lock.json',
]
const ownerFilter = /\.where\('(?:\w+\.)?userId', '=', (?:\w+\.)?userId\)/g
const timeoutMs = 300_000

interface Site {
  readonly file: string
  readonly at: number
  readonly text: string
}

/** Every place where a query names its owner. */
export function ownerFilters(): Site[] {
  return globSync('server/db/**/*.ts', { cwd: root })
    .toSorted()
    .flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(ownerFilter)].map(({ index, 0: text }) => ({
        file,
        at: index,
        text,
      })),
    )
}

/** Takes the owner out of one query after the other in a copy of the program, and plays this machine there: it must notice. */
export async function takeOutOwners(
  { mutants, seed }: { mutants: number; seed: number },
  tell: (line: string) => void,
): Promise<{ figures: { mutants: number; killed: number }; problems: string[] }> {
  const random = new Random(seed)
  const sites = ownerFilters()
    .map((site) => ({ ...site, place: random.next() }))
    .toSorted((one, other) => one.place - other.place)
    .slice(0, mutants)
  using folder = newFolder()
  for (const part of parts) cpSync(join(root, part), join(folder.path, part), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder.path, 'node_modules'))
  if (!(await passes(folder.path))) throw new StartError('The copy of the program does not pass as it is.')
  const problems: string[] = []
  for (const site of sites) {
    const path = join(folder.path, site.file)
    const original = readFileSync(path, 'utf8')
    writeFileSync(path, original.slice(0, site.at) + original.slice(site.at + site.text.length))
    const isNoticed = !(await passes(folder.path))
    writeFileSync(path, original)
    const line = original.slice(0, site.at).split('\n').length
    tell(`${isNoticed ? 'noticed' : 'NOT noticed'}: ${site.file}:${line} without its owner`)
    if (!isNoticed) problems.push(`${site.file}:${line} without its owner is not noticed`)
  }
  return { figures: { mutants: sites.length, killed: sites.length - problems.length }, problems }
}

function passes(cwd: string): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['tests/machines/tenants/run.ts'],
      { cwd, env: bare, timeout: timeoutMs, maxBuffer: 2 ** 26 },
      (error) => resolve(error === null),
    )
  })
}
