import { expect, test } from 'vitest'
import { topicsOf } from '../../server/agent/topics.ts'

const money = [
  'Could you send me the invoice again?',
  'What would six screens cost?',
  'It is $500, or 20 EUR for a day.',
  'Wann kommt die Rückerstattung? Die Überweisung ist raus.',
  'Bitte ändern Sie die Bankverbindung.',
  'Pouvez-vous confirmer le virement de l’acompte ?',
  '¿Cuánto cuesta? Mándame el presupuesto.',
  'Was kosten 3 Tage? 200 €.',
]
const legal = [
  'Our lawyer will be in touch.',
  'Please sign the contract and the NDA.',
  'Ich kündige den Vertrag.',
  'Nous vous adressons une mise en demeure.',
  'Hablaré con mi abogado.',
  'Under GDPR I ask you to delete my data.',
]
const credentials = [
  'What is the password for the staging server?',
  'Send me the verification code, please.',
  'Wie lauten die Zugangsdaten?',
  'Quel est le mot de passe ?',
  'Necesito la contraseña.',
  'Please log in and confirm your API keys.',
]
const ordinary = [
  'Would Tuesday at ten suit you for a short call?',
  'Passt Ihnen Montag um 14 Uhr?',
  'Avez-vous reçu les photos de l’atelier ?',
  '¿Puedes venir el jueves al estudio?',
  'Which font did you use on the poster? The spinning top looks opinionated and happy.',
]

test.each([
  ...money.map((text) => [text, 'money'] as const),
  ...legal.map((text) => [text, 'legal'] as const),
  ...credentials.map((text) => [text, 'credentials'] as const),
])('%s is about %s', (text, topic) => {
  expect([...topicsOf(text)]).toEqual([topic])
})

test.each(ordinary)('%s is about nothing that a person must answer', (text) => {
  expect([...topicsOf(text)]).toEqual([])
})

test('capital letters, accents left out and line breaks hide no topic', () => {
  expect([...topicsOf('YOUR\nINVOICE')]).toEqual(['money'])
  expect([...topicsOf('cual es la contrasena')]).toEqual(['credentials'])
  expect([...topicsOf('ＰＡＳＳＷＯＲＤ')]).toEqual(['credentials'])
})
