import { execFile } from 'node:child_process'
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import project from '../../../package.json' with { type: 'json' }
import { StartError } from '../../errors.ts'
import { routerTypes } from './router-types.ts'

const root = join(import.meta.dirname, '../../..')

/** The package `reasonflow-client`, anew: the schemas as JavaScript with their types, and the router's types alone. */
export async function buildClient(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await compileSchemas(join(folder, 'schemas'))
  await Promise.all([
    writeFile(join(folder, 'router.d.ts'), routerTypes()),
    writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`),
    writeFile(join(folder, 'README.md'), await readme()),
    copyFile(join(root, 'LICENSE'), join(folder, 'LICENSE')),
  ])
}

/** Under `node_modules` Node strips no types, so what runs there is JavaScript. */
async function compileSchemas(folder: string): Promise<void> {
  // By its path: another version of the compiler may be behind the name `tsc`.
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')
  const args = [compiler, '--project', join(root, 'tsconfig.build.json'), '--outDir', folder]
  try {
    await promisify(execFile)(process.execPath, args)
  } catch (cause) {
    const { stdout } = cause as { stdout?: string }
    throw new StartError(`The schemas do not compile by themselves: ${stdout?.trim() ?? 'no compiler'}`, { cause })
  }
}

function manifest() {
  const { version, license, dependencies } = project
  return {
    name: 'reasonflow-client',
    version,
    description: 'The contract of the ReasonFlow API: its schemas, and the types of its router.',
    license,
    type: 'module',
    sideEffects: false,
    exports: {
      './schemas': { types: './schemas/index.d.ts', default: './schemas/index.js' },
      // Nothing to import where the program runs: a frontend that tries has forgotten the word `type`.
      './router': { types: './router.d.ts' },
    },
    dependencies: { zod: `^${dependencies.zod}` },
    peerDependencies: { '@trpc/server': `^${dependencies['@trpc/server']}` },
  }
}

/** What the repository says to frontends, so that it is written once. */
async function readme(): Promise<string> {
  const text = await readFile(join(root, 'README.md'), 'utf8')
  const section = /^### For a frontend\n([\s\S]*?)(?=^##)/m.exec(text)?.[1]
  if (section === undefined) throw new StartError('README.md has no section “For a frontend” any more.')
  return `# reasonflow-client\n\n${section.trim()}\n`
}
