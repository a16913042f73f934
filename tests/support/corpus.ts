import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'

const root = join(import.meta.dirname, '../..')
const folder = join(resolve(root, env('SHARED_DIR') ?? '../shared'), 'corpus')

/** A mail of the test corpus; its name is its path below the corpus folder. */
export interface CorpusMail {
  readonly name: string
  read(): Buffer
}

/**
 * The mails of one part of the corpus (`mime`, `machine-mail`, `ham-spam`), sorted by name; every nth of them.
 * Without a corpus: an error where CORPUS_REQUIRED=1, elsewhere none and a notice, so that a fresh clone can run its
 * tests.
 */
export function corpusMails(part: string, { every = 1 }: { every?: number } = {}): CorpusMail[] {
  return corpusFiles(part, '.eml').filter((_, index) => index % every === 0)
}

/** The files of one part whose names end like this, sorted by name. */
export function corpusFiles(part: string, ending: string): CorpusMail[] {
  if (!hasCorpus()) return []
  return readdirSync(join(folder, part), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ name: relative(folder, path), read: () => readFileSync(path) }))
}

/** One file of the corpus, by its path below the corpus folder. */
export function corpusFile(name: string): Buffer {
  return readFileSync(corpusPath(name))
}

/** Where a file of the corpus lies, or would. */
export function corpusPath(name: string): string {
  return join(folder, name)
}

let isNoticeGiven = false

/** Whether the corpus is there; without it a test that needs it is left out (`test.runIf`). */
export function hasCorpus(): boolean {
  if (existsSync(folder)) return true
  if (env('CORPUS_REQUIRED') === '1')
    throw new Error(`The test corpus is missing: ${folder} (SHARED_DIR names its parent).`)
  if (!isNoticeGiven) console.info(`No test corpus at ${folder}: its mails are not tried. SHARED_DIR names its parent.`)
  isNoticeGiven = true
  return false
}

function env(name: string): string | undefined {
  return process.env[name]
}
