// Long because: what an owner can do with a device, and what follows from it, is told in four languages.
import type { DeviceState } from '../../domain/account/own-devices.ts'
import type { InEveryLanguage } from '../language.ts'
import { html, type Markup } from '../page.ts'

interface Deed {
  /** on the button */
  readonly button: string
  /** what follows from it */
  readonly text: string
}

interface DevicesTexts {
  readonly title: string
  readonly heading: string
  readonly inHand: string
  readonly states: Readonly<Record<DeviceState, string>>
  readonly platform: string
  readonly madeAt: string
  readonly lastUsedAt: string
  readonly never: string
  readonly expiresAt: string
  readonly olderUntil: (date: string) => string
  readonly change: string
  readonly name: string
  readonly nameHint: string
  readonly rename: string
  readonly ask: Deed
  readonly askNoMore: Deed
  readonly lose: Deed
  readonly find: Deed
  readonly heldByOperator: string
  readonly revoke: string
  readonly add: string
  readonly account: { readonly heading: string; readonly label: string; readonly hint: string; readonly button: string }
  readonly revoking: {
    readonly title: string
    readonly heading: (label: string) => Markup
    readonly text: string
    readonly inHand: string
    readonly only: string
    readonly button: string
    readonly keep: string
  }
  readonly revoked: { readonly title: string; readonly heading: string; readonly text: string; readonly next: string }
}

/** The devices of an account, and the end of one. */
export const DEVICES_TEXTS: InEveryLanguage<DevicesTexts> = {
  en: {
    title: 'Devices',
    heading: 'Your devices',
    inHand: 'this device',
    states: { active: 'in use', expired: 'expired', lost: 'lost', held: 'on hold', revoked: 'revoked' },
    platform: 'System',
    madeAt: 'Added',
    lastUsedAt: 'Last used',
    never: 'not yet',
    expiresAt: 'Good until',
    olderUntil: (date) => `It was renewed. The file from before still works until ${date}.`,
    change: 'Change',
    name: 'Name',
    nameHint: 'Your browser goes on showing the old name when it asks; a renewed device has the new one.',
    rename: 'Rename',
    ask: {
      button: 'Ask me every time',
      text: 'Whenever a site wants to sign you in on this device, you prove that it is you.',
    },
    askNoMore: {
      button: 'Do not ask every time',
      text: 'You are asked every time a site wants to sign you in on this device.',
    },
    lose: { button: 'I have lost it', text: 'It then opens nothing, anywhere, until you have found it again.' },
    find: { button: 'I have found it', text: 'It works again from then on.' },
    heldByOperator: 'The operator has put this device on hold, and only the operator can lift that.',
    revoke: 'Revoke for ever',
    add: 'Add another device',
    account: {
      heading: 'What this account is called',
      label: 'Name of the account',
      hint: 'A new device that you add shows it, so that you know whose account it joins. Sites never see it.',
      button: 'Save the name',
    },
    revoking: {
      title: 'Revoke a device',
      heading: (label) => html`Revoke “<bdi>${label}</bdi>”?`,
      text: 'From that moment no site lets it in any more. This cannot be undone; to use it again you add it anew.',
      inHand:
        'This is the device in your hands. You are signed out of this account at once, and sites refuse this browser.',
      only: 'It is the last one that works: afterwards only a new invitation brings you back.',
      button: 'Revoke it for ever',
      keep: 'Keep it',
    },
    revoked: {
      title: 'Revoked',
      heading: 'This device is revoked',
      text: 'From this moment no site lets it in any more, and you are signed out here.',
      next: 'You can remove the certificate from this browser; it is of no more use. To come back, add this device from another one of yours, or ask for a new invitation.',
    },
  },
  de: {
    title: 'Geräte',
    heading: 'Ihre Geräte',
    inHand: 'dieses Gerät',
    states: { active: 'in Gebrauch', expired: 'abgelaufen', lost: 'verloren', held: 'gesperrt', revoked: 'widerrufen' },
    platform: 'Betriebssystem',
    madeAt: 'Hinzugefügt',
    lastUsedAt: 'Zuletzt benutzt',
    never: 'noch nicht',
    expiresAt: 'Gültig bis',
    olderUntil: (date) => `Es wurde erneuert. Die frühere Datei gilt noch bis ${date}.`,
    change: 'Ändern',
    name: 'Name',
    nameHint: 'Ihr Browser zeigt bei der Auswahl weiter den alten Namen; ein erneuertes Gerät hat den neuen.',
    rename: 'Umbenennen',
    ask: {
      button: 'Jedes Mal fragen',
      text: 'Immer wenn eine Website Sie auf diesem Gerät anmelden will, zeigen Sie, dass Sie es sind.',
    },
    askNoMore: {
      button: 'Nicht jedes Mal fragen',
      text: 'Sie werden jedes Mal gefragt, wenn eine Website Sie auf diesem Gerät anmelden will.',
    },
    lose: {
      button: 'Ich habe es verloren',
      text: 'Es öffnet dann nirgends mehr etwas, bis Sie es wiedergefunden haben.',
    },
    find: { button: 'Ich habe es gefunden', text: 'Von da an gilt es wieder.' },
    heldByOperator: 'Der Betreiber hat dieses Gerät gesperrt, und nur der Betreiber kann das aufheben.',
    revoke: 'Für immer widerrufen',
    add: 'Weiteres Gerät hinzufügen',
    account: {
      heading: 'Wie dieses Konto heißt',
      label: 'Name des Kontos',
      hint: 'Ein neues Gerät zeigt ihn, damit Sie wissen, zu wessen Konto es kommt. Websites sehen ihn nie.',
      button: 'Namen speichern',
    },
    revoking: {
      title: 'Gerät widerrufen',
      heading: (label) => html`„<bdi>${label}</bdi>“ widerrufen?`,
      text: 'Von da an lässt keine Website es mehr ein. Das lässt sich nicht zurücknehmen; um es wieder zu benutzen, fügen Sie es neu hinzu.',
      inHand:
        'Es ist das Gerät in Ihren Händen. Sie verlassen damit sofort dieses Konto, und Websites weisen diesen Browser ab.',
      only: 'Es ist das letzte, das noch gilt: danach bringt Sie nur eine neue Einladung zurück.',
      button: 'Für immer widerrufen',
      keep: 'Behalten',
    },
    revoked: {
      title: 'Widerrufen',
      heading: 'Dieses Gerät ist widerrufen',
      text: 'Von diesem Augenblick an lässt keine Website es mehr ein, und Sie sind hier abgemeldet.',
      next: 'Sie können das Zertifikat aus diesem Browser entfernen; es nützt nichts mehr. Um zurückzukommen, fügen Sie dieses Gerät von einem anderen aus hinzu, oder bitten Sie um eine neue Einladung.',
    },
  },
  fr: {
    title: 'Appareils',
    heading: 'Vos appareils',
    inHand: 'cet appareil',
    states: { active: 'en service', expired: 'expiré', lost: 'perdu', held: 'suspendu', revoked: 'révoqué' },
    platform: 'Système',
    madeAt: 'Ajouté',
    lastUsedAt: 'Dernier usage',
    never: 'pas encore',
    expiresAt: 'Valable jusqu’au',
    olderUntil: (date) => `Il a été renouvelé. Le fichier d’avant marche encore jusqu’au ${date}.`,
    change: 'Modifier',
    name: 'Nom',
    nameHint:
      'Votre navigateur continue d’afficher l’ancien nom quand il demande ; un appareil renouvelé porte le nouveau.',
    rename: 'Renommer',
    ask: {
      button: 'Me demander chaque fois',
      text: 'Chaque fois qu’un site veut vous connecter sur cet appareil, vous montrez que c’est vous.',
    },
    askNoMore: {
      button: 'Ne plus demander chaque fois',
      text: 'On vous demande chaque fois qu’un site veut vous connecter sur cet appareil.',
    },
    lose: {
      button: 'Je l’ai perdu',
      text: 'Il n’ouvre alors plus rien, nulle part, jusqu’à ce que vous l’ayez retrouvé.',
    },
    find: { button: 'Je l’ai retrouvé', text: 'Il marche de nouveau à partir de là.' },
    heldByOperator: 'L’opérateur a suspendu cet appareil, et lui seul peut lever cela.',
    revoke: 'Révoquer pour toujours',
    add: 'Ajouter un autre appareil',
    account: {
      heading: 'Comment s’appelle ce compte',
      label: 'Nom du compte',
      hint: 'Un nouvel appareil l’affiche, pour que vous sachiez quel compte il rejoint. Les sites ne le voient jamais.',
      button: 'Enregistrer le nom',
    },
    revoking: {
      title: 'Révoquer un appareil',
      heading: (label) => html`Révoquer « <bdi>${label}</bdi> » ?`,
      text: 'À partir de là, plus aucun site ne le laisse entrer. C’est définitif ; pour l’utiliser de nouveau, vous l’ajoutez encore une fois.',
      inHand: 'C’est l’appareil que vous tenez. Vous quittez aussitôt ce compte, et les sites refusent ce navigateur.',
      only: 'C’est le dernier qui marche : ensuite, seule une nouvelle invitation vous ramène.',
      button: 'Le révoquer pour toujours',
      keep: 'Le garder',
    },
    revoked: {
      title: 'Révoqué',
      heading: 'Cet appareil est révoqué',
      text: 'À partir de maintenant, plus aucun site ne le laisse entrer, et vous êtes déconnecté d’ici.',
      next: 'Vous pouvez retirer le certificat de ce navigateur ; il ne sert plus à rien. Pour revenir, ajoutez cet appareil depuis un autre, ou demandez une nouvelle invitation.',
    },
  },
  es: {
    title: 'Dispositivos',
    heading: 'Sus dispositivos',
    inHand: 'este dispositivo',
    states: { active: 'en uso', expired: 'caducado', lost: 'perdido', held: 'suspendido', revoked: 'revocado' },
    platform: 'Sistema',
    madeAt: 'Añadido',
    lastUsedAt: 'Último uso',
    never: 'todavía no',
    expiresAt: 'Vale hasta',
    olderUntil: (date) => `Se renovó. El archivo anterior sirve aún hasta el ${date}.`,
    change: 'Cambiar',
    name: 'Nombre',
    nameHint: 'Su navegador sigue mostrando el nombre antiguo cuando pregunta; un dispositivo renovado lleva el nuevo.',
    rename: 'Cambiar el nombre',
    ask: {
      button: 'Preguntarme cada vez',
      text: 'Cada vez que un sitio quiera identificarle en este dispositivo, demuestra que es usted.',
    },
    askNoMore: {
      button: 'No preguntar cada vez',
      text: 'Se le pregunta cada vez que un sitio quiere identificarle en este dispositivo.',
    },
    lose: { button: 'Lo he perdido', text: 'Entonces no abre nada, en ninguna parte, hasta que lo encuentre.' },
    find: { button: 'Lo he encontrado', text: 'Desde entonces vuelve a funcionar.' },
    heldByOperator: 'El operador ha suspendido este dispositivo, y solo el operador puede levantarlo.',
    revoke: 'Revocar para siempre',
    add: 'Añadir otro dispositivo',
    account: {
      heading: 'Cómo se llama esta cuenta',
      label: 'Nombre de la cuenta',
      hint: 'Un dispositivo nuevo lo muestra, para que sepa a qué cuenta se une. Los sitios nunca lo ven.',
      button: 'Guardar el nombre',
    },
    revoking: {
      title: 'Revocar un dispositivo',
      heading: (label) => html`¿Revocar «<bdi>${label}</bdi>»?`,
      text: 'Desde ese momento ningún sitio lo deja entrar. No se puede deshacer; para usarlo otra vez hay que añadirlo de nuevo.',
      inHand:
        'Es el dispositivo que tiene en las manos. Sale de esta cuenta al momento, y los sitios rechazan este navegador.',
      only: 'Es el último que funciona: después solo una nueva invitación le trae de vuelta.',
      button: 'Revocarlo para siempre',
      keep: 'Conservarlo',
    },
    revoked: {
      title: 'Revocado',
      heading: 'Este dispositivo está revocado',
      text: 'Desde este momento ningún sitio lo deja entrar, y ha salido de aquí.',
      next: 'Puede quitar el certificado de este navegador; ya no sirve. Para volver, añada este dispositivo desde otro suyo, o pida una nueva invitación.',
    },
  },
}
