import { procedures } from '../../support/procedures.ts'
import type { Shot } from './shot.ts'
import type { Answer } from './wire.ts'

interface Told {
  readonly error?: { readonly data?: { readonly httpStatus?: number } }
}

/** Who was answered what: a fuzz that meets limits alone, or forms alone, shows nothing. */
export function createTally() {
  const byName = new Map(procedures.map(({ name }) => [name, { answered: 0, invalid: 0 }]))
  const figures = { answered: 0, refusedByHandler: 0, invalid: 0, limited: 0 }

  function countOne(name: string, status: number): void {
    const counts = byName.get(name)
    if (!counts) return
    if (status < 400) counts.answered += 1
    else if (status === 400) counts.invalid += 1
  }

  return {
    count({ procedures }: Shot, answer: Answer, reasons: readonly string[]): void {
      const statuses = procedures.length > 0 ? statusesOf(answer) : []
      for (const [index, status] of statuses.entries()) countOne(procedures[index] ?? '', status)
      const status = statuses[0] ?? answer.statuses[0] ?? 0
      if (reasons.includes('RATE_LIMITED')) figures.limited += 1
      else if (status > 0 && status < 400) figures.answered += 1
      else if (status === 404 || status === 409 || status === 412 || status === 422) figures.refusedByHandler += 1
      else figures.invalid += 1
    },
    figures: () => ({ procedures: byName.size, ...figures }),
    /** Procedures that were never answered, or took everything. */
    missed: () =>
      [...byName].flatMap(([name, { answered, invalid }]) => [
        ...(answered === 0 ? [`${name} was never answered`] : []),
        ...(invalid === 0 ? [`${name} never refused its input`] : []),
      ]),
  }
}

/** Of each call of a request. */
function statusesOf({ statuses: [status = 0], text, headers }: Answer): number[] {
  const [, refusal] = /^event: serialized-error\ndata: (.*)$/m.exec(text) ?? []
  if (refusal !== undefined)
    return [(JSON.parse(refusal) as { data?: { httpStatus?: number } }).data?.httpStatus ?? status]
  if (!headers['content-type']?.startsWith('application/json') || !text.startsWith('[')) return [status]
  return (JSON.parse(text) as Told[]).map(({ error }) => (error ? (error.data?.httpStatus ?? status) : 200))
}
