import { phrases } from '../../../mail/phrases.ts'
import type { LanguageCues } from './cues.ts'

export const es: LanguageCues = {
  meeting_request: {
    strong: phrases(`
      una reunión, reunirnos, nos reunimos, vernos, quedamos, quedar, una llamada, videollamada,
      videoconferencia, tu disponibilidad, su disponibilidad, estás libre, está libre, estás disponible, está
      disponible, estaría disponible, tendrías un rato, tendría un rato, tienes un rato, le viene bien, te
      viene bien, le vendría bien, te vendría bien, le va bien, te va bien, una cita, tomar un café, un café,
      comer juntos, aplazar, mover la reunión, media hora, confirmar su asistencia, confirmar tu asistencia,
      le invitamos, te invitamos, te invito
    `),
    weak: phrases(`
      reunión, hueco, disponible, disponibilidad, agenda, calendario, zoom, teams, invitación, a las
    `),
  },
  complaint: {
    strong: phrases(`
      queja, quejarme, reclamación, reclamar, reclamo, decepcionado, decepcionada, decepcionante, inaceptable,
      insatisfecho, insatisfecha, descontento, descontenta, reembolso, devolución del dinero, me devuelvan,
      nos devuelvan, dañado, dañada, defectuoso, defectuosa, no funciona, dejó de funcionar, nunca llegó, no
      ha llegado, no es lo que, cobrado dos veces, cobraron dos veces, cobrado de más, una vergüenza, muy mal
      servicio, mala calidad, harto, harta
    `),
    weak: phrases(`
      desgraciadamente, lamentablemente, error, errores, problema, problemas, falta, faltan, roto, rota,
      retraso, mal, corregida
    `),
  },
  follow_up: {
    strong: phrases(`
      alguna novedad, novedades, hay noticias, alguna noticia, sigo esperando, seguimos esperando, no he
      recibido respuesta, no hemos recibido respuesta, sin respuesta, no he tenido noticias, mi último correo,
      mi correo anterior, mi mensaje anterior, mi correo del, le escribo de nuevo, te escribo de nuevo,
      recordatorio, vuelvo a escribir, en qué punto, cómo va, cómo van, has podido, ha podido, pudo revisar,
      pudiste revisar, dar seguimiento, quedaste en, quedó en, habías dicho
    `),
    weak: phrases(`todavía, aún, la semana pasada, estado, de nuevo, pendiente`),
  },
  inquiry: {
    strong: phrases(`
      cuánto costaría, cuánto cuesta, cuánto vale, cuánto sería, un presupuesto, sus tarifas, tus tarifas, qué
      precio, ofrecen ustedes, ofrecéis, podría decirme, podrías decirme, puede decirme, puedes decirme, me
      gustaría saber, nos gustaría saber, quisiera saber, buscamos, estoy buscando, estamos buscando,
      información sobre, estoy interesado, estoy interesada, estamos interesados, sería posible, es posible,
      una pregunta, una consulta, tendría tiempo, tendrías tiempo, aceptan
    `),
    weak: phrases(`
      precio, tarifa, presupuesto, coste, costo, pregunta, preguntas, consulta, proyecto, podría, podrías,
      puede, puedes, cuánto, cuántos, qué, cuál, cómo, detalles
    `),
  },
  spam: {
    strong: phrases(`
      verifique su cuenta, verificar su cuenta, confirme sus datos, su cuenta ha sido, su cuenta será, cuenta
      bloqueada, inicio de sesión inusual, actividad inusual, haga clic aquí, haz clic aquí, pulse aquí, clic
      en el enlace, ha ganado, lotería, herencia, millones de euros, millones de dólares, beneficiario, datos
      bancarios, oferta limitada, oferta exclusiva, última oportunidad, sin compromiso, sin riesgo, dinero
      fácil, gane dinero, préstamo rápido, darse de baja, estimado cliente, su paquete, gastos de aduana,
      primera página de google, duplique su, su contraseña caduca
    `),
    weak: phrases(`
      contraseña, urgente, inmediatamente, en 24 horas, gratis, descuento, promoción, garantizado, millones,
      confidencial, premio, bono
    `),
  },
  requests: phrases(`
    podría, podrías, podrían, puede enviarme, puedes enviarme, le ruego, les ruego, por favor envíe, por favor
    envíame, por favor confirme, por favor confirma, dígame, dime, avísame, avíseme, hágame saber, me gustaría, nos
    gustaría, quisiera, quisiéramos, buscamos, estoy buscando, necesito que, necesitamos que, solicito, exijo
  `),
  awaiting: phrases(`quedo a la espera, quedamos a la espera, espero su respuesta, espero tu respuesta`),
  thanks: phrases(`
      gracias, muchas gracias, mil gracias, muy agradecido, muy agradecida, todo perfecto, perfecto, recibido
    `),
  nothingExpected: phrases(`
      para su información, para tu información, a título informativo, no hace falta responder, no es necesario
      responder, no es necesaria ninguna, ninguna acción, no tienes que hacer nada, en copia
    `),
  machine: phrases(`
      fuera de la oficina, respuesta automática, mensaje automático, no responda a este, no responder, darse
      de baja, boletín, newsletter, ver en el navegador
    `),
  weekdays: phrases(`
      lunes, martes, miércoles, jueves, viernes, sábado, domingo, mañana, próxima semana, semana que viene
    `),
  familiar: phrases(`tú, ti, te, tu, tus, contigo, podrías, puedes, tienes, crees`),
}
