import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { Random } from '../../support/seeded-random.ts'
import { type Proof, proofs } from './proofs.ts'

const root = join(import.meta.dirname, '../../..')

const Report = z.object({
  testResults: z.array(z.object({ assertionResults: z.array(z.object({ status: z.string() })) })),
})

interface Counts {
  readonly passed: number
  readonly failed: number
}

/** Runs the test of each setting as it is, and with the setting ignored: there it must fail. */
export async function ignoreSettings({
  settings,
  seed,
  tell,
}: {
  settings: number
  seed: number
  tell(line: string): void
}): Promise<{ figures: { settings: number; noticed: number }; problems: string[] }> {
  const random = new Random(seed)
  const chosen = Object.entries(proofs)
    .map(([name, proof]) => ({ name, proof, place: random.next() }))
    .toSorted((one, other) => one.place - other.place)
    .slice(0, settings)
  const problems: string[] = []
  for (const { name, proof } of chosen) {
    const asItIs = await play(proof, null)
    const ignored = await play(proof, name)
    const isNoticed = asItIs.passed > 0 && asItIs.failed === 0 && ignored.failed > 0
    const seen = `as it is ${asItIs.passed} passed, ${asItIs.failed} failed; ignored ${ignored.failed} failed`
    if (!isNoticed) problems.push(`nobody notices that ${name} is ignored: ${proof.file}, “${proof.test}”: ${seen}`)
    tell(`${name}: ${seen}`)
  }
  return { figures: { settings: chosen.length, noticed: chosen.length - problems.length }, problems }
}

async function play({ file, test }: Proof, ignored: string | null): Promise<Counts> {
  const folder = await mkdtemp(join(tmpdir(), 'reasonflow-settings-'))
  const report = join(folder, 'report.json')
  try {
    const name = test.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
    const loader = join(import.meta.dirname, 'ignore.ts')
    const env = {
      ...process.env,
      TEST_REPORT: report,
      NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --import ${loader}`.trim(),
      ...(ignored !== null && { IGNORED_SETTING: ignored }),
    }
    const args = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', join('tests', file), '-t', name]
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: 'ignore' })
    await new Promise((resolve) => child.once('exit', resolve))
    const { testResults } = Report.parse(JSON.parse(await readFile(report, 'utf8')))
    const statuses = testResults.flatMap(({ assertionResults }) => assertionResults.map(({ status }) => status))
    const count = (wanted: string) => statuses.filter((status) => status === wanted).length
    return { passed: count('passed'), failed: count('failed') }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
