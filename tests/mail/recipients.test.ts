import { expect, test } from 'vitest'
import {
  isSenderAlone,
  replyRecipients,
  replySubject,
  replyToDiffers,
  senderAlone,
} from '../../server/mail/recipients.ts'
import { cpuMsOf } from '../support/cpu-time.ts'

const ada = { name: 'Ada', address: 'ada@engine.example' }
const desk = { name: 'Desk', address: 'desk@engine.example' }
const mara = { name: 'Mara', address: 'mara@studio.example' }
const from = { fromName: ada.name, fromAddress: ada.address, ownerAddress: mara.address }
const nobody = { name: 'Nobody', address: '' }

test.each([
  ['without Reply-To a reply goes to the sender', [], [ada], false],
  ['Reply-To is followed', [desk], [desk], true],
  ['a Reply-To that names the sender changes nothing', [ada], [ada], false],
  ['several Reply-To addresses are all followed', [desk, ada], [desk, ada], true],
  ['the owner is no recipient of their own answer', [desk, mara], [desk], true],
  ['with nobody but the owner in Reply-To the reply goes to the sender', [mara], [ada], false],
  ['the owner with a tag is the owner', [{ name: '', address: 'mara+sales@studio.example' }], [ada], false],
  ['two spellings of one address are one', [desk, { ...desk, address: 'Desk+x@engine.example' }], [desk], true],
  ['a Reply-To without an address is none', [nobody], [ada], false],
  ['of a mixed Reply-To the usable ones are followed', [nobody, desk], [desk], true],
])('%s', (_name, replyToAddresses, recipients, differs) => {
  expect(replyRecipients({ ...from, replyToAddresses })).toEqual(recipients)
  expect(replyToDiffers({ ...from, replyToAddresses })).toBe(differs)
})

test('what nobody reads first goes to the sender and nobody else, whatever Reply-To says', () => {
  const mail = { ...from, replyToAddresses: [desk] }
  expect(senderAlone(mail)).toEqual([ada])
  expect(isSenderAlone([ada], from)).toBe(true)
  for (const others of [[], [desk], [ada, desk], [ada, ada], [nobody], [{ ...ada, address: 'Ada@engine.example' }]]) {
    expect(isSenderAlone(others, from)).toBe(false)
  }
})

test('a Reply-To cannot make one reply into a mailing', () => {
  const crowd = Array.from({ length: 500 }, (_, index) => ({ name: '', address: `p${index}@engine.example` }))
  expect(replyRecipients({ ...from, replyToAddresses: crowd })).toHaveLength(5)
})

test.each([
  ['Offer', 'Re: Offer'],
  ['Re: Offer', 'Re: Offer'],
  ['RE: Offer', 'Re: Offer'],
  ['re:Offer', 'Re: Offer'],
  ['Re: Re: Offer', 'Re: Offer'],
  ['AW: Angebot', 'Re: Angebot'],
  ['Antwort: Angebot', 'Re: Angebot'],
  ['Aw: Re: AW: Angebot', 'Re: Angebot'],
  ['Re[2]: Offer', 'Re: Offer'],
  ['RE [12] : Offer', 'Re: Offer'],
  ['SV: VS: Rif: Tilbud', 'Re: Tilbud'],
  ['Réf: votre offre', 'Re: Réf: votre offre'],
  ['Re: Fwd: Offer', 'Re: Fwd: Offer'],
  ['Fwd: Re: Offer', 'Re: Fwd: Re: Offer'],
  ['Regarding the offer', 'Re: Regarding the offer'],
  ['Research: a question', 'Re: Research: a question'],
  ['  Offer  ', 'Re: Offer'],
  ['', 'Re: (no subject)'],
  ['Re:', 'Re: (no subject)'],
  ['Re: AW:', 'Re: (no subject)'],
  ['回复： Re: 两张图纸', 'Re: 两张图纸'],
  ['Отв: Re: Чертежи', 'Re: Чертежи'],
  ['Re： Offer', 'Re: Offer'],
  ['Re(3): Offer', 'Re: Offer'],
  ['Re^2: Re*3: Offer', 'Re: Offer'],
  ['Odpowiedź: Oferta', 'Re: Oferta'],
  ['RĂS: Ofertă', 'Re: Ofertă'],
  ['Válasz: Ajánlat', 'Re: Ajánlat'],
  ['השב: הצעה', 'Re: הצעה'],
  ['Yanıt: Teklif', 'Re: Teklif'],
  ['Resumé: Ada', 'Re: Resumé: Ada'],
  ['[#12] Re: Offer', 'Re: [#12] Re: Offer'],
])('the subject of a reply to “%s” is “%s”', (subject, expected) => {
  expect(replySubject(subject)).toBe(expected)
  expect(replySubject(replySubject(subject))).toBe(replySubject(subject))
})

test('a hostile subject is answered without delay', async () => {
  const hostile = [`re${' '.repeat(990)}x`, 're:'.repeat(330), 're: '.repeat(250_000)]
  expect(await cpuMsOf(() => hostile.forEach(replySubject))).toBeLessThan(1_000)
})
