import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempDisposableSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StartError } from '../../../server/errors.ts'
import { flag } from '../kit/command-line.ts'
import { runMachine } from '../kit/run-machine.ts'
import { filesOf, judge, lineOf, outcomeOf, type Report } from './machine.ts'
import { requirements } from './requirements.ts'

const root = join(import.meta.dirname, '../../..')
const hasServer = process.env['TEST_DATABASE_URL'] !== undefined

await runMachine(
  {
    command: 'test:asvs',
    about: 'Every requirement of OWASP ASVS 5.0 that applies, by its id, with the tests that show it.',
    options: { list: flag('print the requirements and their tests, and run nothing') },
  },
  async ({ list }, { tell }) => {
    if (list) return printTable()
    const verdicts = judge(requirements, await reportOf(filesOf(requirements, hasServer)), hasServer)
    for (const verdict of verdicts) tell(lineOf(verdict))
    return outcomeOf(verdicts)
  },
)

function printTable(): undefined {
  for (const { id, holds, shownBy, isPending } of requirements) {
    console.log(`${id}  ${holds}`)
    for (const { file, title } of shownBy) console.log(`    ${file}: ${title}`)
    if (shownBy.length === 0) console.log(`    ${isPending ? 'pending' : 'missing'}`)
  }
}

/** Of `npm test` on these files. That some of them fail is in the report, not in its exit code. */
async function reportOf(files: readonly string[]): Promise<Report> {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'reasonflow-asvs-'))
  const report = join(folder.path, 'report.json')
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const child = spawn(process.execPath, [vitest, 'run', ...files, ...reporters], {
    cwd: root,
    env: { ...process.env, SEAL_ROUNDS: '500000' },
    // The standard output is for the last line.
    stdio: ['ignore', process.stderr, process.stderr],
  })
  await once(child, 'exit')
  if (!existsSync(report)) throw new StartError('The tests ended without a report.')
  return JSON.parse(readFileSync(report, 'utf8')) as Report
}
