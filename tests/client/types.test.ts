import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { compile, type compilers, newFrontend, readmeLines, root, strict } from './frontend.ts'

const consumers = join(import.meta.dirname, 'consumers')
const wrong = readFileSync(join(consumers, 'wrong.ts'), 'utf8')
const mark = /^\/\/ @ts-expect-error.*$/gm

const frontend = await newFrontend()
afterAll(() => frontend[Symbol.dispose]())
for (const name of ['right.ts', 'wrong.ts', 'exactly.ts'])
  copyFileSync(join(consumers, name), join(frontend.folder, name))
frontend.write('readme.ts', readmeLines())
// The same lines, and nothing that expects them to fail.
frontend.write('unmarked.ts', wrong.replaceAll(mark, '//'))
frontend.write(
  'context.ts',
  `import type { AppRouter } from 'reasonflow-client/router'
export type Db = AppRouter['_def']['_config']['$types']['ctx']['db']
`,
)

const resolutions = {
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
} as const

function compileHere(compiler: keyof typeof compilers, resolution: keyof typeof resolutions, files: string[]) {
  // To check what the packages themselves declare takes longer than all the rest: once is enough.
  const skipLibCheck = compiler === 'TypeScript 6' || resolution === 'bundler'
  const compilerOptions = { ...strict, ...resolutions[resolution], skipLibCheck, allowImportingTsExtensions: true }
  return compile(compiler, frontend.folder, { files, compilerOptions })
}

test.each([
  ['TypeScript 7', 'bundler'],
  ['TypeScript 7', 'nodenext'],
  ['TypeScript 6', 'bundler'],
  ['TypeScript 6', 'nodenext'],
] as const)(
  'for %s and %s right use compiles, types inferred exactly, and each wrong use does not',
  async (compiler, resolution) => {
    const { errors, files, seconds } = await compileHere(compiler, resolution, ['right.ts', 'readme.ts', 'wrong.ts'])
    expect(errors).toEqual([])
    // oxlint-disable-next-line no-console -- figures to watch
    console.info(`a frontend's program, ${compiler}, ${resolution}: ${files} files, ${seconds} s`)
    expect(files).toBeLessThan(400)
  },
)

test("it is those wrong lines that do not compile, nor does a look at the server's context, whose type is empty", async () => {
  const { errors } = await compileHere('TypeScript 7', 'bundler', ['unmarked.ts', 'context.ts'])
  const wanted = wrong.split('\n').flatMap((line, index) => (line.startsWith('// @ts-expect-error') ? [index + 2] : []))
  expect(wanted.length).toBeGreaterThan(10)
  const places = errors.map((line) => /\w+\.ts\(\d+/.exec(line)?.[0] ?? line)
  expect([...new Set(places)].sort()).toEqual(['context.ts(2', ...wanted.map((line) => `unmarked.ts(${line}`)].sort())
})

/** Each of them must be seen; all at once, since the server's own types take their time. */
const differences = [
  ['In<typeof schemas.EmailInput>', 'In<typeof schemas.EmailInput> | undefined'],
  ['Out<typeof schemas.Notification>', 'any'],
  ['reason: schemas.ErrorReason', 'reason: string'],
  ['stats: Query<', 'stats: Mutation<'],
] as const

test('inputs, outputs, errors and kinds of every procedure are those of the router itself, and a difference would be seen', async () => {
  const own = join(frontend.folder, 'node_modules/reasonflow-client')
  const comparison = readFileSync(join(consumers, 'same-types.ts'), 'utf8')
  let planted = readFileSync(join(own, 'router.d.ts'), 'utf8')
  for (const [from, to] of differences) {
    expect(planted).toContain(from)
    planted = planted.replace(from, to)
  }
  writeFileSync(join(own, 'planted.d.ts'), planted)
  frontend.write('planted.ts', comparison.replace('client/router', 'client/planted').replace('../../..', root))

  const { errors, files, seconds } = await compile('TypeScript 7', frontend.folder, {
    extends: join(root, 'tsconfig.json'),
    include: [],
    files: [join(consumers, 'same-types.ts'), join(frontend.folder, 'planted.ts')],
    compilerOptions: {
      typeRoots: [join(root, 'node_modules/@types')],
      paths: { 'reasonflow-client/*': [join(own, '*.d.ts')] },
    },
  })
  // oxlint-disable-next-line no-console -- figures to watch
  console.info(`with the server's own types: ${files} files, ${seconds} s`)
  const lines = comparison.split('\n').flatMap((line, index) => (line.startsWith('exactly<') ? [index + 1] : []))
  expect(errors).toEqual(
    lines.slice(0, differences.length).map((line) => expect.stringMatching(new RegExp(`planted\\.ts\\(${line},`))),
  )
})
