import type { DateTime } from 'luxon'

import type { Person } from './people.ts'

/** The mail before this one, as a reply repeats it. */
export interface Quotable {
  readonly sender: { readonly name: string; readonly email: string }
  readonly recipient: { readonly name: string; readonly email: string }
  readonly subject: string
  readonly sentAt: DateTime
  readonly text: string
}

type Style = Pick<Person, 'client' | 'language'>

/** The line (or Outlook's block) above a quotation. */
export function attribution(last: Quotable, { client, language }: Style): string {
  if (client === 'outlook') return outlookBlock(last, language)
  const { name, email } = last.sender
  const at = last.sentAt.setLocale(language === 'en' ? 'en-GB' : language)
  const time = at.toFormat('HH:mm')
  if (client === 'thunderbird' && language === 'de') return `Am ${at.toFormat('dd.MM.yy')} um ${time} schrieb ${name}:`
  return {
    en: `On ${at.toFormat('ccc, d LLL yyyy')} at ${time}, ${name} <${email}> wrote:`,
    de: `Am ${at.toFormat('ccc, d. LLL yyyy')} um ${time} Uhr schrieb ${name} <${email}>:`,
    fr: `Le ${at.toFormat('ccc d LLL yyyy')} à ${time}, ${name} <${email}> a écrit :`,
    es: `El ${at.toFormat('ccc, d LLL yyyy')} a las ${time}, ${name} (<${email}>) escribió:`,
  }[language]
}

/** The whole quotation of the mail before, in the manner of the program that answers it. */
export function quote(last: Quotable, style: Style): string {
  const lines =
    style.client === 'outlook' ? last.text : last.text.replaceAll(/^/gm, '> ').replaceAll(/^> (?=>|$)/gm, '>')
  return `${attribution(last, style)}\n${style.client === 'outlook' ? '\n' : ''}${lines}`
}

function outlookBlock({ sender, recipient, subject, sentAt }: Quotable, language: Person['language']): string {
  const [from, sent, to, about] = outlookWords[language]
  const at = sentAt
    .setLocale(language)
    .toFormat(language === 'de' ? 'cccc, d. LLLL yyyy HH:mm' : 'cccc, d LLLL yyyy HH:mm')
  const fields = [
    `${from} ${sender.name} <${sender.email}>`,
    `${sent} ${at}`,
    `${to} ${recipient.name} <${recipient.email}>`,
  ]
  return ['_'.repeat(32), ...fields, `${about} ${subject}`].join('\n')
}

const outlookWords = {
  en: ['From:', 'Sent:', 'To:', 'Subject:'],
  de: ['Von:', 'Gesendet:', 'An:', 'Betreff:'],
  fr: ['De :', 'Envoyé :', 'À :', 'Objet :'],
  es: ['De:', 'Enviado:', 'Para:', 'Asunto:'],
} as const
