import { amelie, elodie, ines, rodrigo, sofia } from './people.ts'
import { from, letter, open, settled, thread, to, type Thread } from './script.ts'
import { spell, type World } from './world.ts'

/** French, Spanish and German mail, so that a draft has to answer in the language it was asked in. */
export function languageThreads(world: World): Thread[] {
  return [garnierQuote(world), rochePodcast(world), lechuzaLabels(world), robledoPoster(world), brandtThanks(world)]
}

function garnierQuote({ me, ago, minutesAgo }: World): Thread {
  return thread('garnier-devis', 'Étiquettes pour nos confitures', [
    from(
      elodie,
      ago(12, '09:50'),
      settled('inquiry'),
      letter`
        Bonjour Madame Lindqvist,

        nous faisons de la confiture à Lyon depuis trois générations et nos étiquettes ont l’air
        d’en avoir quatre. Combien coûterait une nouvelle gamme pour huit parfums ?

        Bien cordialement,
        Élodie Garnier
      `,
    ),
    to(
      elodie,
      ago(11, '14:30'),
      letter`
        Bonjour Madame Garnier,

        quel beau projet ! Pour huit parfums, il faut compter six jours à 780 euros hors taxes, soit
        4 680 euros, deux séries de corrections comprises. Je demande un acompte de 30 % à la
        commande, donc 1 404 euros, et le reste à la livraison, quatre semaines plus tard.

        Bien à vous,
        ${me}
      `,
    ),
    from(
      elodie,
      minutesAgo(265),
      open('inquiry'),
      letter`
        Bonjour Mara,

        ma grand-mère a dit oui, donc c’est oui. Pouvez-vous me rappeler le montant de l’acompte et
        le délai de livraison ? Je prépare le virement cet après-midi, entre deux marmites de
        mirabelles.

        À très vite,
        Élodie
      `,
    ),
  ])
}

function rochePodcast({ me, ago }: World): Thread {
  return thread('roche-podcast', 'Invitation dans notre podcast « Papier parle »', [
    from(
      amelie,
      ago(7, '18:02'),
      settled('inquiry'),
      letter`
        Bonjour Mara,

        notre podcast parle de papier pendant quarante minutes, et étonnamment des gens l’écoutent.
        Seriez-vous d’accord pour un épisode sur les étiquettes ? En français, si vous osez.

        Amélie Roche
      `,
    ),
    to(
      amelie,
      ago(6, '10:15'),
      letter`
        Bonjour Amélie,

        j’ose, mais pas ce mois-ci : je livre deux projets et mon français a besoin de vacances.
        Reparlons-en au début du mois prochain, avec grand plaisir.

        ${me}
      `,
    ),
  ])
}

function lechuzaLabels({ me, ago, workday }: World): Thread {
  return thread('lechuza-etiquetas', 'Etiquetas para La Lechuza Negra', [
    to(
      rodrigo,
      ago(10, '12:40'),
      letter`
        Hola Rodrigo:

        Gracias por las muestras (las he estudiado con mucha atención). Te mando dos propuestas para
        la etiqueta de La Lechuza Negra antes del fin de semana: una con el búho de perfil y otra solo
        con los ojos. Son tres días de trabajo, 2.340 euros más IVA.

        Un abrazo,
        ${me}
      `,
    ),
    from(
      rodrigo,
      ago(1, '13:25'),
      open('follow_up'),
      letter`
        Hola Mara:

        ¿Hay alguna novedad sobre las dos propuestas para la etiqueta? La imprenta nos guarda el hueco
        hasta el ${spell(workday(4), 'es')} y la cerveza, por desgracia, no espera.

        ¿Cuándo crees que las podremos ver?

        Un saludo,
        Rodrigo Salas
        Cervecería La Lechuza, Sevilla
      `,
    ),
  ])
}

function robledoPoster({ ago }: World): Thread {
  return thread('robledo-cartel', 'Cartel para el festival de cortos de Almería', [
    from(
      ines,
      ago(5, '19:33'),
      open('inquiry'),
      letter`
        Estimada Mara:

        Soy la directora de un festival de cortometrajes muy pequeño y muy ventoso. Buscamos a alguien
        que diseñe el cartel de la próxima edición y nos encantaron sus iconos del alce triste.
        ¿Cuánto costaría un cartel con dos adaptaciones para redes? ¿Y tendría tiempo dentro de los
        próximos dos meses?

        Quedo a la espera de su respuesta.

        Inés Robledo
      `,
    ),
  ])
}

function brandtThanks({ me, ago }: World): Thread {
  return thread('brandt-danke', 'Das Wandbild hängt!', [
    to(
      sofia,
      ago(6, '16:48'),
      letter`
        Liebe Sofia,

        die Druckdaten für das Wandbild liegen im Ordner, 3,20 mal 1,80 Meter. Der Fuchs hat jetzt,
        wie von der Igelgruppe verlangt, sechs Beine.

        Liebe Grüße
        ${me}
      `,
    ),
    from(
      sofia,
      ago(4, '15:10'),
      settled('other'),
      letter`
        Liebe Mara,

        das Wandbild hängt und die Kinder sind hin und weg. Tausend Dank! Der Fuchs heißt jetzt
        Sechsbert.

        Herzliche Grüße von allen Igeln
        Sofia
      `,
    ),
  ])
}
