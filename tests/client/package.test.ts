import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import { afterAll, expect, test } from 'vitest'
import project from '../../package.json' with { type: 'json' }
import { newFrontend, root } from './frontend.ts'

const frontend = await newFrontend()
afterAll(() => frontend[Symbol.dispose]())
const own = join(frontend.folder, 'node_modules/reasonflow-client')

test('the packed package holds the schemas, the types of the router, and nothing else', () => {
  const schemas = readdirSync(join(root, 'shared-types')).map((name) => name.replace(/\.ts$/, ''))
  expect([...frontend.names].sort()).toEqual(
    [
      'LICENSE',
      'README.md',
      'package.json',
      'router.d.ts',
      ...schemas.flatMap((name) => [`schemas/${name}.d.ts`, `schemas/${name}.js`]),
    ].sort(),
  )
  // oxlint-disable-next-line no-console -- a figure to watch
  console.info(`the package: ${frontend.bytes} bytes packed, ${frontend.unpackedBytes} unpacked`)
  expect(frontend.bytes).toBeLessThan(100_000)
})

test('it imports zod, the types of tRPC and its own files', () => {
  const texts = frontend.names
    .filter((name) => /\.(js|ts)$/.test(name))
    .map((name) => readFileSync(join(own, name), 'utf8'))
  const imported = texts.flatMap((text) =>
    [...text.matchAll(/(?:\bfrom|\bimport|\brequire)\s*\(?\s*['"]([\w@./:-]+)['"]/g)].map(([, from]) => from ?? ''),
  )
  const packages = imported.filter((from) => !/^\.{1,2}\//.test(from))
  expect([...new Set(packages)].sort()).toEqual(['@trpc/server', 'zod'])
})

test('what is installed with it is zod and the tRPC that the frontend has anyway', () => {
  const manifest = JSON.parse(readFileSync(join(own, 'package.json'), 'utf8')) as Manifest
  expect(manifest.version).toBe(project.version)
  const found = new Set<string>()
  const waiting = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
  for (const name of waiting) {
    if (found.has(name)) continue
    found.add(name)
    const { dependencies } = JSON.parse(
      readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8'),
    ) as Manifest
    waiting.push(...Object.keys(dependencies ?? {}))
  }
  expect([...found].sort()).toEqual(['@trpc/server', 'zod'])
})

interface Manifest {
  readonly version: string
  readonly dependencies?: Record<string, string>
  readonly peerDependencies?: Record<string, string>
}

test('Node imports the schemas and parses with them, and finds no router to run', async () => {
  frontend.write(
    'program.js',
    `import { Draft, ListEmailsInput } from 'reasonflow-client/schemas'
const router = await import('reasonflow-client/router').then(() => 'it was imported', ({ code }) => code)
const refused = ListEmailsInput.safeParse({ limit: 5, everything: true }).error.issues[0].code
console.log(JSON.stringify({ read: ListEmailsInput.parse({ limit: 5 }), refused, draft: typeof Draft.parse, router }))
`,
  )
  const { stdout } = await promisify(execFile)(process.execPath, [join(frontend.folder, 'program.js')])
  expect(JSON.parse(stdout)).toEqual({
    read: { limit: 5 },
    refused: 'unrecognized_keys',
    draft: 'function',
    router: 'ERR_PACKAGE_PATH_NOT_EXPORTED',
  })
  expect(() => createRequire(join(frontend.folder, 'program.js')).resolve('reasonflow-client/router')).toThrow(
    expect.objectContaining({ code: 'ERR_PACKAGE_PATH_NOT_EXPORTED' }),
  )
})

test('a bundle for the browser holds zod and the schemas, and no module besides', async () => {
  frontend.write('page.js', `export { Draft, ListEmailsInput } from 'reasonflow-client/schemas'\n`)
  await using bundle = await rolldown({ input: join(frontend.folder, 'page.js'), platform: 'browser' })
  const { output } = await bundle.generate({ minify: true })
  const [chunk, ...more] = output
  expect(more).toEqual([])
  expect(chunk.imports).toEqual([])
  const places = Object.keys(chunk.modules).map((name) => /(?:\/node_modules\/)((?:@[^/]+\/)?[^/]+)\//.exec(name)?.[1])
  expect([...new Set(places)].filter((name) => name !== undefined).sort()).toEqual(['reasonflow-client', 'zod'])
  expect(/kysely|googleapis|express|pg-boss|node:/i.exec(chunk.code)).toBeNull()
  // oxlint-disable-next-line no-console -- a figure to watch
  console.info(`in the browser: ${chunk.code.length} bytes, ${gzipSync(chunk.code).length} compressed`)
})
