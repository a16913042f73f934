import type { UpdateSettingsInput } from '../../../../shared-types/index.ts'
import type { Random } from '../../../support/seeded-random.ts'
import { type Correspondent, onVacation, silent, ticketSystem, type VacationStyle } from './correspondents.ts'

/** Who writes, how often, and what the tenants have set. */
export interface Weather {
  readonly name: string
  readonly rounds: number
  readonly settings: UpdateSettingsInput
  readonly correspondents: readonly Correspondent[]
  readonly hasList: boolean
  /** How likely a person writes in a round, and how likely they answer an automatic reply. */
  readonly chances: { readonly write: number; readonly answer: number }
  /** Minutes that pass in a round, up to. */
  readonly minutes: number
}

const highest = 1_000
const open = { dailySendCap: highest, hourlySendCap: highest, correspondentDailyCap: highest }

/** Every kind of marked machine, and caps so high that they hold nothing up: marks alone end the loops. */
export function loops(rounds: number, write: number): Weather {
  return {
    name: 'loops',
    rounds,
    settings: open,
    correspondents: marked(),
    hasList: true,
    chances: { write, answer: 0.2 },
    minutes: 5,
  }
}

/** Machines that nothing gives away: the caps alone bound what is sent. */
export function withoutMarks(rounds: number): Weather {
  return {
    name: 'without marks',
    rounds,
    settings: {},
    correspondents: unmarked(),
    hasList: false,
    chances: { write: 1, answer: 0 },
    minutes: 10,
  }
}

/** The same machines without any cap: what must end badly. */
export function unbounded(rounds: number): Weather {
  return { ...withoutMarks(rounds), name: 'unbounded', settings: open }
}

/** One of those who write to the tenants. */
export function pickPerson({ correspondents }: Weather, random: Random): string {
  const picked = random.pick(correspondents)
  if (!picked) throw new Error('nobody writes')
  return picked.person
}

function marked(): Correspondent[] {
  const styles: VacationStyle[] = [
    'rfc3834',
    'precedence',
    'autoReply',
    'xAutoreply',
    'suppress',
    'emptyReturnPath',
    'subjectOnly',
    'subjectInGerman',
  ]
  return [
    ...styles.map((style, index) => onVacation(`Ada ${index} <ada.${index}@engine.example>`, style)),
    ticketSystem('Support <support@desk.example>'),
    silent('Bob Babbage <bob@engine.example>'),
  ]
}

function unmarked(): Correspondent[] {
  return Array.from({ length: 12 }, (_, index) => {
    return onVacation(`Robot ${index} <robot.${index}@engine.example>`, 'unmarked')
  })
}
