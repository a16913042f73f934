import { corpusFile } from '../../../support/corpus.ts'

export interface OrdinaryMail {
  readonly subject: string
  readonly text: string
  readonly language: 'en' | 'de' | 'fr' | 'es'
}

/** The file of the corpus that ordinary mail comes from. */
export const ordinaryFile = 'inbox/triage.jsonl'

interface Triage {
  readonly subject: string
  readonly body: string
  readonly category: string
  readonly suggestedAction: string
  readonly is_phishing: boolean
  readonly promotional_subtype: string | null
}

/** Mail of the corpus that a person wrote and wants to have answered. */
export function corpusOrdinary(): OrdinaryMail[] {
  const lines = corpusFile(ordinaryFile).toString().trim().split('\n')
  return lines
    .map((line) => JSON.parse(line) as Triage)
    .filter((mail) => mail.suggestedAction === 'reply' && !mail.is_phishing && mail.promotional_subtype === null)
    .filter(({ category }) => ['NEEDS_RESPONSE', 'URGENT', 'PERSONAL'].includes(category))
    .map(({ subject, body }) => ({ subject, text: body, language: 'en' }))
}

const questions: Readonly<Record<OrdinaryMail['language'], readonly string[]>> = {
  en: [
    'Would Tuesday at ten suit you for a short call?',
    'Which font did you use on the poster?',
    'May I show the drawings to my class?',
    'Could you send me the drawing of the camshaft as a PNG?',
    'Are you still at the studio on Fridays?',
    'Did the parcel with the samples arrive?',
    'Do you know somebody who binds small books?',
    'How large is the mural in the hall?',
    'Shall we walk through the exhibition together?',
    'Which colour do you like better, the green or the blue?',
    'Can the children come along to the open studio?',
    'Is there a lift in your building?',
    'May I bring my sister to the opening?',
    'Could you tell me which paper that was?',
    'What do you think of the second sketch?',
  ],
  de: [
    'Passt Ihnen Montag um 14 Uhr?',
    'Welche Schrift ist auf dem Plakat?',
    'Darf ich die Zeichnungen meiner Klasse zeigen?',
    'Können Sie mir das Bild als PNG schicken?',
    'Sind Sie freitags noch im Atelier?',
    'Ist das Paket mit den Mustern angekommen?',
    'Kennen Sie jemanden, der kleine Bücher bindet?',
    'Wie groß ist das Wandbild im Flur?',
    'Wollen wir zusammen durch die Ausstellung gehen?',
    'Welche Farbe gefällt Ihnen besser, Grün oder Blau?',
    'Dürfen die Kinder zum offenen Atelier mitkommen?',
    'Gibt es bei Ihnen einen Aufzug?',
    'Darf ich meine Schwester mitbringen?',
    'Welches Papier war das?',
    'Was halten Sie von der zweiten Skizze?',
  ],
  fr: [
    'Êtes-vous libre mardi à dix heures ?',
    'Quelle police avez-vous utilisée sur l’affiche ?',
    'Puis-je montrer les dessins à ma classe ?',
    'Pouvez-vous m’envoyer l’image en PNG ?',
    'Êtes-vous encore à l’atelier le vendredi ?',
    'Le colis avec les échantillons est-il arrivé ?',
    'Connaissez-vous quelqu’un qui relie de petits livres ?',
    'Quelle est la taille de la fresque du hall ?',
    'Voulez-vous voir l’exposition ensemble ?',
    'Quelle couleur préférez-vous, le vert ou le bleu ?',
    'Les enfants peuvent-ils venir à l’atelier ouvert ?',
    'Y a-t-il un ascenseur chez vous ?',
    'Puis-je venir avec ma sœur ?',
    'Quel papier était-ce ?',
    'Que pensez-vous de la deuxième esquisse ?',
  ],
  es: [
    '¿Le viene bien el martes a las diez?',
    '¿Qué letra usó en el cartel?',
    '¿Puedo enseñar los dibujos a mi clase?',
    '¿Puede enviarme la imagen en PNG?',
    '¿Sigue en el estudio los viernes?',
    '¿Llegó el paquete con las muestras?',
    '¿Conoce a alguien que encuaderne libros pequeños?',
    '¿Qué tamaño tiene el mural del pasillo?',
    '¿Vamos juntos a ver la exposición?',
    '¿Qué color le gusta más, el verde o el azul?',
    '¿Pueden venir los niños al estudio abierto?',
    '¿Hay ascensor en su edificio?',
    '¿Puedo llevar a mi hermana?',
    '¿Qué papel era ese?',
    '¿Qué le parece el segundo boceto?',
  ],
}

/** Ordinary mail of our own, in the four languages: each is of a kind that may be answered unread. */
export const ownOrdinary: readonly OrdinaryMail[] = Object.entries(questions).flatMap(([language, texts]) =>
  texts.map((text, index) => ({
    subject: `Drawings ${language} ${index + 1}`,
    text: `${text}\n\nAda`,
    language: language as OrdinaryMail['language'],
  })),
)
