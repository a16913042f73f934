import '../../support/loopback-only.ts'
import { playTasks } from '../kit/threads.ts'
import { playTask, type Task, type TaskResult } from './tasks.ts'

await playTasks((task: Task, tell) =>
  playTask(task, tell).catch((error: unknown): TaskResult => {
    // The others go on: one that broke is as wrong as one that found something.
    return { figures: {}, problems: [error instanceof Error ? (error.stack ?? error.message) : String(error)] }
  }),
)
