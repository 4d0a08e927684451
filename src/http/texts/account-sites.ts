import type { InEveryLanguage } from '../language.ts'

interface SitesTexts {
  readonly title: string
  readonly heading: string
  readonly lead: string
  readonly none: string
  readonly since: string
  readonly lastMonth: string
  readonly forget: string
  readonly effect: string
  readonly confirm: string
}

/** The sites that know somebody. */
export const SITES_TEXTS: InEveryLanguage<SitesTexts> = {
  en: {
    title: 'Sites',
    heading: 'Sites that know you',
    lead: 'Each knows you by a name of its own that no other site knows. None of them sees the names of your devices here.',
    none: 'No site knows you yet.',
    since: 'Since',
    lastMonth: 'Last month of use',
    forget: 'Forget me there',
    effect:
      'At your next sign-in the site takes you for somebody new. What you have there may be out of your reach then.',
    confirm: 'Yes, forget me there',
  },
  de: {
    title: 'Websites',
    heading: 'Websites, die Sie kennen',
    lead: 'Jede kennt Sie unter einem eigenen Namen, den keine andere kennt. Wie Ihre Geräte hier heißen, sieht keine.',
    none: 'Noch kennt Sie keine Website.',
    since: 'Seit',
    lastMonth: 'Zuletzt benutzt im',
    forget: 'Mich dort vergessen',
    effect:
      'Bei Ihrer nächsten Anmeldung hält die Website Sie für jemand Neuen. Was Sie dort haben, erreichen Sie dann vielleicht nicht mehr.',
    confirm: 'Ja, dort vergessen',
  },
  fr: {
    title: 'Les sites',
    heading: 'Les sites qui vous connaissent',
    lead: 'Chacun vous connaît sous un nom à lui, qu’aucun autre ne connaît. Aucun ne voit comment vos appareils s’appellent ici.',
    none: 'Aucun site ne vous connaît encore.',
    since: 'Depuis',
    lastMonth: 'Dernier mois d’usage',
    forget: 'M’oublier là-bas',
    effect:
      'À votre prochaine connexion, le site vous prend pour quelqu’un de nouveau. Ce que vous y avez sera peut-être hors d’atteinte.',
    confirm: 'Oui, m’oublier là-bas',
  },
  es: {
    title: 'Sitios',
    heading: 'Sitios que le conocen',
    lead: 'Cada uno le conoce por un nombre propio que ningún otro conoce. Ninguno ve cómo se llaman aquí sus dispositivos.',
    none: 'Todavía ningún sitio le conoce.',
    since: 'Desde',
    lastMonth: 'Último mes de uso',
    forget: 'Olvidarme allí',
    effect:
      'La próxima vez que entre, el sitio le tomará por alguien nuevo. Lo que tenga allí quizá quede fuera de su alcance.',
    confirm: 'Sí, olvidarme allí',
  },
}
