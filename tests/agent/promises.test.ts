import { describe, expect, test } from 'vitest'
import { promisesWork } from '../../server/agent/promises.ts'

describe('work that nobody has taken on', () => {
  test.each([
    'Thank you. I will check and get back to you.',
    'We’ll call you tomorrow.',
    'I have passed it on to my colleague.',
    'Let me find out what happened.',
    'Somebody will be in touch shortly.',
    'You will hear from us by Friday.',
    'I’m going to send\nthe contract.',
    'Ich werde das prüfen.',
    'Wir melden uns bei Ihnen.',
    'Gern kläre ich das mit der Buchhaltung.',
    'Ich habe Ihre Anfrage an die Technik weitergeleitet.',
    'Eine Kollegin meldet sich bei Ihnen.',
    'Je vais vérifier.',
    'Nous vous rappellerons demain.',
    'Je reviens vers vous dès que possible.',
    'J’ai transmis votre demande au service concerné.',
    'Je vous enverrai la facture.',
    'Vous recevrez une réponse lundi.',
    'Voy a comprobarlo.',
    'Le llamaremos mañana.',
    'Lo he reenviado a mi compañera.',
    'Recibirá la factura esta semana.',
  ])('%s', (text) => expect(promisesWork(text)).toBe(true))
})

describe('what binds nobody', () => {
  test.each([
    'Dear Ada,\n\ngladly.\n\nMara',
    'Thank you for your message. The office is open from 9 to 17.',
    'I look forward to it.',
    'We will be happy to see you.',
    'The price list is on our page. It costs 200 pounds.',
    'He sent it. She will be there.',
    'Vielen Dank, der Termin am Montag passt.',
    'Die Öffnungszeiten sind 9 bis 17 Uhr. Wir freuen uns auf Sie.',
    'Merci, mardi me convient. Je serai heureux de vous voir.',
    'Nos bureaux sont ouverts de 9 h à 17 h.',
    'Gracias, el martes me va bien.',
    'El horario es de 9 a 17. Un saludo.',
  ])('%s', (text) => expect(promisesWork(text)).toBe(false))
})
