import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Validator } from '@seriousme/openapi-schema-validator'
import { OpenAPIClientAxios, type Document } from 'openapi-client-axios'
import { afterAll, expect, test } from 'vitest'
import type { z } from 'zod'
import { appRouter } from '../../server/router.ts'
import { exampleOf } from '../../server/scripts/docs/example.ts'
import { readApi } from '../../server/scripts/docs/procedures.ts'
import { createTestApp } from '../support/app.ts'
import { openInbox } from '../support/connected-inbox.ts'

const app = await createTestApp()
afterAll(() => app[Symbol.asyncDispose]())

const root = join(import.meta.dirname, '../..')
const read = (name: string) => readFileSync(join(root, 'docs', name), 'utf8')
const openApi = JSON.parse(read('openapi.json')) as Document
const { procedures, types } = readApi()

test('what is written of the wire is OpenAPI 3.1, and names every procedure', async () => {
  expect(await new Validator().validate(structuredClone(openApi) as unknown as Record<string, unknown>)).toMatchObject({
    valid: true,
  })
  expect(Object.keys(openApi.paths ?? {})).toEqual(procedures.map(({ name }) => `/trpc/${name}`))
})

test('every example is an input that its procedure takes', () => {
  const offered = appRouter._def.procedures as unknown as Record<string, { _def: { inputs: z.ZodType[] } }>
  const refused = procedures.flatMap(({ name, input }) => {
    const problem = input && offered[name]?._def.inputs[0]?.safeParse(exampleOf(input, types)).error
    return problem ? [`${name}: ${problem.message}`] : []
  })
  expect(refused).toEqual([])
})

test('every type that the page of the API names is on it', () => {
  const page = read('api.md')
  const headings = new Set([...page.matchAll(/^### (\w+)$/gm)].map(([, name]) => name?.toLowerCase()))
  const links = [...page.matchAll(/\]\(#(\w+)\)/g)].map(([, name]) => name)
  expect(links.filter((name) => !headings.has(name))).toEqual([])
})

test('a client made from it signs in, reads and edits, and is told why it is refused', async () => {
  const inbox = await openInbox(app)
  const draft = await inbox.newDraft()
  const made = new OpenAPIClientAxios({ definition: openApi, withServer: { url: await app.url() } })
  const client = await made.init()
  client.defaults.headers.common['authorization'] = `Bearer ${inbox.owner.accessToken}`
  const call = client as unknown as Record<
    string,
    (parameters: object | null, body?: object) => Promise<{ data: Answer }>
  >
  interface Answer {
    result: { data: { items: { id: string }[]; version: number } }
  }
  const list = await call['drafts_list']!({ input: JSON.stringify({ limit: 1 }) })
  expect(list.data.result.data.items).toMatchObject([{ id: draft.id }])
  const input = { draftId: draft.id, version: draft.version, body: 'In my own words.' }
  expect((await call['drafts_edit']!(null, input)).data.result.data).toMatchObject({ version: draft.version + 1 })
  await expect(call['drafts_edit']!(null, input)).rejects.toMatchObject({
    response: { status: 409, data: { error: { data: { reason: 'DRAFT_CHANGED' } } } },
  })
})
