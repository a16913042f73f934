import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'
import { join } from 'node:path'

/** One change of one file of the server, which takes a guard away or turns it around. */
export interface SourceMutant {
  readonly name: string
  /** From the root of the repository. */
  readonly file: string
  /** Stands exactly once in the file. */
  readonly find: string
  readonly replace: string
}

const root = join(import.meta.dirname, '../../../..')

/**
 * From now on this thread loads the file with the change in it: to be called in a thread or process of its own, before
 * anything imports the file. A text that is not there, or more than once, fails the import. Answers whether the file was loaded, since
 * a change that nothing loads proves nothing.
 */
export function spoilSource({ name, file, find, replace }: SourceMutant): { isLoaded(): boolean } {
  const target = pathToFileURL(join(root, file)).href
  let isLoaded = false
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context)
      if (url !== target) return loaded
      const source = textOf(loaded.source)
      const count = source.split(find).length - 1
      if (count !== 1) throw new Error(`“${name}”: its text stands ${count} times in ${file}`)
      isLoaded = true
      return { ...loaded, source: source.replace(find, () => replace) }
    },
  })
  return { isLoaded: () => isLoaded }
}

function textOf(source: string | ArrayBuffer | NodeJS.TypedArray | null | undefined): string {
  if (typeof source === 'string') return source
  if (!source) throw new Error('a file without a source')
  return new TextDecoder().decode(source)
}
