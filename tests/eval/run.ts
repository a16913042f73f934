import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { flag, someOf, text } from '../machines/kit/command-line.ts'
import { quickDatabase } from '../machines/kit/databases.ts'
import { runMachine } from '../machines/kit/run-machine.ts'
import { readCases, splits } from './case.ts'
import { fallen } from './floor.ts'
import { playCase } from './play-case.ts'
import { chartOf, curveOf, type Report, tableOf } from './report.ts'
import { type Figures, reliabilityOf, scoreCases, scoreTriage } from './scorecard.ts'
import { playTriage, readTriage } from './triage.ts'
import { openStage } from './world.ts'

const here = import.meta.dirname

/** A model of a key or a server of one's own takes the place of the offline one where the environment names it. */
function modelEnvironment(): Record<string, string> {
  const named = Object.entries(process.env).filter(([name]) => /^(?:MODEL_PROVIDER|GEMINI_\w+|OPENAI_\w+)$/.test(name))
  return Object.fromEntries(named.flatMap(([name, value]) => (value ? [[name, value]] : [])))
}

await runMachine(
  {
    command: 'eval',
    about:
      'What the agent makes of mails whose right answer is known: with the offline model, or the one that MODEL_PROVIDER names.',
    options: {
      split: someOf(splits, 'only these cases'),
      theme: text('only the cases of this file', 'name'),
      write: flag('writes report.md, report.json and report.svg beside the cases'),
    },
  },
  async ({ split = splits, theme, write }, { tell, seconds }) => {
    const environment = modelEnvironment()
    await using database = await quickDatabase()
    await using stage = await openStage({ environment, database: database.config })
    const { model } = stage.app.ctx
    const figures: Record<string, Figures> = {}
    let reliability: Report['reliability']
    for (const part of split) {
      const cases = readCases().filter((one) => one.split === part && (theme === undefined || one.theme === theme))
      const played = []
      for (const one of cases) played.push(await playCase(stage, one))
      figures[part] = scoreCases(played)
      if (part === 'held-out') reliability = reliabilityOf(played).bins
      const mails = theme === undefined ? readTriage(part) : []
      if (mails.length > 0) figures[`triage ${part}`] = scoreTriage(await playTriage(stage, mails))
      tell(`${part}: ${cases.length} cases and ${mails.length} mails of the public set played`)
    }
    const report: Report = { model: model.ids.generate, figures, ...(reliability && { reliability }) }
    tell(tableOf(report))
    const isWhole = theme === undefined && split.length === splits.length
    if (write && isWhole) {
      mkdirSync(here, { recursive: true })
      writeFileSync(join(here, 'report.json'), `${JSON.stringify(report, null, 2)}\n`)
      writeFileSync(join(here, 'report.md'), pageOf(report))
      writeFileSync(join(here, 'report.svg'), chartOf(report))
    }
    const kept = JSON.parse(readFileSync(join(here, 'report.json'), 'utf8')) as Report
    const isOffline = (environment['MODEL_PROVIDER'] ?? 'offline') === 'offline'
    const held = figures['held-out'] ?? figures['dev'] ?? {}
    return {
      figures: { model: report.model, ...held, ...prefixed(figures), seconds: seconds() },
      problems: isOffline && theme === undefined && !write ? fallen(report, kept) : [],
    }
  },
)

/** As people read it. */
function pageOf(report: Report): string {
  return [
    '# The scorecard',
    'Written by `npm run eval -- --write`. `dev` is looked at while the product is made, `held-out` only ever measures it; `triage` is a public set.',
    tableOf(report),
    '![Shares](report.svg)',
    'How often a confidence in the intent was right, of the held-out cases:',
    curveOf(report),
    '',
  ].join('\n\n')
}

/** The other parts beside the held-out cases, each figure under the name of its part. */
function prefixed(figures: Readonly<Record<string, Figures>>) {
  const others = Object.entries(figures).filter(([part]) => part !== 'held-out')
  return Object.fromEntries(others.map(([part, found]) => [part, found]))
}
