import { randomInt } from 'node:crypto'
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import { StartError } from '../../../server/errors.ts'

/** One option of a machine: what it is good for, and what is read from what was given. */
export interface Option<T> {
  readonly about: string
  /** What stands after its name; nothing after a switch. */
  readonly takes?: string
  readonly isRepeatable?: true
  /** Of all that was given under this name. What cannot be meant is a StartError. */
  read(given: readonly string[], name: string): T
}

export type Options = Readonly<Record<string, Option<unknown>>>
export type Values<O extends Options> = { readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never }

export function wholeNumber<D extends number | undefined>(about: string, otherwise: D): Option<number | D> {
  return numeric({ about, otherwise, what: 'a whole number', isMeant: Number.isInteger })
}

export function decimal<D extends number | undefined>(about: string, otherwise: D): Option<number | D> {
  return numeric({ about, otherwise, what: 'a number', isMeant: Number.isFinite })
}

/** The same seed plays the same again; without one it is another each time. */
export const seed: Option<number> = {
  ...wholeNumber('plays what was played with this seed; another one each time by default', undefined),
  read: (given, name) => wholeNumber('', undefined).read(given, name) ?? randomInt(2 ** 31),
}

export function flag(about: string): Option<boolean> {
  return { about, read: (given) => given.length > 0 }
}

export function text(about: string, takes: string): Option<string | undefined> {
  return { about, takes, read: (given) => given.at(-1) }
}

/** As often as wanted, each one of these; undefined when not given. */
export function someOf<T extends string>(names: readonly T[], about: string): Option<readonly T[] | undefined> {
  return {
    about: `${about}: ${names.join(', ')}`,
    takes: 'name',
    isRepeatable: true,
    read(given, name) {
      const unknown = given.filter((one) => !(names as readonly string[]).includes(one))
      if (unknown.length > 0) throw new StartError(`--${name} takes ${names.join(', ')}, not ${unknown.join(', ')}.`)
      return given.length > 0 ? (given as readonly T[]) : undefined
    },
  }
}

/** What stands on the command line of `npm run <command> --`; null when the help was asked for. */
export function readCommandLine<O extends Options>(command: string, options: O, args?: readonly string[]) {
  const { help, ...given } = parse(command, options, args)
  if (help) return null
  const values = Object.entries(options).map(([name, option]) => {
    return [name, option.read([given[name] ?? []].flat().map(String), name)]
  })
  return Object.fromEntries(values) as Values<O>
}

function parse(command: string, options: Options, args: readonly string[] = process.argv.slice(2)) {
  const config: ParseArgsOptionsConfig = { help: { type: 'boolean' } }
  for (const [name, { takes, isRepeatable = false }] of Object.entries(options)) {
    config[name] = { type: takes === undefined ? 'boolean' : 'string', multiple: isRepeatable }
  }
  try {
    return parseArgs({ args: [...args], options: config }).values
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new StartError(`${why.replace(/\.?$/, '.')} What it takes: npm run ${command} -- --help`, { cause })
  }
}

export function helpOf(command: string, about: string, options: Options): string {
  const rows = Object.entries(options).map(([name, option]) => {
    return [option.takes === undefined ? `--${name}` : `--${name} <${option.takes}>`, option] as const
  })
  const width = Math.max(...rows.map(([left]) => left.length))
  const lines = rows.map(([left, option]) => {
    return `  ${left.padEnd(width)}  ${option.about}${option.isRepeatable ? '; may be repeated' : ''}`
  })
  return [`npm run ${command} -- [options]`, about, '', ...lines].join('\n')
}

function numeric<D extends number | undefined>({
  about,
  otherwise,
  what,
  isMeant,
}: {
  about: string
  otherwise: D
  what: string
  isMeant(value: number): boolean
}): Option<number | D> {
  return {
    about: otherwise === undefined ? about : `${about} (${otherwise})`,
    takes: 'number',
    read(given, name) {
      const said = given.at(-1)
      if (said === undefined) return otherwise
      const value = said.trim() === '' ? NaN : Number(said)
      if (!isMeant(value)) throw new StartError(`--${name} is ${what}, not ${JSON.stringify(said)}.`)
      return value
    },
  }
}
