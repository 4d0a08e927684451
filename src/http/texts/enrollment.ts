// Long because: the whole page of an invitation stands here in four languages, with every refusal that it may meet.
import type { InEveryLanguage } from '../language.ts'
import { html, type Markup } from '../page.ts'

interface EnrollmentTexts {
  readonly title: string
  readonly script: string
  readonly stages: { readonly heading: string; readonly name: string; readonly save: string; readonly check: string }
  readonly naming: {
    readonly lead: string
    /** for another device of somebody who is here already */
    readonly leadJoining: string
    /** for the next certificate of this device */
    readonly leadRenewing: string
    readonly label: string
    readonly hint: string
    readonly needsSafari: string
    readonly make: string
  }
  /** where the browser shows somebody's certificate already */
  readonly stranger: {
    readonly newPerson: (label: Markup) => Markup
    readonly otherPerson: (label: Markup) => Markup
    readonly knows: string
  }
  readonly introduction: { readonly text: string; readonly button: string }
  readonly choice: {
    readonly legend: string
    readonly hint: string
    readonly choices: Readonly<Record<'passkey' | 'totp' | 'password', string>>
    readonly password: string
    readonly passwordHint: string
  }
  readonly file: {
    readonly heading: string
    readonly text: string
    readonly password: string
    readonly copy: string
    readonly show: string
    readonly save: string
    readonly profile: string
    readonly name: (name: Markup) => Markup
    readonly guide: string
    readonly platform: string
    readonly refused: string
    readonly otherText: string
    readonly other: string
  }
  readonly proofs: {
    readonly app: string
    readonly appText: string
    readonly open: string
    readonly byHand: string
    readonly copy: string
    readonly codes: string
    readonly codesText: string
    readonly copyAll: string
  }
  readonly check: {
    readonly heading: string
    readonly text: (label: Markup) => Markup
    readonly button: string
    readonly again: string
  }
  readonly finish: { readonly warning: string; readonly question: string; readonly button: string }
  readonly finished: { readonly lead: string; readonly text: string }
  /** what the script says, by its name there */
  readonly words: {
    readonly making: string
    readonly copied: string
    readonly 'by-hand': string
    readonly qr: string
    readonly done: string
    readonly 'no-key': string
    readonly 'passkey-failed': string
    readonly unreachable: string
    readonly 'unreachable-part': string
  }
  readonly welcome: {
    readonly title: string
    readonly heading: string
    readonly lead: string
    readonly have: string
    readonly haveText: string
    readonly haveNot: string
    readonly haveNotText: string
    readonly openText: string
    readonly openButton: string
    readonly known: string
    readonly account: string
    readonly check: string
  }
}

/** The page of an invitation, and the front door. */
export const ENROLLMENT_TEXTS: InEveryLanguage<EnrollmentTexts> = {
  en: {
    title: 'Set up this device',
    script:
      'This page needs JavaScript. Your key is made right here in your browser, so that nobody else ever has it. Please allow JavaScript for this address, then reload.',
    stages: { heading: 'Three steps', name: 'Name', save: 'Save', check: 'Check' },
    naming: {
      lead: 'In about a minute, this browser can sign you in without a password.',
      leadJoining: 'This adds a device to your account. It takes about a minute.',
      leadRenewing:
        'This device gets its next certificate. It takes about a minute, and the one that it has stays good meanwhile.',
      label: 'A name for this device',
      hint: 'You will see it whenever your browser asks which certificate to use.',
      needsSafari:
        'On an iPhone or iPad only Safari can show a certificate. Do not go on here: copy the address of this page and open it in Safari. An invitation works once.',
      make: 'Make my certificate',
    },
    stranger: {
      newPerson: (label) =>
        html`This browser already shows a certificate: “${label}”. If it is yours, this device is set up, and you need nothing more. If you go on, you begin a new account beside it.`,
      otherPerson: (label) =>
        html`This browser shows “${label}”, which belongs to another account than this invitation. Go on only if you know both, and want this device in the account of the invitation.`,
      knows: 'I have read this, and want to go on.',
    },
    introduction: {
      text: 'Before you begin, we look which certificate this browser shows already.',
      button: 'Continue',
    },
    choice: {
      legend: 'How will you prove that it is you?',
      hint: 'Sites ask for it now and then, so that a stolen device is not enough.',
      choices: {
        passkey: 'With this device: touch, face or PIN',
        totp: 'With an authenticator app',
        password: 'With a password',
      },
      password: 'Your password',
      passwordHint: 'At least 8 characters, and none that everybody uses. You need it here only, from time to time.',
    },
    file: {
      heading: 'Save the file',
      text: 'Your key and your certificate are in one file, locked with this password. The password is shown here and nowhere else, and never left this page.',
      password: 'Password of the file',
      copy: 'Copy password',
      show: 'Show password',
      save: 'Save the file',
      profile: 'Get the profile',
      name: (name) => html`It is called ${name}.`,
      guide: 'Then bring it into your browser',
      platform: 'Another system or browser?',
      refused: 'It says that the password is wrong?',
      otherText:
        'There are two kinds of file. Some systems read only one of them, and call the password of the other wrong. The password stays the same.',
      other: 'Save the other kind',
    },
    proofs: {
      app: 'Add your authenticator app',
      appText:
        'From time to time a site wants to be sure that it is you. Scan this with your authenticator app; it then shows the code that proves it.',
      open: 'Open in an app on this device',
      byHand: 'Or type this in by hand:',
      copy: 'Copy',
      codes: 'Write down your recovery codes',
      codesText:
        'For the day when your phone is lost. Each works once. Keep them on paper or in your password manager.',
      copyAll: 'Copy all',
    },
    check: {
      heading: 'Check that it works',
      text: (label) =>
        html`Is the file in your browser? Then look whether it shows. A new tab opens, and your browser asks which certificate to use: choose “${label}”.`,
      button: 'Check',
      again: 'This page stays open behind it, with the file and the password.',
    },
    finish: {
      warning: 'Nothing on this page is shown again.',
      question: 'Have you saved the file, and kept everything else that stands here?',
      button: 'Yes, all done',
    },
    finished: {
      lead: 'Nothing more to do here. You can close this page.',
      text: 'Go to the site that you want to use. Your browser asks which certificate to show: choose the name that you gave this device.',
    },
    words: {
      making: 'Making your key and its certificate …',
      copied: 'Copied',
      'by-hand': 'Select and copy it by hand',
      qr: 'QR code for your authenticator app',
      done: 'This device is set up',
      'no-key': 'This browser could not make a key. Update it, or open this address in another one.',
      'passkey-failed': 'The proof by touch, face or PIN was not set up. Try again, or choose another one.',
      unreachable:
        'The connection broke before an answer came. Check it and try again. If the invitation counts as used by then, ask for a new one, and to revoke what this one made.',
      'unreachable-part':
        'The file for this system could not be made, since the connection broke. You have the other kind; check the connection and choose again.',
    },
    welcome: {
      title: 'Welcome',
      heading: 'Sign in with your device',
      lead: 'Countersign gives your browser a certificate. Sites that trust it know you by it: there is no password to remember, and none to steal.',
      have: 'You have an invitation?',
      haveText: 'Open its link in the browser that you want to set up. It takes about a minute.',
      haveNot: 'You have none?',
      haveNotText: 'Ask whoever runs the site that you want to use. Invitations work once, and not for long.',
      openText: 'You can set up this browser yourself, right now.',
      openButton: 'Set up this device',
      known: 'You are set up already?',
      account: 'My account',
      check: 'Does it work?',
    },
  },
  de: {
    title: 'Dieses Gerät einrichten',
    script:
      'Diese Seite braucht JavaScript. Ihr Schlüssel entsteht hier in Ihrem Browser, damit ihn nie jemand anders hat. Erlauben Sie JavaScript für diese Adresse und laden Sie die Seite neu.',
    stages: { heading: 'Drei Schritte', name: 'Benennen', save: 'Speichern', check: 'Prüfen' },
    naming: {
      lead: 'In etwa einer Minute kann dieser Browser Sie ohne Passwort anmelden.',
      leadJoining: 'Damit kommt ein Gerät zu Ihrem Konto hinzu. Es dauert etwa eine Minute.',
      leadRenewing:
        'Dieses Gerät bekommt sein nächstes Zertifikat. Es dauert etwa eine Minute, und das jetzige gilt derweil weiter.',
      label: 'Ein Name für dieses Gerät',
      hint: 'Sie sehen ihn immer, wenn Ihr Browser fragt, welches Zertifikat er nehmen soll.',
      needsSafari:
        'Auf iPhone und iPad kann nur Safari ein Zertifikat zeigen. Machen Sie hier nicht weiter: Kopieren Sie die Adresse dieser Seite und öffnen Sie sie in Safari. Eine Einladung gilt einmal.',
      make: 'Mein Zertifikat erzeugen',
    },
    stranger: {
      newPerson: (label) =>
        html`Dieser Browser zeigt schon ein Zertifikat: „${label}“. Ist es Ihres, dann ist dieses Gerät eingerichtet und Sie brauchen nichts weiter. Wenn Sie weitermachen, beginnen Sie daneben ein neues Konto.`,
      otherPerson: (label) =>
        html`Dieser Browser zeigt „${label}“, und das gehört zu einem anderen Konto als diese Einladung. Machen Sie nur weiter, wenn Sie beide kennen und dieses Gerät im Konto der Einladung haben möchten.`,
      knows: 'Ich habe das gelesen und möchte weitermachen.',
    },
    introduction: {
      text: 'Bevor Sie beginnen, sehen wir nach, welches Zertifikat dieser Browser schon zeigt.',
      button: 'Weiter',
    },
    choice: {
      legend: 'Womit werden Sie zeigen, dass Sie es sind?',
      hint: 'Seiten fragen hin und wieder danach, damit ein gestohlenes Gerät nicht genügt.',
      choices: {
        passkey: 'Mit diesem Gerät: Finger, Gesicht oder PIN',
        totp: 'Mit einer Authenticator-App',
        password: 'Mit einem Passwort',
      },
      password: 'Ihr Passwort',
      passwordHint: 'Mindestens 8 Zeichen, und keines, das alle benutzen. Sie brauchen es nur hier, hin und wieder.',
    },
    file: {
      heading: 'Die Datei speichern',
      text: 'Schlüssel und Zertifikat sind in einer Datei, verschlossen mit diesem Passwort. Das Passwort steht hier und sonst nirgends, und es hat diese Seite nie verlassen.',
      password: 'Passwort der Datei',
      copy: 'Passwort kopieren',
      show: 'Passwort zeigen',
      save: 'Datei speichern',
      profile: 'Profil laden',
      name: (name) => html`Sie heißt ${name}.`,
      guide: 'Dann in den Browser holen',
      platform: 'Ein anderes System oder ein anderer Browser?',
      refused: 'Angeblich ist das Passwort falsch?',
      otherText:
        'Es gibt zwei Arten von Dateien. Manche Systeme lesen nur eine davon und nennen das Passwort der anderen falsch. Das Passwort bleibt dasselbe.',
      other: 'Die andere Art speichern',
    },
    proofs: {
      app: 'Die Authenticator-App hinzufügen',
      appText:
        'Hin und wieder möchte eine Seite sicher sein, dass Sie es sind. Scannen Sie dies mit Ihrer Authenticator-App; sie zeigt dann den Code, der es beweist.',
      open: 'In einer App auf diesem Gerät öffnen',
      byHand: 'Oder von Hand eintippen:',
      copy: 'Kopieren',
      codes: 'Die Wiederherstellungscodes aufschreiben',
      codesText:
        'Für den Tag, an dem Ihr Telefon weg ist. Jeder gilt einmal. Bewahren Sie sie auf Papier oder im Passwortmanager auf.',
      copyAll: 'Alle kopieren',
    },
    check: {
      heading: 'Prüfen, ob es geht',
      text: (label) =>
        html`Ist die Datei im Browser? Dann sehen Sie nach, ob er sie zeigt. Ein neuer Tab geht auf, und Ihr Browser fragt, welches Zertifikat er nehmen soll: Wählen Sie „${label}“.`,
      button: 'Prüfen',
      again: 'Diese Seite bleibt dahinter offen, mit Datei und Passwort.',
    },
    finish: {
      warning: 'Nichts auf dieser Seite wird noch einmal gezeigt.',
      question: 'Haben Sie die Datei gespeichert und alles andere festgehalten, was hier steht?',
      button: 'Ja, alles erledigt',
    },
    finished: {
      lead: 'Hier ist nichts mehr zu tun. Sie können diese Seite schließen.',
      text: 'Gehen Sie zu der Seite, die Sie benutzen möchten. Ihr Browser fragt, welches Zertifikat er zeigen soll: Wählen Sie den Namen, den Sie diesem Gerät gegeben haben.',
    },
    words: {
      making: 'Schlüssel und Zertifikat werden erzeugt …',
      copied: 'Kopiert',
      'by-hand': 'Bitte von Hand markieren und kopieren',
      qr: 'QR-Code für Ihre Authenticator-App',
      done: 'Dieses Gerät ist eingerichtet',
      'no-key':
        'Dieser Browser konnte keinen Schlüssel erzeugen. Aktualisieren Sie ihn oder öffnen Sie diese Adresse in einem anderen.',
      'passkey-failed':
        'Der Nachweis mit Finger, Gesicht oder PIN wurde nicht eingerichtet. Versuchen Sie es noch einmal oder wählen Sie einen anderen.',
      unreachable:
        'Die Verbindung brach ab, bevor eine Antwort kam. Prüfen Sie sie und versuchen Sie es noch einmal. Gilt die Einladung dann als benutzt, bitten Sie um eine neue und darum, das zu sperren, was mit dieser entstand.',
      'unreachable-part':
        'Die Datei für dieses System konnte nicht erzeugt werden, weil die Verbindung abbrach. Sie haben die andere Art; prüfen Sie die Verbindung und wählen Sie noch einmal.',
    },
    welcome: {
      title: 'Willkommen',
      heading: 'Melden Sie sich mit Ihrem Gerät an',
      lead: 'Countersign gibt Ihrem Browser ein Zertifikat. Seiten, die ihm vertrauen, erkennen Sie daran: kein Passwort, das man sich merken muss, und keines, das gestohlen werden kann.',
      have: 'Sie haben eine Einladung?',
      haveText: 'Öffnen Sie ihren Link in dem Browser, den Sie einrichten möchten. Es dauert etwa eine Minute.',
      haveNot: 'Sie haben keine?',
      haveNotText:
        'Fragen Sie den Betreiber der Seite, die Sie benutzen möchten. Einladungen gelten einmal und nicht lange.',
      openText: 'Sie können diesen Browser gleich jetzt selbst einrichten.',
      openButton: 'Dieses Gerät einrichten',
      known: 'Sie sind schon eingerichtet?',
      account: 'Mein Konto',
      check: 'Funktioniert es?',
    },
  },
  fr: {
    title: 'Configurer cet appareil',
    script:
      'Cette page a besoin de JavaScript. Votre clé est créée ici même, dans votre navigateur, pour que personne d’autre ne l’ait jamais. Autorisez JavaScript pour cette adresse, puis rechargez la page.',
    stages: { heading: 'Trois étapes', name: 'Nommer', save: 'Enregistrer', check: 'Vérifier' },
    naming: {
      lead: 'Dans une minute environ, ce navigateur pourra vous connecter sans mot de passe.',
      leadJoining: 'Ceci ajoute un appareil à votre compte. Cela prend environ une minute.',
      leadRenewing:
        'Cet appareil reçoit son prochain certificat. Cela prend environ une minute, et l’actuel reste valable entre-temps.',
      label: 'Un nom pour cet appareil',
      hint: 'Vous le verrez chaque fois que votre navigateur demandera quel certificat utiliser.',
      needsSafari:
        'Sur un iPhone ou un iPad, seul Safari peut présenter un certificat. Ne continuez pas ici : copiez l’adresse de cette page et ouvrez-la dans Safari. Une invitation ne sert qu’une fois.',
      make: 'Créer mon certificat',
    },
    stranger: {
      newPerson: (label) =>
        html`Ce navigateur présente déjà un certificat : « ${label} ». S’il est à vous, cet appareil est configuré et il ne vous faut rien de plus. Si vous continuez, vous ouvrez un nouveau compte à côté.`,
      otherPerson: (label) =>
        html`Ce navigateur présente « ${label} », qui appartient à un autre compte que cette invitation. Ne continuez que si vous connaissez les deux et voulez cet appareil dans le compte de l’invitation.`,
      knows: 'J’ai lu ceci et je veux continuer.',
    },
    introduction: {
      text: 'Avant de commencer, nous regardons quel certificat ce navigateur présente déjà.',
      button: 'Continuer',
    },
    choice: {
      legend: 'Comment prouverez-vous que c’est vous ?',
      hint: 'Les sites le demandent de temps en temps, pour qu’un appareil volé ne suffise pas.',
      choices: {
        passkey: 'Avec cet appareil : doigt, visage ou code',
        totp: 'Avec une application d’authentification',
        password: 'Avec un mot de passe',
      },
      password: 'Votre mot de passe',
      passwordHint: 'Au moins 8 caractères, et aucun que tout le monde utilise. Il ne sert qu’ici, de temps en temps.',
    },
    file: {
      heading: 'Enregistrer le fichier',
      text: 'Votre clé et votre certificat sont dans un fichier, protégé par ce mot de passe. Il est affiché ici et nulle part ailleurs, et n’a jamais quitté cette page.',
      password: 'Mot de passe du fichier',
      copy: 'Copier le mot de passe',
      show: 'Afficher le mot de passe',
      save: 'Enregistrer le fichier',
      profile: 'Obtenir le profil',
      name: (name) => html`Il s’appelle ${name}.`,
      guide: 'Ensuite, ajoutez-le à votre navigateur',
      platform: 'Un autre système ou un autre navigateur ?',
      refused: 'Le mot de passe serait faux ?',
      otherText:
        'Il existe deux sortes de fichiers. Certains systèmes n’en lisent qu’une et disent que le mot de passe de l’autre est faux. Le mot de passe reste le même.',
      other: 'Enregistrer l’autre sorte',
    },
    proofs: {
      app: 'Ajouter votre application d’authentification',
      appText:
        'De temps en temps, un site veut être sûr que c’est vous. Scannez ceci avec votre application d’authentification ; elle affiche alors le code qui le prouve.',
      open: 'Ouvrir dans une application sur cet appareil',
      byHand: 'Ou saisissez ceci à la main :',
      copy: 'Copier',
      codes: 'Notez vos codes de secours',
      codesText:
        'Pour le jour où votre téléphone sera perdu. Chacun sert une fois. Gardez-les sur papier ou dans votre gestionnaire de mots de passe.',
      copyAll: 'Tout copier',
    },
    check: {
      heading: 'Vérifier que cela marche',
      text: (label) =>
        html`Le fichier est dans votre navigateur ? Voyez alors s’il le présente. Un nouvel onglet s’ouvre, et votre navigateur demande quel certificat utiliser : choisissez « ${label} ».`,
      button: 'Vérifier',
      again: 'Cette page reste ouverte derrière, avec le fichier et le mot de passe.',
    },
    finish: {
      warning: 'Rien de cette page ne sera affiché à nouveau.',
      question: 'Avez-vous enregistré le fichier et gardé tout ce qui est affiché ici ?',
      button: 'Oui, tout est fait',
    },
    finished: {
      lead: 'Il n’y a plus rien à faire ici. Vous pouvez fermer cette page.',
      text: 'Allez sur le site que vous voulez utiliser. Votre navigateur demande quel certificat présenter : choisissez le nom que vous avez donné à cet appareil.',
    },
    words: {
      making: 'Création de votre clé et de son certificat …',
      copied: 'Copié',
      'by-hand': 'Sélectionnez et copiez à la main',
      qr: 'Code QR pour votre application d’authentification',
      done: 'Cet appareil est configuré',
      'no-key': 'Ce navigateur n’a pas pu créer de clé. Mettez-le à jour, ou ouvrez cette adresse dans un autre.',
      'passkey-failed':
        'La preuve par le doigt, le visage ou un code n’a pas été créée. Réessayez, ou choisissez-en une autre.',
      unreachable:
        'La connexion a été coupée avant la réponse. Vérifiez-la et réessayez. Si l’invitation compte alors comme utilisée, demandez-en une nouvelle, et la révocation de ce que celle-ci a créé.',
      'unreachable-part':
        'Le fichier pour ce système n’a pas pu être créé, car la connexion a été coupée. Vous avez l’autre sorte ; vérifiez la connexion et choisissez à nouveau.',
    },
    welcome: {
      title: 'Bienvenue',
      heading: 'Connectez-vous avec votre appareil',
      lead: 'Countersign donne un certificat à votre navigateur. Les sites qui lui font confiance vous reconnaissent ainsi : aucun mot de passe à retenir, et aucun à voler.',
      have: 'Vous avez une invitation ?',
      haveText: 'Ouvrez son lien dans le navigateur que vous voulez configurer. Cela prend environ une minute.',
      haveNot: 'Vous n’en avez pas ?',
      haveNotText:
        'Demandez à ceux qui gèrent le site que vous voulez utiliser. Une invitation sert une fois, et pas longtemps.',
      openText: 'Vous pouvez configurer ce navigateur vous-même, dès maintenant.',
      openButton: 'Configurer cet appareil',
      known: 'Votre appareil est déjà configuré ?',
      account: 'Mon compte',
      check: 'Est-ce que cela marche ?',
    },
  },
  es: {
    title: 'Configurar este dispositivo',
    script:
      'Esta página necesita JavaScript. Su clave se crea aquí mismo, en su navegador, para que nadie más la tenga nunca. Permita JavaScript para esta dirección y vuelva a cargar la página.',
    stages: { heading: 'Tres pasos', name: 'Nombrar', save: 'Guardar', check: 'Comprobar' },
    naming: {
      lead: 'En un minuto, más o menos, este navegador podrá iniciar su sesión sin contraseña.',
      leadJoining: 'Con esto se añade un dispositivo a su cuenta. Tarda un minuto, más o menos.',
      leadRenewing:
        'Este dispositivo recibe su próximo certificado. Tarda un minuto, más o menos, y el actual sigue valiendo mientras tanto.',
      label: 'Un nombre para este dispositivo',
      hint: 'Lo verá siempre que su navegador pregunte qué certificado usar.',
      needsSafari:
        'En un iPhone o iPad solo Safari puede mostrar un certificado. No siga aquí: copie la dirección de esta página y ábrala en Safari. Una invitación sirve una sola vez.',
      make: 'Crear mi certificado',
    },
    stranger: {
      newPerson: (label) =>
        html`Este navegador ya muestra un certificado: «${label}». Si es suyo, este dispositivo está listo y no necesita nada más. Si sigue, abre una cuenta nueva al lado.`,
      otherPerson: (label) =>
        html`Este navegador muestra «${label}», que es de otra cuenta que esta invitación. Siga solo si conoce ambas y quiere este dispositivo en la cuenta de la invitación.`,
      knows: 'Lo he leído y quiero seguir.',
    },
    introduction: { text: 'Antes de empezar, miramos qué certificado muestra ya este navegador.', button: 'Continuar' },
    choice: {
      legend: '¿Cómo probará que es usted?',
      hint: 'Los sitios lo piden de vez en cuando, para que no baste un dispositivo robado.',
      choices: {
        passkey: 'Con este dispositivo: dedo, cara o PIN',
        totp: 'Con una aplicación de autenticación',
        password: 'Con una contraseña',
      },
      password: 'Su contraseña',
      passwordHint: 'Al menos 8 caracteres, y ninguna que use todo el mundo. Solo la necesita aquí, de vez en cuando.',
    },
    file: {
      heading: 'Guardar el archivo',
      text: 'Su clave y su certificado están en un archivo, cerrado con esta contraseña. Se muestra aquí y en ningún otro sitio, y nunca ha salido de esta página.',
      password: 'Contraseña del archivo',
      copy: 'Copiar la contraseña',
      show: 'Mostrar la contraseña',
      save: 'Guardar el archivo',
      profile: 'Obtener el perfil',
      name: (name) => html`Se llama ${name}.`,
      guide: 'Después, llévelo a su navegador',
      platform: '¿Otro sistema u otro navegador?',
      refused: '¿Dice que la contraseña es incorrecta?',
      otherText:
        'Hay dos clases de archivo. Algunos sistemas solo leen una y dicen que la contraseña de la otra es incorrecta. La contraseña sigue siendo la misma.',
      other: 'Guardar la otra clase',
    },
    proofs: {
      app: 'Añada su aplicación de autenticación',
      appText:
        'De vez en cuando un sitio quiere estar seguro de que es usted. Escanee esto con su aplicación de autenticación; ella muestra entonces el código que lo prueba.',
      open: 'Abrir en una aplicación de este dispositivo',
      byHand: 'O escriba esto a mano:',
      copy: 'Copiar',
      codes: 'Apunte sus códigos de recuperación',
      codesText:
        'Para el día en que pierda su teléfono. Cada uno sirve una vez. Guárdelos en papel o en su gestor de contraseñas.',
      copyAll: 'Copiar todos',
    },
    check: {
      heading: 'Compruebe que funciona',
      text: (label) =>
        html`¿Está el archivo en su navegador? Mire entonces si lo muestra. Se abre una pestaña nueva y su navegador pregunta qué certificado usar: elija «${label}».`,
      button: 'Comprobar',
      again: 'Esta página queda abierta detrás, con el archivo y la contraseña.',
    },
    finish: {
      warning: 'Nada de esta página se vuelve a mostrar.',
      question: '¿Ha guardado el archivo y todo lo demás que aparece aquí?',
      button: 'Sí, todo hecho',
    },
    finished: {
      lead: 'No queda nada por hacer aquí. Puede cerrar esta página.',
      text: 'Vaya al sitio que quiere usar. Su navegador pregunta qué certificado mostrar: elija el nombre que dio a este dispositivo.',
    },
    words: {
      making: 'Creando su clave y su certificado …',
      copied: 'Copiado',
      'by-hand': 'Selecciónelo y cópielo a mano',
      qr: 'Código QR para su aplicación de autenticación',
      done: 'Este dispositivo está listo',
      'no-key': 'Este navegador no pudo crear una clave. Actualícelo, o abra esta dirección en otro.',
      'passkey-failed': 'La prueba con dedo, cara o PIN no quedó lista. Inténtelo de nuevo o elija otra.',
      unreachable:
        'La conexión se cortó antes de llegar la respuesta. Revísela e inténtelo de nuevo. Si la invitación consta entonces como usada, pida una nueva, y que se revoque lo que esta creó.',
      'unreachable-part':
        'No se pudo crear el archivo para este sistema porque se cortó la conexión. Tiene la otra clase; revise la conexión y elija otra vez.',
    },
    welcome: {
      title: 'Bienvenida',
      heading: 'Inicie sesión con su dispositivo',
      lead: 'Countersign da a su navegador un certificado. Los sitios que confían en él le reconocen así: no hay contraseña que recordar, ni ninguna que robar.',
      have: '¿Tiene una invitación?',
      haveText: 'Abra su enlace en el navegador que quiere configurar. Tarda un minuto, más o menos.',
      haveNot: '¿No tiene ninguna?',
      haveNotText: 'Pídala a quien lleva el sitio que quiere usar. Las invitaciones sirven una vez, y por poco tiempo.',
      openText: 'Puede configurar este navegador usted mismo, ahora.',
      openButton: 'Configurar este dispositivo',
      known: '¿Ya está configurado?',
      account: 'Mi cuenta',
      check: '¿Funciona?',
    },
  },
}
