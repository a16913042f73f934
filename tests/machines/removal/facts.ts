import type { ContextItem } from '../../../server/agent/state.ts'
import type { ModelFacts } from '../../../server/model-question.ts'
import type { Source } from '../../../shared-types/index.ts'
import type { Random } from '../../support/seeded-random.ts'

export type GenerateFacts = Extract<ModelFacts, { task: 'generate' }>

/** What a reply is written from: the facts of the question, and each piece of its context with where it came from. */
export interface Grounded {
  readonly facts: GenerateFacts
  readonly context: readonly ContextItem[]
}

interface Topic {
  readonly question: string
  readonly answer: string
}

const topics: Readonly<Record<'en' | 'de' | 'fr' | 'es', readonly Topic[]>> = {
  en: [
    { question: 'How much is the deposit for the boat?', answer: 'The deposit for the boat is 80 euros.' },
    { question: 'Where is the workshop held this spring?', answer: 'The workshop is held in the old customs house.' },
    { question: 'Which paper did we print the posters on?', answer: 'The posters were printed on Munken 150 grams.' },
    { question: 'May dogs come along to the pier?', answer: 'Dogs may come along to the pier on a lead.' },
    { question: 'How long does a delivery to Lisbon take?', answer: 'A delivery to Lisbon takes six working days.' },
    { question: 'Who prints the catalogue?', answer: 'The catalogue is printed by Norrland Tryck.' },
  ],
  de: [
    { question: 'Wie hoch ist der Tagessatz für Beratung?', answer: 'Der Tagessatz für Beratung beträgt 900 Euro.' },
    { question: 'Wo finden die Lesungen statt?', answer: 'Die Lesungen finden im Gartensaal statt.' },
    { question: 'Welches Garn brauche ich für die Decke?', answer: 'Für die Decke braucht man Schurwolle, Stärke 4.' },
    { question: 'Gibt es Parkplätze am Atelier?', answer: 'Am Atelier gibt es vier Parkplätze im Hof.' },
  ],
  fr: [
    { question: 'Quel est le tarif de la location ?', answer: 'Le tarif de la location est de 45 euros par jour.' },
    { question: 'Où se trouve l’atelier de reliure ?', answer: 'L’atelier de reliure se trouve au 4, rue des Lilas.' },
    {
      question: 'Les enfants peuvent-ils participer au stage ?',
      answer: 'Les enfants peuvent participer au stage dès huit ans.',
    },
  ],
  es: [
    { question: '¿Cuánto cuesta el taller de cerámica?', answer: 'El taller de cerámica cuesta 55 euros.' },
    { question: '¿Dónde se recogen los libros?', answer: 'Los libros se recogen en la tienda de Ruzafa.' },
    { question: '¿Cuándo abre la biblioteca del barrio?', answer: 'La biblioteca del barrio abre los sábados.' },
  ],
}
const languages = ['en', 'de', 'fr', 'es'] as const
const intents = ['inquiry', 'inquiry', 'follow_up', 'meeting_request', 'complaint', 'other'] as const
const slots = ['Wednesday 11 March, 9:00 (Europe/Berlin)', 'Thursday 12 March, 14:00 (Europe/Berlin)']
const templates = [
  'Please ask at the pier, {{first_name}}. It is open until dusk.',
  'Good day {{name}},\n\nit is on its way.',
]

/** A mail with some questions, and a context that answers some of them: notes, own mails, answers, a calendar, a template. */
export function newFacts(random: Random): Grounded {
  const language = pick(random, languages)
  const some = topics[language].toSorted(() => random.next() - 0.5)
  const asked = some.slice(0, 1 + random.below(3))
  const intent = pick(random, intents)
  // Now and then two sources say the same, or one answers what nobody asks.
  const known = some.filter(() => random.chance(0.7))
  const told = random.chance(0.2) ? [...known, ...known.slice(0, 1)] : known
  const offered = intent === 'meeting_request' && random.chance(0.7) ? slots.slice(0, 1 + random.below(2)) : []
  const context = [
    ...told.map(({ answer }, index) => (random.chance(0.5) ? note(index, answer) : ownMail(index, answer, random))),
    ...(random.chance(0.2) ? [answerTo(pick(random, asked))] : []),
    ...(random.chance(0.3) ? [strangerMail(pick(random, some))] : []),
    ...(offered.length > 0 ? [calendar(offered)] : []),
    ...(random.chance(0.1) ? [template(pick(random, templates))] : []),
  ]
  const proposal = offered.length === 1 && random.chance(0.5) ? ('free' as const) : undefined
  const facts: GenerateFacts = {
    task: 'generate',
    mail: {
      subject: `Sheet ${random.below(1_000)}`,
      from: { name: 'Ada Byron', address: 'ada@engine.example' },
      text: asked.map(({ question }) => question).join(' '),
      quoted: '',
      receivedAt: '2026-03-09T09:00:00.000Z',
      isReply: random.chance(0.5),
    },
    earlier: random.chance(0.1) ? [pick(random, some).question] : [],
    intent,
    language,
    owner: { name: 'Mara Lindqvist', tone: pick(random, ['friendly', 'neutral', 'formal']) },
    context: [],
    slots: offered,
    ...(proposal && { proposal }),
  }
  return withContext(facts, context)
}

/** The same without this piece: what the calendar says goes with it. */
export function without({ facts, context }: Grounded, id: string): Grounded {
  const { proposal: _proposal, ...rest } = facts
  const isCalendar = context.some((item) => item.id === id && item.kind === 'calendar')
  return withContext(
    isCalendar ? { ...rest, slots: [] } : facts,
    context.filter((item) => item.id !== id),
  )
}

function withContext(facts: GenerateFacts, context: readonly ContextItem[]): Grounded {
  const told = context.map(({ source, ...item }) => ({ ...item, audience: source.audience }))
  return { facts: { ...facts, context: told }, context }
}

function item(kind: Source['kind'], id: string, { label, text }: { label: string; text: string }): ContextItem {
  return { id, kind, label, text, source: { kind, id: null, label, audience: 'correspondent' } }
}

function note(index: number, text: string): ContextItem {
  return item('note', `note:${index}`, { label: text.slice(0, 30), text })
}

function ownMail(index: number, text: string, random: Random): ContextItem {
  const day = `2026-0${1 + random.below(2)}-1${random.below(10)}`
  return item('email', `email:${index}`, { label: `A matter (you, ${day})`, text: `Hello,\n\n${text}\n\nMara` })
}

function strangerMail({ answer }: Topic): ContextItem {
  return item('email', 'email:stranger', { label: 'A matter (Eve, 2026-02-02)', text: `${answer} They say so.` })
}

function answerTo({ question, answer }: Topic): ContextItem {
  return item('answer', 'answer:1', { label: `What is the answer to “${question}”?`, text: `${answer} Gladly.` })
}

function calendar(times: readonly string[]): ContextItem {
  return item('calendar', 'calendar', { label: 'Your calendar', text: times.join('\n') })
}

function template(text: string): ContextItem {
  return item('template', 'template:1', { label: 'A template', text })
}

function pick<T>(random: Random, among: readonly T[]): T {
  const found = random.pick(among)
  if (found === undefined) throw new Error('there is nothing to choose from')
  return found
}
