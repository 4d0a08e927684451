import type { CheckName } from '../../domain/proving/check.ts'
import type { InEveryLanguage } from '../language.ts'
import { html, type Markup } from '../page.ts'

interface CheckTexts {
  /** what leads to it when another check is shown first */
  readonly choice: string
  readonly label: string
  readonly hint: string
}

interface RevalidationTexts {
  readonly heading: string
  readonly title: (site: string) => string
  readonly titleAgain: (site: string) => string
  readonly lead: (site: string) => Markup
  readonly site: string
  readonly asked: string
  readonly ago: (minutes: number) => string
  readonly device: string
  readonly checks: Readonly<Record<CheckName, CheckTexts>>
  readonly passkeyFailed: string
  readonly passkeyNeedsScript: string
  readonly proceed: (host: string) => string
  readonly askEveryTime: string
  /** what leads to the place where checks are added */
  readonly addCheck: string
  /** where the owner has none of the checks that are wanted */
  readonly wanted: {
    readonly heading: string
    readonly one: (site: string) => Markup
    readonly next: (host: string) => string
  }
  readonly notYou: string
  readonly notYouText: (site: string) => string
  readonly deny: string
  readonly denied: { readonly title: string; readonly heading: string; readonly effect: string; readonly next: string }
}

/** The page on which an owner proves himself. */
export const REVALIDATION_TEXTS: InEveryLanguage<RevalidationTexts> = {
  en: {
    heading: 'Is it you?',
    title: (site) => `Is it you? ${site}`,
    titleAgain: (site) => `Not right: ${site}`,
    lead: (site) => html`<strong>${site}</strong> wants to be sure before it lets you in.`,
    site: 'Site',
    asked: 'Asked',
    ago: (minutes) =>
      minutes < 1 ? 'less than a minute ago' : minutes === 1 ? 'a minute ago' : `${minutes} minutes ago`,
    device: 'Your device',
    checks: {
      passkey: {
        choice: 'Use your passkey instead',
        label: 'Continue with your passkey',
        hint: 'Your fingerprint, your face, or the PIN of this device.',
      },
      totp: {
        choice: 'Use your authenticator app instead',
        label: 'Code from your authenticator app',
        hint: 'Six digits, a new code every 30 seconds.',
      },
      password: {
        choice: 'Use your password instead',
        label: 'Password',
        hint: 'The one that you chose for this service, not that of your device.',
      },
      'recovery-code': {
        choice: 'Use a recovery code instead',
        label: 'Recovery code',
        hint: 'One of the codes that you wrote down when you enrolled. Each works once.',
      },
    },
    passkeyFailed: 'That did not work. Try once more, or use another way below.',
    passkeyNeedsScript: 'Your passkey needs JavaScript, which is off here. Use one of these instead.',
    proceed: (host) => `Continue to ${host}`,
    askEveryTime: 'Ask me every time a site wants to sign me in on this device',
    addCheck: 'Add it in your account',
    wanted: {
      heading: 'One step before you go on',
      one: (site) => html`<strong>${site}</strong> wants one of these proofs, and you have not set up any of them yet:`,
      next: (host) => `Add one in your account. Then go back to ${host} and sign in again.`,
    },
    notYou: 'This was not you?',
    notYouText: (site) =>
      `If you did not just try to sign in at ${site}, somebody else may be using this device’s certificate. Put it on hold: it then opens nothing, anywhere, until it is released.`,
    deny: 'This was not me',
    denied: {
      title: 'On hold',
      heading: 'Your certificate is on hold',
      effect: 'From this moment it opens nothing, anywhere. Thank you for telling us.',
      next: 'Tell whoever invited you what happened. They can release the certificate, or give you a new invitation. You can close this page.',
    },
  },
  de: {
    heading: 'Sind Sie es?',
    title: (site) => `Sind Sie es? ${site}`,
    titleAgain: (site) => `Nicht richtig: ${site}`,
    lead: (site) => html`<strong>${site}</strong> möchte sicher sein, bevor Sie hineindürfen.`,
    site: 'Seite',
    asked: 'Gefragt',
    ago: (minutes) =>
      minutes < 1 ? 'vor weniger als einer Minute' : minutes === 1 ? 'vor einer Minute' : `vor ${minutes} Minuten`,
    device: 'Ihr Gerät',
    checks: {
      passkey: {
        choice: 'Stattdessen den Passkey nutzen',
        label: 'Weiter mit Ihrem Passkey',
        hint: 'Ihr Fingerabdruck, Ihr Gesicht oder die PIN dieses Geräts.',
      },
      totp: {
        choice: 'Stattdessen die Authenticator-App nutzen',
        label: 'Code aus Ihrer Authenticator-App',
        hint: 'Sechs Ziffern, alle 30 Sekunden ein neuer Code.',
      },
      password: {
        choice: 'Stattdessen das Passwort nutzen',
        label: 'Passwort',
        hint: 'Das, das Sie für diesen Dienst gewählt haben, nicht das Ihres Geräts.',
      },
      'recovery-code': {
        choice: 'Stattdessen einen Wiederherstellungscode nutzen',
        label: 'Wiederherstellungscode',
        hint: 'Einer der Codes, die Sie beim Einrichten aufgeschrieben haben. Jeder gilt einmal.',
      },
    },
    passkeyFailed: 'Das hat nicht geklappt. Versuchen Sie es noch einmal, oder nehmen Sie unten einen anderen Weg.',
    passkeyNeedsScript:
      'Ihr Passkey braucht JavaScript, das hier ausgeschaltet ist. Nehmen Sie stattdessen einen dieser Wege.',
    proceed: (host) => `Weiter zu ${host}`,
    askEveryTime: 'Jedes Mal nachfragen, wenn mich eine Seite auf diesem Gerät anmelden will',
    addCheck: 'Im Konto hinzufügen',
    wanted: {
      heading: 'Vorher fehlt noch ein Schritt',
      one: (site) =>
        html`<strong>${site}</strong> möchte einen dieser Nachweise, und Sie haben noch keinen davon eingerichtet:`,
      next: (host) =>
        `Fügen Sie einen in Ihrem Konto hinzu. Gehen Sie dann zu ${host} zurück und melden Sie sich wieder an.`,
    },
    notYou: 'Das waren nicht Sie?',
    notYouText: (site) =>
      `Wenn Sie sich nicht gerade bei ${site} anmelden wollten, nutzt vielleicht jemand anderes das Zertifikat dieses Geräts. Sperren Sie es: Dann öffnet es nirgends mehr etwas, bis es freigegeben wird.`,
    deny: 'Das war nicht ich',
    denied: {
      title: 'Gesperrt',
      heading: 'Ihr Zertifikat ist gesperrt',
      effect: 'Von jetzt an öffnet es nirgends mehr etwas. Danke, dass Sie es gemeldet haben.',
      next: 'Sagen Sie der Person, die Sie eingeladen hat, was geschehen ist. Sie kann das Zertifikat freigeben oder Sie neu einladen. Diese Seite können Sie schließen.',
    },
  },
  fr: {
    heading: 'Est-ce bien vous ?',
    title: (site) => `Est-ce bien vous ? ${site}`,
    titleAgain: (site) => `Ce n’est pas cela : ${site}`,
    lead: (site) => html`<strong>${site}</strong> veut en être sûr avant de vous laisser entrer.`,
    site: 'Site',
    asked: 'Demandé',
    ago: (minutes) =>
      minutes < 1 ? 'il y a moins d’une minute' : minutes === 1 ? 'il y a une minute' : `il y a ${minutes} minutes`,
    device: 'Votre appareil',
    checks: {
      passkey: {
        choice: 'Utiliser plutôt votre clé d’accès',
        label: 'Continuer avec votre clé d’accès',
        hint: 'Votre empreinte, votre visage ou le code PIN de cet appareil.',
      },
      totp: {
        choice: 'Utiliser plutôt votre application d’authentification',
        label: 'Code de votre application d’authentification',
        hint: 'Six chiffres, un nouveau code toutes les 30 secondes.',
      },
      password: {
        choice: 'Utiliser plutôt votre mot de passe',
        label: 'Mot de passe',
        hint: 'Celui que vous avez choisi pour ce service, pas celui de votre appareil.',
      },
      'recovery-code': {
        choice: 'Utiliser plutôt un code de secours',
        label: 'Code de secours',
        hint: 'L’un des codes que vous avez notés lors de l’installation. Chacun sert une seule fois.',
      },
    },
    passkeyFailed: 'Cela n’a pas marché. Réessayez, ou prenez une autre voie ci-dessous.',
    passkeyNeedsScript: 'Votre clé d’accès a besoin de JavaScript, qui est désactivé ici. Prenez l’une de ces voies.',
    proceed: (host) => `Continuer vers ${host}`,
    askEveryTime: 'Me demander chaque fois qu’un site veut me connecter sur cet appareil',
    addCheck: 'L’ajouter dans votre compte',
    wanted: {
      heading: 'Encore une étape avant de continuer',
      one: (site) =>
        html`<strong>${site}</strong> demande l’une de ces preuves, et vous n’en avez encore préparé aucune :`,
      next: (host) => `Ajoutez-en une dans votre compte. Retournez ensuite sur ${host} et connectez-vous à nouveau.`,
    },
    notYou: 'Ce n’était pas vous ?',
    notYouText: (site) =>
      `Si vous n’étiez pas en train de vous connecter à ${site}, quelqu’un d’autre se sert peut-être du certificat de cet appareil. Suspendez-le : il n’ouvrira plus rien, nulle part, jusqu’à ce qu’il soit rétabli.`,
    deny: 'Ce n’était pas moi',
    denied: {
      title: 'Suspendu',
      heading: 'Votre certificat est suspendu',
      effect: 'Dès maintenant, il n’ouvre plus rien, nulle part. Merci de nous avoir prévenus.',
      next: 'Dites à la personne qui vous a invité ce qui s’est passé. Elle peut rétablir le certificat ou vous inviter de nouveau. Vous pouvez fermer cette page.',
    },
  },
  es: {
    heading: '¿Es usted?',
    title: (site) => `¿Es usted? ${site}`,
    titleAgain: (site) => `No es correcto: ${site}`,
    lead: (site) => html`<strong>${site}</strong> quiere asegurarse antes de dejarle entrar.`,
    site: 'Sitio',
    asked: 'Preguntó',
    ago: (minutes) =>
      minutes < 1 ? 'hace menos de un minuto' : minutes === 1 ? 'hace un minuto' : `hace ${minutes} minutos`,
    device: 'Su dispositivo',
    checks: {
      passkey: {
        choice: 'Usar mejor su llave de acceso',
        label: 'Continuar con su llave de acceso',
        hint: 'Su huella, su rostro o el PIN de este dispositivo.',
      },
      totp: {
        choice: 'Usar en su lugar la aplicación de autenticación',
        label: 'Código de su aplicación de autenticación',
        hint: 'Seis cifras, un código nuevo cada 30 segundos.',
      },
      password: {
        choice: 'Usar mejor su contraseña',
        label: 'Contraseña',
        hint: 'La que eligió para este servicio, no la de su dispositivo.',
      },
      'recovery-code': {
        choice: 'Usar en su lugar un código de recuperación',
        label: 'Código de recuperación',
        hint: 'Uno de los códigos que anotó al registrarse. Cada uno sirve una sola vez.',
      },
    },
    passkeyFailed: 'No ha funcionado. Inténtelo otra vez o use otra vía más abajo.',
    passkeyNeedsScript: 'Su llave de acceso necesita JavaScript, que aquí está desactivado. Use una de estas vías.',
    proceed: (host) => `Continuar a ${host}`,
    askEveryTime: 'Preguntarme cada vez que un sitio quiera iniciar mi sesión en este dispositivo',
    addCheck: 'Añadirla en su cuenta',
    wanted: {
      heading: 'Falta un paso antes de seguir',
      one: (site) => html`<strong>${site}</strong> pide una de estas pruebas, y usted aún no ha configurado ninguna:`,
      next: (host) => `Añada una en su cuenta. Después vuelva a ${host} e inicie sesión de nuevo.`,
    },
    notYou: '¿No fue usted?',
    notYouText: (site) =>
      `Si no intentaba entrar ahora en ${site}, quizá otra persona esté usando el certificado de este dispositivo. Suspéndalo: ya no abrirá nada, en ningún sitio, hasta que se libere.`,
    deny: 'No fui yo',
    denied: {
      title: 'Suspendido',
      heading: 'Su certificado está suspendido',
      effect: 'Desde este momento no abre nada, en ningún sitio. Gracias por avisarnos.',
      next: 'Cuente lo ocurrido a quien le invitó. Puede liberar el certificado o invitarle de nuevo. Ya puede cerrar esta página.',
    },
  },
}
