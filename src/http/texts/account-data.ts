import type { InEveryLanguage } from '../language.ts'

interface DataTexts {
  readonly title: string
  readonly heading: string
  readonly take: { readonly heading: string; readonly text: string; readonly button: string }
  readonly erase: {
    readonly heading: string
    readonly text: string
    readonly stays: string
    readonly open: string
    readonly button: string
  }
  readonly erased: { readonly title: string; readonly heading: string; readonly text: string }
  readonly renewal: {
    readonly title: string
    readonly heading: string
    readonly text: string
    readonly button: string
    /** after a proof, where it is high time */
    readonly due: string
    readonly later: (host: string) => string
  }
}

/** Taking everything out, ending everything, and beginning a device's next certificate. */
export const DATA_TEXTS: InEveryLanguage<DataTexts> = {
  en: {
    title: 'Your data',
    heading: 'Your data',
    take: {
      heading: 'Take it with you',
      text: 'All that is kept about you, in one file that programs can read. No passwords, no codes.',
      button: 'Save the file',
    },
    erase: {
      heading: 'Erase everything',
      text: 'All your devices are revoked for ever. Their names, your proofs and the name of this account are forgotten. Sites keep what they have about you; ask them.',
      stays: 'What has to stay for the sake of security, as that a certificate was revoked, is without any name.',
      open: 'I want to erase everything',
      button: 'Erase everything now',
    },
    erased: {
      title: 'Erased',
      heading: 'Everything is erased',
      text: 'Your devices open nothing any more, and nothing here has your name. You can remove the certificate from this browser and close this page.',
    },
    renewal: {
      title: 'Renew this device',
      heading: 'Renew this device',
      text: 'You get a new file for this browser, as at the first time. What you have now goes on for seven days beside it.',
      button: 'Begin',
      due: 'Thank you, it is you. The time of this device is nearly up, or over: renew it now, and you go on to the site from there.',
      later: (host) => `Later, to ${host}`,
    },
  },
  de: {
    title: 'Ihre Daten',
    heading: 'Ihre Daten',
    take: {
      heading: 'Nehmen Sie sie mit',
      text: 'Alles, was über Sie aufbewahrt wird, in einer Datei, die Programme lesen können. Keine Passwörter, keine Codes.',
      button: 'Datei speichern',
    },
    erase: {
      heading: 'Alles löschen',
      text: 'Alle Ihre Geräte werden für immer widerrufen. Ihre Namen, Ihre Nachweise und der Name dieses Kontos werden vergessen. Was Websites über Sie haben, behalten sie; fragen Sie dort nach.',
      stays: 'Was der Sicherheit wegen bleiben muss, etwa dass ein Zertifikat widerrufen wurde, trägt keinen Namen.',
      open: 'Ich will alles löschen',
      button: 'Jetzt alles löschen',
    },
    erased: {
      title: 'Gelöscht',
      heading: 'Alles ist gelöscht',
      text: 'Ihre Geräte öffnen nichts mehr, und nichts hier trägt Ihren Namen. Sie können das Zertifikat aus diesem Browser entfernen und diese Seite schließen.',
    },
    renewal: {
      title: 'Dieses Gerät erneuern',
      heading: 'Dieses Gerät erneuern',
      text: 'Sie bekommen eine neue Datei für diesen Browser, wie beim ersten Mal. Was Sie jetzt haben, gilt daneben noch sieben Tage.',
      button: 'Beginnen',
      due: 'Danke, Sie sind es. Die Zeit dieses Geräts ist fast um oder vorbei: erneuern Sie es jetzt, von dort geht es weiter zur Website.',
      later: (host) => `Später, zu ${host}`,
    },
  },
  fr: {
    title: 'Vos données',
    heading: 'Vos données',
    take: {
      heading: 'Emportez-les',
      text: 'Tout ce qui est gardé à votre sujet, dans un fichier que des programmes peuvent lire. Ni mots de passe, ni codes.',
      button: 'Enregistrer le fichier',
    },
    erase: {
      heading: 'Tout effacer',
      text: 'Tous vos appareils sont révoqués pour toujours. Leurs noms, vos preuves et le nom de ce compte sont oubliés. Les sites gardent ce qu’ils ont ; adressez-vous à eux.',
      stays: 'Ce qui doit rester pour la sécurité, comme le fait qu’un certificat a été révoqué, ne porte aucun nom.',
      open: 'Je veux tout effacer',
      button: 'Tout effacer maintenant',
    },
    erased: {
      title: 'Effacé',
      heading: 'Tout est effacé',
      text: 'Vos appareils n’ouvrent plus rien, et rien ici ne porte votre nom. Vous pouvez retirer le certificat de ce navigateur et fermer cette page.',
    },
    renewal: {
      title: 'Renouveler cet appareil',
      heading: 'Renouveler cet appareil',
      text: 'Vous recevez un nouveau fichier pour ce navigateur, comme la première fois. Ce que vous avez marche encore sept jours à côté.',
      button: 'Commencer',
      due: 'Merci, c’est bien vous. Le temps de cet appareil touche à sa fin ou est passé : renouvelez-le maintenant, vous irez ensuite au site.',
      later: (host) => `Plus tard, vers ${host}`,
    },
  },
  es: {
    title: 'Sus datos',
    heading: 'Sus datos',
    take: {
      heading: 'Lléveselos',
      text: 'Todo lo que se guarda sobre usted, en un archivo que los programas pueden leer. Sin contraseñas ni códigos.',
      button: 'Guardar el archivo',
    },
    erase: {
      heading: 'Borrarlo todo',
      text: 'Todos sus dispositivos quedan revocados para siempre. Se olvidan sus nombres, sus pruebas y el nombre de esta cuenta. Los sitios conservan lo que tienen de usted; pregúnteles.',
      stays: 'Lo que debe quedar por seguridad, como que un certificado se revocó, no lleva ningún nombre.',
      open: 'Quiero borrarlo todo',
      button: 'Borrarlo todo ahora',
    },
    erased: {
      title: 'Borrado',
      heading: 'Todo está borrado',
      text: 'Sus dispositivos ya no abren nada, y nada aquí lleva su nombre. Puede quitar el certificado de este navegador y cerrar esta página.',
    },
    renewal: {
      title: 'Renovar este dispositivo',
      heading: 'Renovar este dispositivo',
      text: 'Recibe un archivo nuevo para este navegador, como la primera vez. Lo que tiene ahora sirve siete días más.',
      button: 'Empezar',
      due: 'Gracias, es usted. El tiempo de este dispositivo se acaba o ya pasó: renuévelo ahora y desde allí seguirá al sitio.',
      later: (host) => `Más tarde, a ${host}`,
    },
  },
}
