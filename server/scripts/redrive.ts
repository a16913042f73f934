import { bootstrap } from '../bootstrap.ts'
import { readConfig } from '../config.ts'
import { StartError } from '../errors.ts'
import { type JobName, jobCatalog } from '../jobs/catalog.ts'
import type { DeadLetter } from '../ports.ts'
import { forScript, readArguments, runScript } from './run-script.ts'

const shown = 100

await runScript(async () => {
  const { all, job, id } = readOptions()
  await using app = await bootstrap(forScript(readConfig()))
  const { jobs } = app.ctx
  if (!all && !job && !id) return list(await jobs.deadLetters(shown))
  const count = await jobs.redrive({ ...(id ? { ids: id } : {}), ...(job ? { job } : {}) })
  console.log(count === 1 ? '1 job starts anew' : `${count} jobs start anew`)
})

function readOptions(): { all?: boolean; job?: JobName; id?: string[] } {
  const { values } = readArguments('npm run redrive [-- --all | --job <name> | --id <id> [--id <id>]]', {
    options: { all: { type: 'boolean' }, job: { type: 'string' }, id: { type: 'string', multiple: true } },
  })
  const { job, ...others } = values
  if (job === undefined) return others
  if (job in jobCatalog) return { ...others, job: job as JobName }
  throw new StartError(`There is no job named ${job}. There are: ${Object.keys(jobCatalog).join(', ')}.`)
}

function list(letters: readonly DeadLetter[]): void {
  if (letters.length === 0) return console.log('no job has failed for good')
  for (const { id, job, tries, reason, failedAt, payload } of letters) {
    console.log(`${failedAt.toISOString()}  ${id}  ${job}, ${tries} tries: ${reason}  ${JSON.stringify(payload)}`)
  }
  console.log('npm run redrive -- --all gives them a new start; --job <name> or --id <id> only some.')
}
