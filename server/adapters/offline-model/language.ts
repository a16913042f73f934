import { fold } from '../../mail/phrases.ts'
import { francAll } from 'franc'

export type Language = 'en' | 'de' | 'fr' | 'es'

const languages = { eng: 'en', deu: 'de', fra: 'fr', spa: 'es' } as const

/** Words that are frequent in one of the four and rare in the others. */
const frequentWords: Readonly<Record<Language, ReadonlySet<string>>> = {
  en: wordSet(`
    the and you your is are have would could this that for with what we our from please thanks hello dear hi it my at to
    of did do not has had be there any how when let know get just if but about i been they she
  `),
  de: wordSet(`
    der die das und ich sie ist nicht wir ihr ihre ihnen mit fur auf ein eine einen bitte danke hallo liebe bis zum von
    dem den sind haben hat wird kann mochte noch auch wenn wie was im am vielen uns mir mich dir deine schon zur ob
  `),
  fr: wordSet(`
    le les des et vous nous est pas pour une dans votre notre bonjour merci avec sur que je du au ce cette vos nos mon
    ma c d l qu ai suis cela aussi tres bien bonne aux avez puis
  `),
  es: wordSet(`
    el los las y usted es por para una con su hola gracias que del al como nos muy pero mi lo esta este hay podria
    puede puedes cuando cuanto tambien todo sus saludo
  `),
}

function wordSet(words: string): ReadonlySet<string> {
  return new Set(words.trim().split(/\s+/))
}

/** Any word of the four that says nothing of the matter. */
export const emptyWords: ReadonlySet<string> = new Set(Object.values(frequentWords).flatMap((words) => [...words]))

export function isLanguage(code: string): code is Language {
  return code in frequentWords
}

// Not fasttext.wasm.js: on whole mails it errs as often, at three to nine times the time and 22 MB more of memory.
/** Trigrams where there is enough text for them, else counts of frequent words; English where nothing tells. */
export function languageOf(text: string): Language {
  const folded = fold(text.slice(0, 2_000))
  const words = folded.trim().split(' ')
  const counts = (Object.keys(frequentWords) as Language[])
    .map((language) => ({ language, count: words.filter((word) => frequentWords[language].has(word)).length }))
    .sort((a, b) => b.count - a.count)
  const [first, second] = counts
  if (first && first.count >= 2 && first.count >= 2 * (second?.count ?? 0)) return first.language
  const guess =
    folded.length < 60 ? undefined : francAll(text.slice(0, 2_000), { only: Object.keys(languages) })[0]?.[0]
  if (guess && guess in languages) return languages[guess as keyof typeof languages]
  return first && first.count > (second?.count ?? 0) ? first.language : 'en'
}
