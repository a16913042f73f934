import type { Language } from './world.ts'

/** Who writes, with which program, and in which language. */
export interface Person {
  readonly name: string
  readonly email: string
  readonly language: Language
  readonly client: 'gmail' | 'outlook' | 'thunderbird' | 'machine'
}

function person(name: string, email: string, language: Language, client: Person['client']): Person {
  return { name, email, language, client }
}

export const jonas = person('Jonas Hartmann', 'j.hartmann@hartmann-werkzeuge.example', 'de', 'outlook')
export const priya = person('Priya Raman', 'priya@kilnandco.example', 'en', 'gmail')
export const sam = person('Sam Ekwueme', 'sam@kilnandco.example', 'en', 'gmail')
export const tomasz = person('Tomasz Wilk', 'tomasz.wilk@borealis-maps.example', 'en', 'gmail')
export const leo = person('Leo Marchetti', 'leo@fathom-audio.example', 'en', 'gmail')
export const gordon = person('Gordon Pell', 'gordon@pell-bicycles.example', 'en', 'outlook')
export const voss = person('Dr. Sabine Voss', 'praxis@praxis-voss.example', 'de', 'thunderbird')
export const ana = person('Ana Ferreira', 'ana@mares-collective.example', 'en', 'gmail')
export const nadia = person('Nadia Okafor', 'nadia.okafor@lumen-library.example', 'en', 'gmail')
export const krueger = person('Bettina Krüger', 'bettina.krueger@stadtwerke-lindau.example', 'de', 'outlook')
export const oeztuerk = person('Hausverwaltung Öztürk', 'verwaltung@oeztuerk-immobilien.example', 'de', 'outlook')
export const linnea = person('Linnea Sjöberg', 'linnea.sjoberg@example.org', 'en', 'gmail')
export const elodie = person('Élodie Garnier', 'elodie@atelier-garnier.example', 'fr', 'gmail')
export const amelie = person('Amélie Roche', 'amelie@papier-parle.example', 'fr', 'thunderbird')
export const rodrigo = person('Rodrigo Salas', 'rodrigo@cerveceria-lechuza.example', 'es', 'gmail')
export const ines = person('Inés Robledo', 'ines.robledo@cine-almeria.example', 'es', 'outlook')
export const sofia = person('Sofia Brandt', 'sofia.brandt@kita-kastanie.example', 'de', 'gmail')
export const emre = person('Emre Yıldız', 'emre@yildiz-code.example', 'de', 'gmail')
export const weber = person('Katharina Weber', 'k.weber@weber-tee.example', 'de', 'outlook')
export const seidel = person('Martina Seidel', 'm.seidel@seidel-steuern.example', 'de', 'outlook')
export const yusuf = person('Yusuf Demirel', 'yusuf.demirel@example.com', 'en', 'gmail')
export const wendelin = person('Prof. Wendelin Achterberg', 'achterberg@kh-ostsee.example', 'en', 'thunderbird')
export const forum = person('Juno Adeyemi (Formwerk Forum)', 'programme@formwerk-forum.example', 'en', 'gmail')
export const lindgren = person('Oskar Lindgren', 'o.lindgren@nordlicht-hotels.example', 'en', 'gmail')
export const henrik = person('Henrik Aas', 'henrik.aas@fjordkaffe.example', 'en', 'outlook')
