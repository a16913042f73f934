import * as fc from 'fast-check'

const day = 86_400

/** `family` and `back` count from the newest one, and stop at the oldest. */
export type Command =
  | { readonly do: 'issue' }
  | { readonly do: 'refresh'; readonly family: number; readonly back: number }
  | { readonly do: 'wait'; readonly seconds: number }
  | { readonly do: 'logout'; readonly family: number }

const family = fc.integer({ min: 0, max: 2 })

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ do: fc.constant('issue' as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('refresh' as const), family, back: fc.integer({ min: 0, max: 3 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      seconds: fc.constantFrom(1, 15, 29, 30, 31, 3_600, 2 * day, 6 * day, 7 * day),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('logout' as const), family }) },
)

export const commands = fc.array(command, { maxLength: 30, size: 'max' })
