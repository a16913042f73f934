/**
 * What the text would bind somebody to who knows nothing of it: that the writer or a colleague will do something, or has
 * done something already. The agent does nothing but write. In the four languages it writes in, each tried on every text.
 */
const promises: readonly RegExp[] = [
  // I will check; we'll call you; let me find out
  /\b(?:i|we)(?: will|[’']ll| shall| am going to| are going to|[’'](?:m|re) going to)\b(?! be (?:happy|glad|pleased|delighted))/i,
  /\blet me (?:check|see|find|ask|look|confirm|get|know and)\b/i,
  /\b(?:will|shall) (?:get back|be in touch|contact|call|reach out|follow up|look into|let you know)\b/i,
  /\byou(?: will|[’']ll) (?:hear|receive|get)\b/i,
  /\b(?:i|we)(?: have|[’']ve)(?: already| just)? (?:asked|arranged|booked|cancelled|checked|contacted|escalated|forwarded|handed|informed|notified|ordered|passed|raised|scheduled|sent|told|transferred)\b/i,
  // ich werde prüfen; wir melden uns; ich habe es weitergeleitet
  /\b(?:ich werde|werde ich|wir werden|werden wir)\b/i,
  /\b(?:ich|wir) (?:bestätigen?|besorgen?|erkundigen?|fragen?|informieren?|klären?|kümmern?|kümmere|leiten?|melden?|prüfen?|rufen?|schauen?|schicken?|senden?|veranlassen?)(?![\p{L}])/iu,
  /(?<![\p{L}])(?:bestätigen?|fragen?|informieren?|klären?|kümmern?|kümmere|leiten?|melden?|prüfen?|rufen?|schicken?|senden?|veranlassen?) (?:ich|wir)(?![\p{L}])/iu,
  /\b(?:meldet sich|sie (?:hören|bekommen|erhalten) (?:[\p{L}]{1,20} ){0,4}von (?:uns|mir))\b/iu,
  /\b(?:habe|haben) (?:[\p{L}]{1,20} ){0,6}(?:angefragt|beauftragt|bestellt|gebeten|gebucht|informiert|storniert|veranlasst|verschickt|weitergegeben|weitergeleitet)\b/iu,
  // je vais vérifier; nous vous rappellerons; j'ai transmis
  /\b(?:je vais|nous allons|je reviens vers|je vous tiens|nous vous tenons|je m[’']en occupe|je me renseigne)\b/i,
  /\bje (?:[\p{L}’']{1,10} ){0,2}(?!serai (?:heureu|ravi))[\p{L}]{2,20}rai(?![\p{L}])/iu,
  /\bnous (?:[\p{L}’']{1,10} ){0,2}(?!serons (?:heureu|ravi))[\p{L}]{2,20}rons(?![\p{L}])/iu,
  /\b(?:vous recevrez|vous aurez|vous (?:re)?contactera|prendra contact)\b/i,
  /\b(?:j[’']ai|nous avons) (?:[\p{L}]{1,12} ){0,2}(?:annulé|commandé|contacté|demandé|envoyé|fait suivre|informé|prévenu|réservé|transféré|transmis)(?![\p{L}])/iu,
  // le llamaremos; voy a comprobarlo; lo he reenviado
  /\b(?:voy a|vamos a|me encargo|nos encargamos|le mantengo|te mantengo)\b/i,
  /(?<![\p{L}])[\p{L}]{2,20}(?:aré|eré|iré|aremos|eremos|iremos)(?![\p{L}])/iu,
  /(?<![\p{L}])(?:recibirás?|tendrás? noticias|se pondrán? en contacto)(?![\p{L}])/iu,
  /\b(?:he|hemos) (?:anulado|avisado|contactado|enviado|informado|pasado|pedido|preguntado|reenviado|reservado|solicitado|transmitido)\b/i,
]

/** Whether the text promises work, or claims that it was done. */
export function promisesWork(text: string): boolean {
  const flat = text.replace(/\s+/g, ' ')
  return promises.some((promise) => promise.test(flat))
}
