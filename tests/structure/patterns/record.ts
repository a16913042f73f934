import { parentPort, workerData } from 'node:worker_threads'

/** A regular expression that was made while a module was loaded, and where: `/…/server/mail/reply-marks.ts:6:14`. */
export interface Recorded {
  readonly position: string
  readonly source: string
  readonly flags: string
}

const made: Recorded[] = []
const Original = RegExp
globalThis.RegExp = new Proxy(Original, {
  construct: (_target, given) => record(Reflect.construct(Original, given) as RegExp),
  apply: (_target, _self, given) => record(Reflect.apply(Original, undefined, given) as RegExp),
})

for (const file of workerData as readonly string[]) await import(file)
parentPort?.postMessage(made, [])

function record(expression: RegExp): RegExp {
  const [, , , caller = ''] = new Error('here').stack?.split('\n') ?? []
  const position = /(?:file:\/\/)(?<position>.+:\d+:\d+)/.exec(caller)?.groups?.['position']
  if (position) made.push({ position, source: expression.source, flags: expression.flags })
  return expression
}
