import { setTimeout as sleep } from 'node:timers/promises'
import { appRouter } from '../../server/router.ts'
import type { TestApp } from './app.ts'

export interface Procedure {
  readonly name: string
  readonly type: string
}

/** All that are offered. */
export const procedures: readonly Procedure[] = Object.entries(
  appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>,
).map(([name, { _def }]) => ({ name, type: _def.type }))

/** Those that are paged. */
export const pagedLists = procedures.filter(({ name, type }) => {
  const [group, procedure] = name.split('.') as [string, string]
  const routers = appRouter as unknown as Record<string, Record<string, { _def: { inputs: unknown[] } }>>
  const schema = JSON.stringify(routers[group]?.[procedure]?._def.inputs ?? [])
  return type === 'query' && schema.includes('"cursor"') && schema.includes('"limit"')
})

export interface RawAnswer {
  readonly status: number
  /** Of a call that was refused. */
  readonly data: { readonly reason: string; readonly fieldErrors: Record<string, string[]> | null } | undefined
  readonly text: string
}

/** One call over HTTP as any program would make it, with whatever input. */
export async function callRaw(
  app: Pick<TestApp, 'url'>,
  { name, type }: Procedure,
  input: unknown,
  token?: string,
): Promise<RawAnswer> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const url = `${await app.url()}/trpc/${name}`
  const json = input === undefined ? undefined : JSON.stringify(input)
  const response =
    type !== 'mutation'
      ? await fetch(json === undefined ? url : `${url}?input=${encodeURIComponent(json)}`, { headers })
      : await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          ...(json === undefined ? {} : { body: json }),
        })
  if (type === 'subscription' && response.ok) return beginningOf(response)
  const text = await response.text()
  const { error } = JSON.parse(text) as { error?: { data: NonNullable<RawAnswer['data']> } }
  return { status: response.status, data: error?.data, text }
}

/** What a stream says until nothing more comes for a while; a refusal has its status inside. */
async function beginningOf(response: Response): Promise<RawAnswer> {
  let text = ''
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    const read = await Promise.race([reader?.read(), sleep(300)])
    if (!read || read.done) break
    text += read.value
  }
  await reader?.cancel()
  const [, refusal] = /^event: serialized-error\ndata: (.*)$/m.exec(text) ?? []
  if (refusal === undefined) return { status: response.status, data: undefined, text }
  const { data } = JSON.parse(refusal) as { data: NonNullable<RawAnswer['data']> & { httpStatus: number } }
  return { status: data.httpStatus, data, text }
}
