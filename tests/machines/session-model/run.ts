import { seed, wholeNumber } from '../kit/command-line.ts'
import { quickDatabase } from '../kit/databases.ts'
import { runMachine } from '../kit/run-machine.ts'
import { playRuns } from './machine.ts'
import { openStage } from './stage.ts'

await runMachine(
  {
    command: 'test:session-model',
    about: 'Random sign-ins, refreshes, replays, logouts and days that pass: a refresh token is good once.',
    options: { runs: wholeNumber('runs of up to 30 commands', 2_000), seed },
  },
  async ({ runs, seed }, { seconds, again }) => {
    await using database = await quickDatabase()
    await using stage = await openStage(database.config)
    const { problems, ...figures } = await playRuns(stage, { runs, seed })
    return {
      figures: { ...figures, failures: problems.length, seconds: seconds() },
      problems: problems.map((problem) => `${problem}\n(again: ${again(`--seed ${seed}`)})`),
    }
  },
)
