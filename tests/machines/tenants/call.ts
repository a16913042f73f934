import type { TestApp } from '../../support/app.ts'

export interface Procedure {
  readonly name: string
  readonly type: string
}

export interface Answer {
  readonly status: number
  /** Null where it was answered. */
  readonly reason: string | null
  readonly text: string
}

/** One call over HTTP, as any program would make it. */
export async function callOver(
  app: TestApp,
  { name, type }: Procedure,
  { input, token }: { input: unknown; token?: string | undefined },
): Promise<Answer> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const url = `${await app.url()}/trpc/${name}`
  const json = input === undefined ? undefined : JSON.stringify(input)
  const response =
    type === 'query'
      ? await fetch(json === undefined ? url : `${url}?input=${encodeURIComponent(json)}`, { headers })
      : await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          ...(json === undefined ? {} : { body: json }),
        })
  const text = await response.text()
  const { error } = JSON.parse(text) as { error?: { data: { reason: string } } }
  return { status: response.status, reason: error?.data.reason ?? null, text }
}
