import type { InEveryLanguage } from '../language.ts'

/** The pages of an account that stand in its navigation. */
export const ACCOUNT_PLACES = ['devices', 'sites', 'trust', 'checks', 'history', 'data'] as const
export type AccountPlace = (typeof ACCOUNT_PLACES)[number]

interface AccountTexts {
  readonly navigation: string
  readonly places: Readonly<Record<AccountPlace, string>>
  readonly signOut: string
  readonly back: string
  readonly door: {
    readonly title: string
    readonly heading: string
    readonly lead: string
    readonly device: string
    readonly proceed: string
  }
  readonly renewalDue: (date: string) => string
  readonly renew: string
}

/** What stands around all pages of an account, and the door before it. */
export const ACCOUNT_TEXTS: InEveryLanguage<AccountTexts> = {
  en: {
    navigation: 'Your account',
    places: {
      devices: 'Devices',
      sites: 'Sites',
      trust: 'What sites say',
      checks: 'Proofs',
      history: 'What happened',
      data: 'Your data',
    },
    signOut: 'Leave the account',
    back: 'Back',
    door: {
      title: 'Your account',
      heading: 'Your account',
      lead: 'Show that it is you, and the door is open for a while.',
      device: 'Your device',
      proceed: 'Open my account',
    },
    renewalDue: (date) => `This device is good until ${date}. Renew it in time, and you will not notice anything.`,
    renew: 'Renew this device',
  },
  de: {
    navigation: 'Ihr Konto',
    places: {
      devices: 'Geräte',
      sites: 'Websites',
      trust: 'Was Websites sagen',
      checks: 'Nachweise',
      history: 'Was geschah',
      data: 'Ihre Daten',
    },
    signOut: 'Konto verlassen',
    back: 'Zurück',
    door: {
      title: 'Ihr Konto',
      heading: 'Ihr Konto',
      lead: 'Zeigen Sie, dass Sie es sind, dann steht die Tür eine Weile offen.',
      device: 'Ihr Gerät',
      proceed: 'Mein Konto öffnen',
    },
    renewalDue: (date) => `Dieses Gerät gilt bis ${date}. Erneuern Sie es rechtzeitig, dann merken Sie nichts davon.`,
    renew: 'Dieses Gerät erneuern',
  },
  fr: {
    navigation: 'Votre compte',
    places: {
      devices: 'Appareils',
      sites: 'Les sites',
      trust: 'Ce que disent les sites',
      checks: 'Preuves',
      history: 'Historique',
      data: 'Vos données',
    },
    signOut: 'Quitter le compte',
    back: 'Retour',
    door: {
      title: 'Votre compte',
      heading: 'Votre compte',
      lead: 'Montrez que c’est bien vous, et la porte reste ouverte un moment.',
      device: 'Votre appareil',
      proceed: 'Ouvrir mon compte',
    },
    renewalDue: (date) =>
      `Cet appareil est valable jusqu’au ${date}. Renouvelez-le à temps, et vous ne remarquerez rien.`,
    renew: 'Renouveler cet appareil',
  },
  es: {
    navigation: 'Su cuenta',
    places: {
      devices: 'Dispositivos',
      sites: 'Sitios',
      trust: 'Lo que dicen los sitios',
      checks: 'Pruebas',
      history: 'Qué pasó',
      data: 'Sus datos',
    },
    signOut: 'Salir de la cuenta',
    back: 'Volver',
    door: {
      title: 'Su cuenta',
      heading: 'Su cuenta',
      lead: 'Demuestre que es usted, y la puerta quedará abierta un rato.',
      device: 'Su dispositivo',
      proceed: 'Abrir mi cuenta',
    },
    renewalDue: (date) => `Este dispositivo vale hasta el ${date}. Renuévelo a tiempo y no notará nada.`,
    renew: 'Renovar este dispositivo',
  },
}
