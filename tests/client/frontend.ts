import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { buildClient } from '../../server/scripts/client/build.ts'
import { newFolder } from '../support/child.ts'

export const root = join(import.meta.dirname, '../..')
const run = promisify(execFile)

/** What a frontend has installed beside our package: of everything else that lies here it must need nothing. */
const besides = ['zod', '@trpc/server', '@trpc/client', 'eventsource']

/** A project beside the server, as somebody has it who installed the packed package. */
export async function newFrontend() {
  const folder = newFolder()
  const packed = await packClient(folder.path)
  const packages = join(folder.path, 'node_modules')
  const own = join(packages, 'reasonflow-client')
  mkdirSync(own, { recursive: true })
  await run('tar', ['--extract', '--file', packed.file, '--directory', own, '--strip-components', '1'])
  for (const name of besides) {
    mkdirSync(dirname(join(packages, name)), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), join(packages, name))
  }
  const write = (name: string, text: string) => writeFileSync(join(folder.path, name), text)
  write('package.json', '{ "private": true, "type": "module" }')
  return {
    ...packed,
    folder: folder.path,
    write,
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  }
}

/** Builds the package and packs it into this folder. */
export async function packClient(folder: string) {
  const built = join(folder, 'client')
  await buildClient(built)
  const { stdout } = await run('npm', ['pack', '--json', '--offline', '--pack-destination', folder, built])
  const [packed] = Object.values(JSON.parse(stdout) as Record<string, Packed>)
  if (!packed) throw new Error(`npm pack said nothing of what it packed: ${stdout}`)
  return {
    file: join(folder, packed.filename),
    names: packed.files.map(({ path }) => path),
    bytes: packed.size,
    unpackedBytes: packed.unpackedSize,
  }
}

interface Packed {
  readonly filename: string
  readonly size: number
  readonly unpackedSize: number
  readonly files: readonly { readonly path: string }[]
}

/** The compilers a frontend may have: this one, and the major before it. */
export const compilers = { 'TypeScript 7': 'typescript/bin/tsc', 'TypeScript 6': 'typescript-6/bin/tsc' } as const

/** What the compiler says of these files, with these options in `tsconfig.json`, and what it took. */
export async function compile(
  compiler: keyof typeof compilers,
  folder: string,
  config: { files: string[]; compilerOptions: object; extends?: string; include?: string[] },
) {
  const name = join(folder, `tsconfig.${Math.random().toString(36).slice(2)}.json`)
  writeFileSync(name, JSON.stringify(config))
  const args = [join(root, 'node_modules', compilers[compiler]), '--project', name, '--extendedDiagnostics']
  const { stdout } = await run(process.execPath, [...args, '--pretty', 'false']).catch(
    (error: { stdout: string }) => error,
  )
  return {
    errors: stdout.split('\n').filter((line) => line.includes('error TS')),
    files: Number(/^Files:\s+(\d+)/m.exec(stdout)?.[1]),
    seconds: Number(/^Total time:\s+([\d.]+)s/m.exec(stdout)?.[1]),
  }
}

/** The options of a frontend that takes types seriously. */
export const strict = {
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  verbatimModuleSyntax: true,
  noEmit: true,
  target: 'es2022',
  lib: ['esnext', 'dom'],
  types: [],
}

/** The lines for a frontend that stand in README.md. */
export function readmeLines(): string {
  const section = /^### For a frontend\n[\s\S]*?```ts\n([\s\S]*?)```/m.exec(
    readFileSync(join(root, 'README.md'), 'utf8'),
  )
  if (!section?.[1]) throw new Error('README.md tells frontends nothing any more')
  return section[1]
}
