// Long because: each way to prove oneself is added, named and removed in four languages.
import type { CheckName } from '../../domain/proving/check.ts'
import type { InEveryLanguage } from '../language.ts'

interface ChecksTexts {
  readonly title: string
  readonly heading: string
  readonly lead: string
  readonly names: Readonly<Record<CheckName, string>>
  readonly madeAt: string
  readonly lastUsedAt: string
  readonly never: string
  readonly left: (count: number) => string
  readonly change: string
  readonly name: string
  readonly rename: string
  readonly remove: string
  readonly needed: string
  readonly addHeading: string
  readonly add: Readonly<Record<CheckName, string>>
  readonly proposed: Readonly<Record<'passkey' | 'totp', string>>
  readonly passkey: {
    readonly heading: string
    readonly text: string
    readonly button: string
    readonly failed: string
    readonly script: string
  }
  readonly totp: {
    readonly heading: string
    readonly text: string
    readonly qrLabel: string
    readonly open: string
    readonly byHand: string
    readonly code: string
    readonly button: string
  }
  readonly password: {
    readonly heading: string
    readonly text: string
    readonly label: string
    readonly hint: string
    readonly button: string
  }
  readonly codes: {
    readonly heading: string
    readonly text: string
    readonly replace: string
    readonly button: string
    readonly failed: string
    readonly script: string
    readonly fresh: string
    readonly done: string
  }
}

/** The ways in which somebody proves that it is him. */
export const CHECKS_TEXTS: InEveryLanguage<ChecksTexts> = {
  en: {
    title: 'Proofs',
    heading: 'How you prove that it is you',
    lead: 'Keep two at least: if one is lost, the other opens the door.',
    names: { passkey: 'Passkey', totp: 'Authenticator app', password: 'Password', 'recovery-code': 'Recovery codes' },
    madeAt: 'Added',
    lastUsedAt: 'Last used',
    never: 'not yet',
    left: (count) => (count === 1 ? 'One is left.' : `${count} are left.`),
    change: 'Change',
    name: 'Name',
    rename: 'Rename',
    remove: 'Remove',
    needed: 'This one has to stay until there is another one.',
    addHeading: 'Add another',
    add: {
      passkey: 'Add a passkey',
      totp: 'Add an authenticator app',
      password: 'Set a password',
      'recovery-code': 'New recovery codes',
    },
    proposed: { passkey: 'My passkey', totp: 'My app' },
    passkey: {
      heading: 'Add a passkey',
      text: 'This device, your phone or a security key remembers it. Your fingerprint, your face or a PIN unlocks it.',
      button: 'Create the passkey',
      failed: 'That did not work. Try once more, or choose another place for it.',
      script: 'A passkey needs JavaScript, which is off here.',
    },
    totp: {
      heading: 'Add an authenticator app',
      text: 'Scan this with the app, then type the code that it shows.',
      qrLabel: 'QR code for your authenticator app',
      open: 'Open in an app on this device',
      byHand: 'Or type this in by hand:',
      code: 'Code from the app',
      button: 'Add the app',
    },
    password: {
      heading: 'Set a password',
      text: 'It proves that it is you beside the certificate of your device. An earlier one is void from then on.',
      label: 'New password',
      hint: '8 characters or more. A sentence that nobody else would say is a good one.',
      button: 'Set the password',
    },
    codes: {
      heading: 'New recovery codes',
      text: 'They are for the day when all else is lost. Each works once.',
      replace: 'The codes that you have now are void from that moment.',
      button: 'Make new codes',
      failed:
        'That did not work. Please try again here: until the new codes stand on this page, nobody knows whether the old ones are still good.',
      script:
        'New codes need JavaScript, which is off here. They are made in your browser, so that nobody else ever has them.',
      fresh: 'Write these down, on paper or in your password manager. They are not shown again.',
      done: 'I have written them down',
    },
  },
  de: {
    title: 'Nachweise',
    heading: 'Wie Sie zeigen, dass Sie es sind',
    lead: 'Behalten Sie mindestens zwei: geht einer verloren, öffnet der andere die Tür.',
    names: {
      passkey: 'Passkey',
      totp: 'Authenticator-App',
      password: 'Passwort',
      'recovery-code': 'Wiederherstellungscodes',
    },
    madeAt: 'Hinzugefügt',
    lastUsedAt: 'Zuletzt benutzt',
    never: 'noch nicht',
    left: (count) => (count === 1 ? 'Einer ist übrig.' : `${count} sind übrig.`),
    change: 'Ändern',
    name: 'Name',
    rename: 'Umbenennen',
    remove: 'Entfernen',
    needed: 'Dieser muss bleiben, bis es einen anderen gibt.',
    addHeading: 'Weiteren hinzufügen',
    add: {
      passkey: 'Passkey hinzufügen',
      totp: 'Authenticator-App hinzufügen',
      password: 'Passwort setzen',
      'recovery-code': 'Neue Wiederherstellungscodes',
    },
    proposed: { passkey: 'Mein Passkey', totp: 'Meine App' },
    passkey: {
      heading: 'Passkey hinzufügen',
      text: 'Dieses Gerät, Ihr Telefon oder ein Sicherheitsschlüssel merkt ihn sich. Fingerabdruck, Gesicht oder PIN öffnet ihn.',
      button: 'Passkey anlegen',
      failed: 'Das ging nicht. Versuchen Sie es noch einmal, oder wählen Sie einen anderen Ort dafür.',
      script: 'Ein Passkey braucht JavaScript, das hier ausgeschaltet ist.',
    },
    totp: {
      heading: 'Authenticator-App hinzufügen',
      text: 'Scannen Sie das mit der App und geben Sie dann den Code ein, den sie zeigt.',
      qrLabel: 'QR-Code für Ihre Authenticator-App',
      open: 'In einer App auf diesem Gerät öffnen',
      byHand: 'Oder geben Sie das von Hand ein:',
      code: 'Code aus der App',
      button: 'App hinzufügen',
    },
    password: {
      heading: 'Passwort setzen',
      text: 'Es zeigt neben dem Zertifikat Ihres Geräts, dass Sie es sind. Ein früheres gilt von da an nicht mehr.',
      label: 'Neues Passwort',
      hint: 'Mindestens 8 Zeichen. Gut ist ein Satz, den sonst niemand sagen würde.',
      button: 'Passwort setzen',
    },
    codes: {
      heading: 'Neue Wiederherstellungscodes',
      text: 'Sie sind für den Tag, an dem alles andere verloren ist. Jeder gilt einmal.',
      replace: 'Die Codes, die Sie jetzt haben, gelten von da an nicht mehr.',
      button: 'Neue Codes machen',
      failed:
        'Das ging nicht. Bitte versuchen Sie es hier noch einmal: Solange die neuen Codes nicht auf dieser Seite stehen, ist ungewiss, ob die alten noch gelten.',
      script:
        'Neue Codes brauchen JavaScript, das hier ausgeschaltet ist. Sie entstehen in Ihrem Browser, damit niemand sonst sie je hat.',
      fresh: 'Schreiben Sie diese auf, auf Papier oder in Ihrem Passwortmanager. Sie werden nicht noch einmal gezeigt.',
      done: 'Ich habe sie aufgeschrieben',
    },
  },
  fr: {
    title: 'Preuves',
    heading: 'Comment vous montrez que c’est vous',
    lead: 'Gardez-en deux au moins : si l’une se perd, l’autre ouvre la porte.',
    names: {
      passkey: 'Clé d’accès',
      totp: 'Application d’authentification',
      password: 'Mot de passe',
      'recovery-code': 'Codes de secours',
    },
    madeAt: 'Ajoutée',
    lastUsedAt: 'Dernier usage',
    never: 'pas encore',
    left: (count) => (count === 1 ? 'Il en reste un.' : `Il en reste ${count}.`),
    change: 'Modifier',
    name: 'Nom',
    rename: 'Renommer',
    remove: 'Retirer',
    needed: 'Celle-ci doit rester tant qu’il n’y en a pas d’autre.',
    addHeading: 'En ajouter une',
    add: {
      passkey: 'Ajouter une clé d’accès',
      totp: 'Ajouter une application',
      password: 'Choisir un mot de passe',
      'recovery-code': 'Nouveaux codes de secours',
    },
    proposed: { passkey: 'Ma clé d’accès', totp: 'Mon application' },
    passkey: {
      heading: 'Ajouter une clé d’accès',
      text: 'Cet appareil, votre téléphone ou une clé de sécurité la retient. Votre empreinte, votre visage ou un code la déverrouille.',
      button: 'Créer la clé d’accès',
      failed: 'Cela n’a pas marché. Essayez encore, ou choisissez un autre endroit pour elle.',
      script: 'Une clé d’accès a besoin de JavaScript, qui est désactivé ici.',
    },
    totp: {
      heading: 'Ajouter une application d’authentification',
      text: 'Scannez ceci avec l’application, puis saisissez le code qu’elle affiche.',
      qrLabel: 'Code QR pour votre application d’authentification',
      open: 'Ouvrir dans une application de cet appareil',
      byHand: 'Ou saisissez ceci à la main :',
      code: 'Code de l’application',
      button: 'Ajouter l’application',
    },
    password: {
      heading: 'Choisir un mot de passe',
      text: 'Il montre que c’est vous, à côté du certificat de votre appareil. L’ancien ne vaut plus à partir de là.',
      label: 'Nouveau mot de passe',
      hint: '8 caractères ou plus. Une phrase que personne d’autre ne dirait convient bien.',
      button: 'Enregistrer le mot de passe',
    },
    codes: {
      heading: 'Nouveaux codes de secours',
      text: 'Ils sont pour le jour où tout le reste est perdu. Chacun marche une fois.',
      replace: 'Les codes que vous avez ne valent plus à partir de là.',
      button: 'Créer de nouveaux codes',
      failed:
        'Cela n’a pas marché. Réessayez ici même : tant que les nouveaux codes ne sont pas affichés sur cette page, on ne sait pas si les anciens valent encore.',
      script:
        'Pour de nouveaux codes, il faut JavaScript, qui est désactivé ici. Ils sont créés dans votre navigateur, pour que personne d’autre ne les ait jamais.',
      fresh: 'Notez-les, sur papier ou dans votre gestionnaire de mots de passe. Ils ne sont plus affichés ensuite.',
      done: 'Je les ai notés',
    },
  },
  es: {
    title: 'Pruebas',
    heading: 'Cómo demuestra que es usted',
    lead: 'Conserve dos por lo menos: si una se pierde, la otra abre la puerta.',
    names: {
      passkey: 'Llave de acceso',
      totp: 'Aplicación de autenticación',
      password: 'Contraseña',
      'recovery-code': 'Códigos de recuperación',
    },
    madeAt: 'Añadida',
    lastUsedAt: 'Último uso',
    never: 'todavía no',
    left: (count) => (count === 1 ? 'Queda uno.' : `Quedan ${count}.`),
    change: 'Cambiar',
    name: 'Nombre',
    rename: 'Cambiar el nombre',
    remove: 'Quitar',
    needed: 'Esta debe quedarse hasta que haya otra.',
    addHeading: 'Añadir otra',
    add: {
      passkey: 'Añadir una llave de acceso',
      totp: 'Añadir una aplicación',
      password: 'Poner una contraseña',
      'recovery-code': 'Códigos de recuperación nuevos',
    },
    proposed: { passkey: 'Mi llave de acceso', totp: 'Mi aplicación' },
    passkey: {
      heading: 'Añadir una llave de acceso',
      text: 'La recuerda este dispositivo, su teléfono o una llave de seguridad. Se abre con su huella, su cara o un PIN.',
      button: 'Crear la llave de acceso',
      failed: 'No ha funcionado. Inténtelo otra vez o elija otro lugar para ella.',
      script: 'Una llave de acceso necesita JavaScript, que aquí está desactivado.',
    },
    totp: {
      heading: 'Añadir una aplicación de autenticación',
      text: 'Escanee esto con la aplicación y escriba el código que muestra.',
      qrLabel: 'Código QR para su aplicación de autenticación',
      open: 'Abrir en una aplicación de este dispositivo',
      byHand: 'O escriba esto a mano:',
      code: 'Código de la aplicación',
      button: 'Añadir la aplicación',
    },
    password: {
      heading: 'Poner una contraseña',
      text: 'Demuestra que es usted junto al certificado de su dispositivo. La anterior deja de valer.',
      label: 'Contraseña nueva',
      hint: '8 caracteres o más. Una frase que nadie más diría es buena.',
      button: 'Guardar la contraseña',
    },
    codes: {
      heading: 'Códigos de recuperación nuevos',
      text: 'Son para el día en que todo lo demás se pierda. Cada uno sirve una vez.',
      replace: 'Los códigos que tiene ahora dejan de valer.',
      button: 'Crear códigos nuevos',
      failed:
        'No ha funcionado. Inténtelo otra vez aquí mismo: mientras los códigos nuevos no aparezcan en esta página, no se sabe si los antiguos siguen valiendo.',
      script:
        'Los códigos nuevos necesitan JavaScript, que aquí está desactivado. Se crean en su navegador, para que nadie más los tenga nunca.',
      fresh: 'Apúntelos, en papel o en su gestor de contraseñas. No se muestran otra vez.',
      done: 'Los he apuntado',
    },
  },
}
