import { bootstrap } from '../bootstrap.ts'
import { readConfig } from '../config.ts'
import {
  automaticSendingStoppedSince,
  startAutomaticSending,
  stopAutomaticSending,
  unsentAutomaticReplies,
} from '../db/system/system-state.ts'
import { StartError } from '../errors.ts'
import { step } from '../step.ts'
import { forScript, readArguments, runScript } from './run-script.ts'

await runScript(async () => {
  const { stop, start } = readOptions()
  const config = readConfig()
  await using app = await bootstrap(forScript(config))
  const { db, clock } = app.ctx
  if (stop) await step('stop-sending', () => stopAutomaticSending(db, clock.now().toISOString()))
  if (start) await step('start-sending', () => startAutomaticSending(db))

  const since = await automaticSendingStoppedSince(db)
  const { waiting, sending } = await unsentAutomaticReplies(db)
  if (!since) {
    const isEnabled = config.autoSendEnabled ? '' : ', but AUTO_SEND_ENABLED is not set: nothing goes out by itself'
    console.log(`Automatic sending is not stopped${isEnabled}. Waiting: ${waiting}.`)
    return
  }
  console.log(`Automatic sending is stopped for everybody since ${since}. What people approve goes out.`)
  console.log(`${waiting} waiting come back to review at their time; ${sending} had begun and may be out.`)
  console.log('npm run sending -- --start lets it go on.')
})

function readOptions(): { stop?: boolean; start?: boolean } {
  const usage = 'npm run sending [-- --stop | --start]'
  const { values } = readArguments(usage, { options: { stop: { type: 'boolean' }, start: { type: 'boolean' } } })
  if (values.stop && values.start) throw new StartError(`Usage: ${usage}`)
  return values
}
