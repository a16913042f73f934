import { casual as german } from 'chrono-node/de'
import { casual as english } from 'chrono-node/en'
import { casual as spanish } from 'chrono-node/es'
import { casual as french } from 'chrono-node/fr'

/** Who reads dates, by the language of the mail. */
export const dateReaders = { de: german, en: english, es: spanish, fr: french }
