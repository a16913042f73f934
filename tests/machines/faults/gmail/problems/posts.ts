import type { SandboxRequest } from '../../../../../google-sandbox/sandbox.ts'
import type { JobRun } from '../../log.ts'

const create = /\/drafts$/
const send = /\/drafts\/send$/
const isPost = (path: RegExp, call: SandboxRequest) => call.method === 'POST' && path.test(call.path)

/** No layer repeats a POST, but after a 401; and no draft is sent before it was read back, nor again before a look at its thread. */
export function postProblems(jobRuns: readonly JobRun[]): string[] {
  return [...jobRuns.flatMap((run) => [...repeated(create, run), ...repeated(send, run)]), ...blindSends(jobRuns)]
}

function repeated(path: RegExp, { name, calls }: JobRun): string[] {
  const posts = calls.filter((call) => isPost(path, call))
  const isRepeated = posts.slice(0, -1).some(({ status }) => status !== 401)
  return isRepeated ? [`${name} repeated ${posts[0]?.path} within one run`] : []
}

function blindSends(jobRuns: readonly JobRun[]): string[] {
  let mayBeOut = false
  const problems: string[] = []
  for (const { calls } of jobRuns) {
    let seen = new Set<string>()
    for (const call of calls) {
      if (call.method === 'GET' && call.status === 200) seen.add(call.path.split('/').at(-2) ?? '')
      if (isPost(create, call) && call.status === 200) mayBeOut = false
      if (!isPost(send, call)) continue
      if (!seen.has('drafts')) problems.push('a draft was sent without having been read back')
      if (mayBeOut && !seen.has('threads')) problems.push('a draft was sent again without a look')
      // A 401 and any other refusal say that nothing was done; a later run cannot know which it was.
      mayBeOut = call.status !== 401
      if (mayBeOut) seen = new Set()
    }
  }
  return problems
}
