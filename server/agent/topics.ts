import { fold, hasPhrase, phrases } from '../mail/phrases.ts'

/** What a person answers, whoever asks: a wrong word about it costs too much. */
export type Topic = 'money' | 'legal' | 'credentials'

/** In the four languages the agent writes in, each looked for in every text. */
const words: Readonly<Record<Topic, readonly string[]>> = {
  money: phrases(`
    invoice*, payment*, pay, pays, paid, paying, prepay*, refund*, reimburs*, price*, pricing, quote for, quotation*, fee, fees,
    cost, costs, bank account*, bank details, iban, bic, wire transfer*, bank transfer*, gift card*, discount*, deposit,
    salary, budget, rechnung*, zahlung*, bezahl*, anzahlung*, uberweis*, erstatt*, gutschrift*, preis*, kosten*,
    kostet, honorar*, rabatt*, skonto, konto, kontonummer, kontoverbindung, bankverbindung, gehalt, mahnung*, facture*,
    paiement*, payer, paye, payez, virement*, rembours*, acompte*, prix, tarif*, devis, remise, honoraires, coute, couts,
    compte bancaire, coordonnees bancaires, salaire, factura*, pago, pagos, pagar, pagado, reembols*, transferencia*,
    precio*, tarifa*, presupuesto*, descuento*, anticipo, honorarios, cuesta, costes, costos, cuenta bancaria, salario
  `),
  legal: phrases(`
    lawyer*, attorney*, solicitor*, lawsuit*, legal, legally, litigation, court, subpoena*, contract, contracts, contractual,
    agreement, nda, non disclosure, liability, liable, damages, breach of, terminate, termination, cease and desist,
    copyright*, trademark*, gdpr, data protection, privacy request, warranty, anwalt*, rechtsanwalt*, rechtlich*,
    gericht, gerichtlich*, klage, klagen, vertrag*, kundigung*, kundigen, kundige, haftung*, haften, schadensersatz,
    abmahnung*, fristsetzung, widerruf*, urheberrecht*, markenrecht*, dsgvo, datenschutz*, gewahrleistung*, avocat*,
    tribunal*, juridique*, proces, contrat*, resilier, resiliation, responsabilite*, dommages, mise en demeure,
    droit d auteur, droits d auteur, rgpd, garantie legale, abogad*, juzgado*, demanda judicial, juridic*, contrato*,
    rescindir, rescision, responsabilidad*, danos y perjuicios, burofax, derechos de autor, proteccion de datos
  `),
  credentials: phrases(`
    password*, passcode*, passphrase*, passwort*, kennwort*, pin, pin code, otp, one time code, 2fa, mfa, two factor,
    verification code*, security code*, login*, log in, sign in, credentials, api key*, access key*, private key*,
    secret key*, access token*, ssh key*, recovery code*, zugangsdaten, anmeldedaten, zugangscode*, bestatigungscode*,
    sicherheitscode*, einmalcode*, tan, mot de passe, mots de passe, identifiant*, code de verification, code de securite,
    cle d acces, cle api, contrasena*, clave de acceso, clave api, credenciales, codigo de verificacion,
    codigo de seguridad, inicio de sesion
  `),
}

const sums = /[$€£¥]\s?\d|\d\s?(?:[$€£¥]|(?:usd|eur|gbp|chf|euros?|dollars?|pounds?|francs?|d[oó]lares)(?![\p{L}]))/iu

/** What of it the text is about; words in it that only look like it count too, and cost an automatic reply. */
export function topicsOf(text: string): ReadonlySet<Topic> {
  const folded = fold(text)
  const topics = (['money', 'legal', 'credentials'] as const).filter((topic) => hasPhrase(folded, words[topic]))
  return new Set(sums.test(text) ? ['money', ...topics] : topics)
}
