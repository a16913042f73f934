import type { TestProject } from 'vitest/node'
import { createTemplate, dropCopies } from './native-database.ts'
import { type EmbeddedTemplate, embeddedTemplate } from './template-cache.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The migrated database that tests begin from: an embedded one to load, or a native one to copy. */
    readonly template: ({ kind: 'dump' } & EmbeddedTemplate) | { kind: 'database'; name: string; url: string }
  }
}

/** Our schema and the queue's; every test begins from a copy. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const url = process.env['TEST_DATABASE_URL']
  if (url) {
    const template = await createTemplate(url)
    provide('template', { kind: 'database', name: template.name, url })
    return async () => {
      await dropCopies(url, template.name)
      await template.drop()
    }
  }
  console.log('TEST_DATABASE_URL is not set: tests that need two connections at once are left out.')
  provide('template', { kind: 'dump', ...(await embeddedTemplate()) })
  return () => Promise.resolve()
}
