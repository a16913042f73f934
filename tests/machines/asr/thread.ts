import { parentPort } from 'node:worker_threads'
import '../../support/loopback-only.ts'
import { playTask, type Task } from './tasks.ts'

// One task after the other, as they are handed out.
parentPort?.on('message', (task: Task | null) => {
  if (!task) return parentPort?.close()
  void playTask(task, (line) => parentPort?.postMessage({ line }, [])).then(
    (result) => parentPort?.postMessage({ result }, []),
    (error: unknown) => parentPort?.postMessage({ failure: error instanceof Error ? error.stack : String(error) }, []),
  )
})
