import { phrases } from '../../../mail/phrases.ts'
import type { LanguageCues } from './cues.ts'

export const fr: LanguageCues = {
  meeting_request: {
    strong: phrases(`
      rendez vous, se rencontrer, nous rencontrer, nous voir, se voir, une réunion, un appel, appel vidéo,
      visioconférence, en visio, une visio, vos disponibilités, tes disponibilités, êtes vous disponible, es
      tu disponible, seriez vous disponible, serais tu disponible, êtes vous libre, es tu libre, vous
      convient, vous conviendrait, te convient, vous irait, te va, un créneau, prendre un café, déjeuner
      ensemble, déjeuner, déplacer notre, reporter notre, reporter la réunion, une demi heure, échanger de
      vive voix, confirmer votre présence, confirmer ta présence, vous invitons à, je vous invite
    `),
    weak: phrases(`
      réunion, créneau, créneaux, disponible, disponibilité, agenda, calendrier, zoom, teams, invitation,
      heures
    `),
  },
  complaint: {
    strong: phrases(`
      réclamation, plainte, me plaindre, mécontent, mécontente, déçu, déçue, décevant, inacceptable,
      inadmissible, insatisfait, insatisfaite, pas satisfait, pas satisfaite, remboursement, me rembourser,
      nous rembourser, endommagé, endommagée, abîmé, abîmée, défectueux, défectueuse, ne fonctionne pas, ne
      fonctionne plus, ne marche pas, ne marche plus, jamais reçu, jamais arrivé, pas ce que j ai commandé,
      pas ce que nous avons commandé, facturé deux fois, débité deux fois, trop facturé, scandaleux, une honte
    `),
    weak: phrases(`
      malheureusement, erreur, erreurs, problème, problèmes, manque, manquant, cassé, retard, mauvais,
      mauvaise, corrigée
    `),
  },
  follow_up: {
    strong: phrases(`
      des nouvelles, je me permets de revenir, je reviens vers vous, je reviens vers toi, me permets de vous
      relancer, petite relance, relance, petit rappel, sans réponse, pas eu de réponse, pas reçu de réponse,
      pas de retour de votre part, mon dernier mail, mon dernier message, mon précédent mail, mon précédent
      message, mon courriel du, mon mail du, où en est, où en sommes, où en êtes, avez vous eu le temps, as tu
      eu le temps, toujours en attente, j attends toujours, nous attendons toujours, vous deviez, tu devais,
      comme promis
    `),
    weak: phrases(`
      rappel, toujours, la semaine dernière, semaine passée, nouvelles, avancement, encore
    `),
  },
  inquiry: {
    strong: phrases(`
      combien, un devis, vos tarifs, votre tarif, quel est le prix, quels sont les prix, quel serait le prix,
      proposez vous, pouvez vous me, pourriez vous me, peux tu me, pourrais tu me, pouvez vous nous, pourriez
      vous nous, je souhaiterais savoir, j aimerais savoir, je voudrais savoir, nous cherchons, je cherche,
      nous recherchons, je recherche, renseignement, renseignements, informations sur, seriez vous d accord,
      seriez vous intéressé, acceptez vous, une question, est il possible, serait il possible
    `),
    weak: phrases(`
      prix, tarif, devis, coût, budget, question, questions, projet, pouvez vous, pourriez vous, peux tu,
      quel, quelle, quels, quelles, comment, détails, précisions
    `),
  },
  spam: {
    strong: phrases(`
      vérifiez votre compte, vérifier votre compte, confirmez vos, votre compte a été suspendu, votre compte
      sera, compte bloqué, connexion inhabituelle, activité inhabituelle, cliquez ici, cliquez sur le lien,
      vous avez gagné, loterie, héritage, millions d euros, bénéficiaire, coordonnées bancaires, offre
      limitée, offre exclusive, dernière chance, sans engagement, sans risque, argent facile, gagnez de l
      argent, crédit rapide, prêt entre particuliers, se désabonner, se désinscrire, cher client, chère
      cliente, votre colis, frais de douane, première page de google, doublez votre, mot de passe expire
    `),
    weak: phrases(`
      mot de passe, urgent, immédiatement, sous 24 heures, gratuit, promotion, promo, remise, garanti,
      millions, confidentiel, cadeau, bonus
    `),
  },
  requests: phrases(`
    pouvez vous, pourriez vous, peux tu, pourrais tu, merci de me, merci de nous, merci de bien vouloir, veuillez
    me, veuillez nous, je vous prie de, je souhaiterais, nous souhaiterions, je voudrais, j aimerais, nous
    aimerions, dites moi, dis moi, tenez moi au courant, nous cherchons, je cherche, faites moi savoir
  `),
  awaiting: phrases(`dans l attente de votre, j attends votre, nous attendons votre, votre retour`),
  thanks: phrases(`
      merci, mille mercis, merci beaucoup, un grand merci, c est parfait, bien reçu, tout est parfait, très
      bien
    `),
  nothingExpected: phrases(`
      pour information, pour votre information, à titre d information, aucune action, pas besoin de répondre,
      inutile de répondre, rien à faire, aucune réponse, en copie
    `),
  machine: phrases(`
      absence du bureau, absent du bureau, absente du bureau, réponse automatique, message automatique, ne pas
      répondre, se désabonner, désinscrire, newsletter, lettre d information, voir dans le navigateur
    `),
  weekdays: phrases(`
      lundi, mardi, mercredi, jeudi, vendredi, samedi, dimanche, demain, semaine prochaine
    `),
  familiar: phrases(`tu, toi, te, ton, ta, tes`),
}
