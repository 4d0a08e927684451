// Long because: each thing that a browser can show is told in four languages, and what to do then.
import type { InEveryLanguage } from '../language.ts'
import { html, type Markup } from '../page.ts'

/** What a browser shows: one heading, one sentence of reason. */
interface Finding {
  readonly heading: string
  readonly text: (label: string) => Markup
}

export type FindingName =
  | 'enrolled'
  | 'good'
  | 'ending'
  | 'another'
  | 'none'
  | 'unknown'
  | 'held'
  | 'revoked'
  | 'expired'
  | 'not-yet-valid'

interface CertificateCheckTexts {
  readonly findings: Readonly<Record<FindingName, Finding>>
  /** for whoever has nothing to show yet, and comes from a site */
  readonly newcomer: string
  readonly same: string
  readonly fresh: string
  readonly restart: string
  readonly lookAgain: string
  readonly useAnother: string
  readonly askFresh: string
  readonly goOn: string
  readonly proceed: (host: string) => string
  readonly resume: string
  readonly close: string
  readonly renew: string
  readonly account: string
  readonly signOut: string
  readonly signedOut: {
    readonly heading: string
    readonly text: string
    readonly limits: string
    readonly next: string
  }
}

/** The page that tells which certificate a browser shows, and the end of being signed in. */
export const CERTIFICATE_CHECK_TEXTS: InEveryLanguage<CertificateCheckTexts> = {
  en: {
    findings: {
      enrolled: {
        heading: 'It works',
        text: (label) => html`This device is set up: your browser shows “<bdi>${label}</bdi>”, and it is valid.`,
      },
      good: {
        heading: 'It works',
        text: (label) => html`Your browser shows the certificate “<bdi>${label}</bdi>”, and it is valid.`,
      },
      ending: {
        heading: 'It works, for a little while',
        text: (label) =>
          html`Your browser shows “<bdi>${label}</bdi>”, whose time is up. Renew it soon: in a while your browser will not show it any more.`,
      },
      another: {
        heading: 'This is another certificate',
        text: (label) => html`Your browser shows “<bdi>${label}</bdi>”, and not the one that you are looking for.`,
      },
      none: {
        heading: 'No certificate was shown',
        text: () =>
          html`Your browser has none for this address yet, or was told to show none. If you have saved the file, bring it into your browser first, then look again.`,
      },
      unknown: {
        heading: 'This certificate means nothing here',
        text: () => html`Your browser shows a certificate that is nobody’s here. Choose the one of this device.`,
      },
      held: {
        heading: 'Your certificate is on hold',
        text: (label) =>
          html`“<bdi>${label}</bdi>” opens nothing until it is released. If you put it on hold, do that from another device of yours; else ask whoever invited you.`,
      },
      revoked: {
        heading: 'Your certificate is revoked',
        text: (label) =>
          html`“<bdi>${label}</bdi>” opens nothing any more. Choose another, or ask whoever invited you for a new invitation.`,
      },
      expired: {
        heading: 'Your certificate has expired',
        text: (label) =>
          html`“<bdi>${label}</bdi>” is too old. Choose another, or ask whoever invited you for a new invitation.`,
      },
      'not-yet-valid': {
        heading: 'Your certificate is not valid yet',
        text: (label) => html`The time of “<bdi>${label}</bdi>” has not come. Look again in a minute.`,
      },
    },
    newcomer:
      'If you have never set up this browser, you need an invitation first: ask whoever runs the site that you want to use. Setting up takes about a minute.',
    same: 'Your browser showed the same one again. It has no other for this service, or goes on with what was chosen.',
    fresh: 'It was asked at an address that it had never seen, where nothing was chosen before.',
    restart:
      'If this is not what you expect: close all windows of your browser, open it again, and come back to this page. Until then it does not ask you again.',
    lookAgain: 'Look again',
    useAnother: 'Use another certificate',
    askFresh: 'Have the browser ask again',
    goOn: 'Go on with this one',
    proceed: (host) => `Continue to ${host}`,
    resume: 'Go on where you were',
    close: 'You can close this page.',
    renew: 'Renew it now',
    account: 'Your account',
    signOut: 'Sign out here',
    signedOut: {
      heading: 'You are signed out here',
      text: 'Your session has ended, and your browser was asked to forget which certificate it chose.',
      limits:
        'Chrome, Edge and their relatives ask you again at the next visit. Firefox and Safari do so once all their windows were closed: do that if others use this browser.',
      next: 'Sign in with a certificate',
    },
  },
  de: {
    findings: {
      enrolled: {
        heading: 'Es funktioniert',
        text: (label) =>
          html`Dieses Gerät ist eingerichtet: Ihr Browser zeigt „<bdi>${label}</bdi>“, und es ist gültig.`,
      },
      good: {
        heading: 'Es funktioniert',
        text: (label) => html`Ihr Browser zeigt das Zertifikat „<bdi>${label}</bdi>“, und es ist gültig.`,
      },
      ending: {
        heading: 'Es funktioniert, noch eine Weile',
        text: (label) =>
          html`Ihr Browser zeigt „<bdi>${label}</bdi>“, dessen Zeit um ist. Erneuern Sie es bald: In einiger Zeit zeigt Ihr Browser es nicht mehr.`,
      },
      another: {
        heading: 'Das ist ein anderes Zertifikat',
        text: (label) => html`Ihr Browser zeigt „<bdi>${label}</bdi>“ und nicht das, welches Sie suchen.`,
      },
      none: {
        heading: 'Es wurde kein Zertifikat gezeigt',
        text: () =>
          html`Ihr Browser hat für diese Adresse noch keines oder sollte keines zeigen. Wenn Sie die Datei gespeichert haben, nehmen Sie sie erst in den Browser auf und schauen dann noch einmal nach.`,
      },
      unknown: {
        heading: 'Dieses Zertifikat gilt hier nichts',
        text: () => html`Ihr Browser zeigt ein Zertifikat, das hier niemandem gehört. Wählen Sie das dieses Geräts.`,
      },
      held: {
        heading: 'Ihr Zertifikat ist gesperrt',
        text: (label) =>
          html`„<bdi>${label}</bdi>“ öffnet nichts, bis es freigegeben wird. Haben Sie es selbst gesperrt, geben Sie es von einem anderen Ihrer Geräte aus frei; sonst fragen Sie, wer Sie eingeladen hat.`,
      },
      revoked: {
        heading: 'Ihr Zertifikat ist widerrufen',
        text: (label) =>
          html`„<bdi>${label}</bdi>“ öffnet nichts mehr. Wählen Sie ein anderes, oder bitten Sie um eine neue Einladung.`,
      },
      expired: {
        heading: 'Ihr Zertifikat ist abgelaufen',
        text: (label) =>
          html`„<bdi>${label}</bdi>“ ist zu alt. Wählen Sie ein anderes, oder bitten Sie um eine neue Einladung.`,
      },
      'not-yet-valid': {
        heading: 'Ihr Zertifikat gilt noch nicht',
        text: (label) =>
          html`Die Zeit von „<bdi>${label}</bdi>“ ist noch nicht gekommen. Schauen Sie in einer Minute noch einmal nach.`,
      },
    },
    newcomer:
      'Haben Sie diesen Browser noch nie eingerichtet, dann brauchen Sie erst eine Einladung: Fragen Sie den Betreiber der Seite, die Sie benutzen möchten. Das Einrichten dauert etwa eine Minute.',
    same: 'Ihr Browser hat wieder dasselbe gezeigt. Er hat kein anderes für diesen Dienst oder bleibt bei dem, was einmal gewählt wurde.',
    fresh: 'Gefragt wurde unter einer Adresse, die er noch nie gesehen hat und für die noch nichts gewählt war.',
    restart:
      'Wenn Sie etwas anderes erwarten: Schließen Sie alle Fenster Ihres Browsers, öffnen Sie ihn wieder und kommen Sie auf diese Seite zurück. Vorher fragt er Sie nicht noch einmal.',
    lookAgain: 'Noch einmal nachsehen',
    useAnother: 'Ein anderes Zertifikat nehmen',
    askFresh: 'Den Browser neu fragen lassen',
    goOn: 'Mit diesem weitermachen',
    proceed: (host) => `Weiter zu ${host}`,
    resume: 'Weiter, wo Sie waren',
    close: 'Sie können diese Seite schließen.',
    renew: 'Jetzt erneuern',
    account: 'Ihr Konto',
    signOut: 'Hier abmelden',
    signedOut: {
      heading: 'Sie sind hier abgemeldet',
      text: 'Ihre Sitzung ist beendet, und Ihr Browser soll vergessen, welches Zertifikat er gewählt hat.',
      limits:
        'Chrome, Edge und ihre Verwandten fragen Sie beim nächsten Besuch wieder. Firefox und Safari erst, wenn alle ihre Fenster geschlossen waren: Tun Sie das, wenn auch andere diesen Browser nutzen.',
      next: 'Mit einem Zertifikat anmelden',
    },
  },
  fr: {
    findings: {
      enrolled: {
        heading: 'Cela fonctionne',
        text: (label) =>
          html`Cet appareil est prêt : votre navigateur présente « <bdi>${label}</bdi> », qui est valable.`,
      },
      good: {
        heading: 'Cela fonctionne',
        text: (label) => html`Votre navigateur présente le certificat « <bdi>${label}</bdi> », qui est valable.`,
      },
      ending: {
        heading: 'Cela fonctionne, pour peu de temps',
        text: (label) =>
          html`Votre navigateur présente « <bdi>${label}</bdi> », arrivé à son terme. Renouvelez-le bientôt : dans quelque temps, votre navigateur ne le présentera plus.`,
      },
      another: {
        heading: 'C’est un autre certificat',
        text: (label) => html`Votre navigateur présente « <bdi>${label}</bdi> », et non celui que vous cherchez.`,
      },
      none: {
        heading: 'Aucun certificat n’a été présenté',
        text: () =>
          html`Votre navigateur n’en a pas encore pour cette adresse, ou devait n’en présenter aucun. Si vous avez enregistré le fichier, ajoutez-le d’abord au navigateur, puis vérifiez à nouveau.`,
      },
      unknown: {
        heading: 'Ce certificat ne vaut rien ici',
        text: () =>
          html`Votre navigateur présente un certificat qui n’est à personne ici. Choisissez celui de cet appareil.`,
      },
      held: {
        heading: 'Votre certificat est suspendu',
        text: (label) =>
          html`« <bdi>${label}</bdi> » n’ouvre rien tant qu’il n’est pas rétabli. Si vous l’avez suspendu vous-même, rétablissez-le depuis un autre de vos appareils ; sinon, adressez-vous à la personne qui vous a invité.`,
      },
      revoked: {
        heading: 'Votre certificat est révoqué',
        text: (label) =>
          html`« <bdi>${label}</bdi> » n’ouvre plus rien. Choisissez-en un autre ou demandez une nouvelle invitation.`,
      },
      expired: {
        heading: 'Votre certificat a expiré',
        text: (label) =>
          html`« <bdi>${label}</bdi> » est trop ancien. Choisissez-en un autre ou demandez une nouvelle invitation.`,
      },
      'not-yet-valid': {
        heading: 'Votre certificat n’est pas encore valable',
        text: (label) => html`L’heure de « <bdi>${label}</bdi> » n’est pas venue. Vérifiez à nouveau dans une minute.`,
      },
    },
    newcomer:
      'Si vous n’avez jamais configuré ce navigateur, il vous faut d’abord une invitation : demandez-la à ceux qui tiennent le site que vous voulez utiliser. La configuration prend environ une minute.',
    same: 'Votre navigateur a présenté le même. Il n’en a pas d’autre pour ce service, ou s’en tient à ce qui a été choisi.',
    fresh: 'La question a été posée à une adresse qu’il n’avait jamais vue, où rien n’avait été choisi.',
    restart:
      'Si ce n’est pas ce que vous attendez : fermez toutes les fenêtres du navigateur, rouvrez-le et revenez à cette page. D’ici là, il ne vous demandera plus rien.',
    lookAgain: 'Vérifier à nouveau',
    useAnother: 'Prendre un autre certificat',
    askFresh: 'Faire redemander le navigateur',
    goOn: 'Continuer avec celui-ci',
    proceed: (host) => `Continuer vers ${host}`,
    resume: 'Reprendre où vous étiez',
    close: 'Vous pouvez fermer cette page.',
    renew: 'Le renouveler maintenant',
    account: 'Votre compte',
    signOut: 'Se déconnecter ici',
    signedOut: {
      heading: 'Vous êtes déconnecté ici',
      text: 'Votre session est terminée, et votre navigateur a été prié d’oublier le certificat choisi.',
      limits:
        'Chrome, Edge et leurs proches vous demanderont à la prochaine visite. Firefox et Safari ne le feront qu’une fois toutes leurs fenêtres fermées : fermez-les si d’autres se servent de ce navigateur.',
      next: 'Se connecter avec un certificat',
    },
  },
  es: {
    findings: {
      enrolled: {
        heading: 'Funciona',
        text: (label) => html`Este dispositivo está listo: su navegador muestra «<bdi>${label}</bdi>», y es válido.`,
      },
      good: {
        heading: 'Funciona',
        text: (label) => html`Su navegador muestra el certificado «<bdi>${label}</bdi>», y es válido.`,
      },
      ending: {
        heading: 'Funciona, por poco tiempo',
        text: (label) =>
          html`Su navegador muestra «<bdi>${label}</bdi>», cuyo plazo ha terminado. Renuévelo pronto: dentro de un tiempo su navegador ya no lo mostrará.`,
      },
      another: {
        heading: 'Este es otro certificado',
        text: (label) => html`Su navegador muestra «<bdi>${label}</bdi>», y no el que usted busca.`,
      },
      none: {
        heading: 'No se mostró ningún certificado',
        text: () =>
          html`Su navegador aún no tiene ninguno para esta dirección, o se le dijo que no mostrara ninguno. Si ha guardado el archivo, añádalo primero al navegador y vuelva a comprobarlo.`,
      },
      unknown: {
        heading: 'Este certificado no vale nada aquí',
        text: () => html`Su navegador muestra un certificado que aquí no es de nadie. Elija el de este dispositivo.`,
      },
      held: {
        heading: 'Su certificado está suspendido',
        text: (label) =>
          html`«<bdi>${label}</bdi>» no abre nada hasta que se libere. Si lo suspendió usted, libérelo desde otro de sus dispositivos; si no, pregunte a quien le invitó.`,
      },
      revoked: {
        heading: 'Su certificado está revocado',
        text: (label) => html`«<bdi>${label}</bdi>» ya no abre nada. Elija otro o pida una nueva invitación.`,
      },
      expired: {
        heading: 'Su certificado ha caducado',
        text: (label) => html`«<bdi>${label}</bdi>» es demasiado antiguo. Elija otro o pida una nueva invitación.`,
      },
      'not-yet-valid': {
        heading: 'Su certificado aún no es válido',
        text: (label) =>
          html`La hora de «<bdi>${label}</bdi>» no ha llegado. Vuelva a comprobarlo dentro de un minuto.`,
      },
    },
    newcomer:
      'Si nunca ha configurado este navegador, necesita primero una invitación: pídala a quien lleva el sitio que quiere usar. Configurarlo tarda un minuto, más o menos.',
    same: 'Su navegador mostró otra vez el mismo. No tiene otro para este servicio, o sigue con el que se eligió.',
    fresh: 'Se preguntó en una dirección que nunca había visto, donde no se había elegido nada.',
    restart:
      'Si no es lo que espera: cierre todas las ventanas del navegador, vuelva a abrirlo y regrese a esta página. Hasta entonces no volverá a preguntarle.',
    lookAgain: 'Volver a comprobar',
    useAnother: 'Usar otro certificado',
    askFresh: 'Que el navegador vuelva a preguntar',
    goOn: 'Seguir con este',
    proceed: (host) => `Continuar a ${host}`,
    resume: 'Seguir donde estaba',
    close: 'Puede cerrar esta página.',
    renew: 'Renovarlo ahora',
    account: 'Su cuenta',
    signOut: 'Salir aquí',
    signedOut: {
      heading: 'Ha salido de aquí',
      text: 'Su sesión ha terminado, y se pidió a su navegador que olvide qué certificado eligió.',
      limits:
        'Chrome, Edge y sus parientes le preguntarán en la próxima visita. Firefox y Safari, solo cuando se hayan cerrado todas sus ventanas: ciérrelas si otros usan este navegador.',
      next: 'Entrar con un certificado',
    },
  },
}
