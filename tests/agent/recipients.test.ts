import { expect, test } from 'vitest'
import { dmarcOf } from '../../server/agent/authentication.ts'
import { replyRecipients, replySubject, replyToDiffers } from '../../server/agent/recipients.ts'
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

test.each([
  ['Gmail says pass', 'mx.google.com; dkim=pass; spf=pass; dmarc=pass (p=REJECT) header.from=engine.example', 'pass'],
  ['the case of the letters means nothing', 'MX.Google.com; DMARC=Pass', 'pass'],
  ['Gmail says fail', 'mx.google.com; spf=pass; dmarc=fail (p=NONE dis=NONE) header.from=engine.example', 'fail'],
  ['a passing trouble is no pass', 'mx.google.com; dmarc=temperror', 'fail'],
  ['the sender has no policy', 'mx.google.com; dmarc=none', 'none'],
  ['Gmail says nothing of DMARC', 'mx.google.com; dkim=pass; spf=pass', 'none'],
  ['another server wrote it', 'mail.engine.example; dmarc=pass', 'none'],
  ['a server with a longer name wrote it', 'mx.google.com.evil.example; dmarc=pass', 'none'],
  ['the name stands later in the line', 'evil.example; x=mx.google.com; dmarc=pass', 'none'],
  ['a method of another name passes', 'mx.google.com; x-dmarc=pass', 'none'],
  ['a quoted local part plays a verdict', 'mx.google.com; spf=pass smtp.mailfrom="a; dmarc=pass"@x.example', 'none'],
  [
    'a quoted local part plays a verdict before the real one',
    'mx.google.com; spf=pass smtp.mailfrom="a;dmarc=pass b"@x.example; dmarc=fail',
    'fail',
  ],
  [
    'a comment plays a verdict',
    'mx.google.com; spf=pass (google.com: domain of x; dmarc=pass y@x.example designates 1.2.3.4); dmarc=fail',
    'fail',
  ],
  ['two verdicts contradict each other', 'mx.google.com; dmarc=pass; dmarc=fail', 'fail'],
  ['a comment that never ends hides the rest', 'mx.google.com; spf=pass (x; dmarc=pass', 'none'],
  ['there is no such header', undefined, 'none'],
])('DMARC of a sender: %s', (_name, value, expected) => {
  expect(dmarcOf(value === undefined ? {} : { 'authentication-results': value })).toBe(expected)
})
