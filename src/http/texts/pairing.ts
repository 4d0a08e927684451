// Long because: two devices walk together here, and each step of either is told in four languages.
import type { InEveryLanguage } from '../language.ts'

interface PairingTexts {
  /** on the device that is in the account */
  readonly first: {
    readonly title: string
    readonly heading: string
    readonly lead: string
    readonly begin: string
    readonly unnamed: string
    readonly scan: string
    readonly scanLabel: string
    readonly type: string
    readonly until: (time: string) => string
    readonly waiting: string
    readonly choose: { readonly heading: string; readonly text: string; readonly none: string }
    readonly confirmed: { readonly heading: string; readonly text: string }
    readonly refused: { readonly heading: string; readonly text: string }
    readonly cancel: string
    readonly again: string
    readonly done: string
  }
  /** on the device that comes to it */
  readonly other: {
    readonly title: string
    readonly heading: string
    readonly lead: string
    readonly label: string
    readonly hint: string
    readonly button: string
    readonly waiting: {
      readonly heading: string
      readonly account: string
      readonly unnamed: string
      readonly text: string
    }
    readonly refused: { readonly heading: string; readonly text: string }
  }
}

/** Adding a device from another one. */
export const PAIRING_TEXTS: InEveryLanguage<PairingTexts> = {
  en: {
    first: {
      title: 'Another device',
      heading: 'Add another device',
      lead: 'You get a code to scan or type on the other device. It works once, for ten minutes.',
      begin: 'Show the code',
      unnamed: 'Give your account a name first, on the page of your devices: the other device shows it.',
      scan: 'Scan this with the other device',
      scanLabel: 'QR code with the address and the code for the other device',
      type: 'Or open this address there, and type the code:',
      until: (time) => `Good until ${time} UTC.`,
      waiting: 'This page goes on by itself as soon as the other device is there.',
      choose: {
        heading: 'Which number does your other device show?',
        text: 'Look at it, and choose the same number here. If it shows none of these, somebody else has used your code.',
        none: 'None of these',
      },
      confirmed: {
        heading: 'Confirmed',
        text: 'Go on at the other device: it now sets itself up. You find it among your devices when it is done.',
      },
      refused: {
        heading: 'Not added',
        text: 'Nothing was added to your account. If your device was there, begin again with a new code.',
      },
      cancel: 'Stop',
      again: 'Show a new code',
      done: 'To my devices',
    },
    other: {
      title: 'Add this device',
      heading: 'Add this device to your account',
      lead: 'On a device that works already, open your account and choose “Add another device”. It shows a code.',
      label: 'Code from your other device',
      hint: 'Twelve letters and digits. Capitals and hyphens do not matter.',
      button: 'Go on',
      waiting: {
        heading: 'Choose this number on your other device',
        account: 'This device joins the account',
        unnamed: 'an account without a name',
        text: 'Is it not your account? Then close this page. As soon as you have chosen the number, this page goes on by itself.',
      },
      refused: {
        heading: 'Not added',
        text: 'Your other device did not confirm this one. Ask it for a new code, and begin again.',
      },
    },
  },
  de: {
    first: {
      title: 'Weiteres Gerät',
      heading: 'Weiteres Gerät hinzufügen',
      lead: 'Sie bekommen einen Code, den Sie mit dem anderen Gerät scannen oder dort eingeben. Er gilt einmal, zehn Minuten lang.',
      begin: 'Code zeigen',
      unnamed: 'Geben Sie Ihrem Konto zuerst einen Namen, auf der Seite Ihrer Geräte: das andere Gerät zeigt ihn.',
      scan: 'Scannen Sie das mit dem anderen Gerät',
      scanLabel: 'QR-Code mit der Adresse und dem Code für das andere Gerät',
      type: 'Oder öffnen Sie dort diese Adresse und geben Sie den Code ein:',
      until: (time) => `Gültig bis ${time} UTC.`,
      waiting: 'Diese Seite geht von selbst weiter, sobald das andere Gerät da ist.',
      choose: {
        heading: 'Welche Zahl zeigt Ihr anderes Gerät?',
        text: 'Sehen Sie nach und wählen Sie hier dieselbe Zahl. Zeigt es keine davon, hat jemand anders Ihren Code benutzt.',
        none: 'Keine davon',
      },
      confirmed: {
        heading: 'Bestätigt',
        text: 'Weiter geht es am anderen Gerät: es richtet sich jetzt ein. Danach steht es bei Ihren Geräten.',
      },
      refused: {
        heading: 'Nicht hinzugefügt',
        text: 'Zu Ihrem Konto kam nichts hinzu. War es doch Ihr Gerät, beginnen Sie noch einmal mit einem neuen Code.',
      },
      cancel: 'Abbrechen',
      again: 'Neuen Code zeigen',
      done: 'Zu meinen Geräten',
    },
    other: {
      title: 'Dieses Gerät hinzufügen',
      heading: 'Dieses Gerät zu Ihrem Konto hinzufügen',
      lead: 'Öffnen Sie auf einem Gerät, das schon gilt, Ihr Konto und wählen Sie „Weiteres Gerät hinzufügen“. Es zeigt einen Code.',
      label: 'Code von Ihrem anderen Gerät',
      hint: 'Zwölf Buchstaben und Ziffern. Großschreibung und Bindestriche sind gleichgültig.',
      button: 'Weiter',
      waiting: {
        heading: 'Wählen Sie diese Zahl auf Ihrem anderen Gerät',
        account: 'Dieses Gerät kommt zum Konto',
        unnamed: 'ein Konto ohne Namen',
        text: 'Ist es nicht Ihr Konto? Dann schließen Sie diese Seite. Sobald Sie die Zahl gewählt haben, geht sie von selbst weiter.',
      },
      refused: {
        heading: 'Nicht hinzugefügt',
        text: 'Ihr anderes Gerät hat dieses nicht bestätigt. Lassen Sie sich einen neuen Code zeigen und beginnen Sie noch einmal.',
      },
    },
  },
  fr: {
    first: {
      title: 'Un autre appareil',
      heading: 'Ajouter un autre appareil',
      lead: 'Vous recevez un code à scanner ou à saisir sur l’autre appareil. Il marche une fois, pendant dix minutes.',
      begin: 'Afficher le code',
      unnamed: 'Donnez d’abord un nom à votre compte, sur la page de vos appareils : l’autre appareil l’affiche.',
      scan: 'Scannez ceci avec l’autre appareil',
      scanLabel: 'Code QR avec l’adresse et le code pour l’autre appareil',
      type: 'Ou ouvrez-y cette adresse et saisissez le code :',
      until: (time) => `Valable jusqu’à ${time} UTC.`,
      waiting: 'Cette page continue d’elle-même dès que l’autre appareil est là.',
      choose: {
        heading: 'Quel nombre votre autre appareil affiche-t-il ?',
        text: 'Regardez-le et choisissez le même nombre ici. S’il n’affiche aucun de ceux-ci, quelqu’un d’autre a utilisé votre code.',
        none: 'Aucun de ceux-ci',
      },
      confirmed: {
        heading: 'Confirmé',
        text: 'Continuez sur l’autre appareil : il se prépare maintenant. Vous le trouverez ensuite parmi vos appareils.',
      },
      refused: {
        heading: 'Pas ajouté',
        text: 'Rien n’a été ajouté à votre compte. Si c’était bien votre appareil, recommencez avec un nouveau code.',
      },
      cancel: 'Arrêter',
      again: 'Afficher un nouveau code',
      done: 'Vers mes appareils',
    },
    other: {
      title: 'Ajouter cet appareil',
      heading: 'Ajouter cet appareil à votre compte',
      lead: 'Sur un appareil qui marche déjà, ouvrez votre compte et choisissez « Ajouter un autre appareil ». Il affiche un code.',
      label: 'Code de votre autre appareil',
      hint: 'Douze lettres et chiffres. Majuscules et tirets n’importent pas.',
      button: 'Continuer',
      waiting: {
        heading: 'Choisissez ce nombre sur votre autre appareil',
        account: 'Cet appareil rejoint le compte',
        unnamed: 'un compte sans nom',
        text: 'Ce n’est pas votre compte ? Fermez alors cette page. Dès que vous avez choisi le nombre, elle continue d’elle-même.',
      },
      refused: {
        heading: 'Pas ajouté',
        text: 'Votre autre appareil n’a pas confirmé celui-ci. Demandez-lui un nouveau code et recommencez.',
      },
    },
  },
  es: {
    first: {
      title: 'Otro dispositivo',
      heading: 'Añadir otro dispositivo',
      lead: 'Recibe un código para escanear o escribir en el otro dispositivo. Sirve una vez, durante diez minutos.',
      begin: 'Mostrar el código',
      unnamed: 'Dé antes un nombre a su cuenta, en la página de sus dispositivos: el otro dispositivo lo muestra.',
      scan: 'Escanee esto con el otro dispositivo',
      scanLabel: 'Código QR con la dirección y el código para el otro dispositivo',
      type: 'O abra allí esta dirección y escriba el código:',
      until: (time) => `Vale hasta las ${time} UTC.`,
      waiting: 'Esta página sigue por sí sola en cuanto el otro dispositivo está allí.',
      choose: {
        heading: '¿Qué número muestra su otro dispositivo?',
        text: 'Mírelo y elija aquí el mismo número. Si no muestra ninguno de estos, otra persona ha usado su código.',
        none: 'Ninguno de estos',
      },
      confirmed: {
        heading: 'Confirmado',
        text: 'Siga en el otro dispositivo: ahora se prepara. Cuando termine lo verá entre sus dispositivos.',
      },
      refused: {
        heading: 'No se añadió',
        text: 'No se añadió nada a su cuenta. Si era su dispositivo, empiece otra vez con un código nuevo.',
      },
      cancel: 'Parar',
      again: 'Mostrar un código nuevo',
      done: 'A mis dispositivos',
    },
    other: {
      title: 'Añadir este dispositivo',
      heading: 'Añadir este dispositivo a su cuenta',
      lead: 'En un dispositivo que ya funciona, abra su cuenta y elija «Añadir otro dispositivo». Muestra un código.',
      label: 'Código de su otro dispositivo',
      hint: 'Doce letras y cifras. Las mayúsculas y los guiones no importan.',
      button: 'Seguir',
      waiting: {
        heading: 'Elija este número en su otro dispositivo',
        account: 'Este dispositivo se une a la cuenta',
        unnamed: 'una cuenta sin nombre',
        text: '¿No es su cuenta? Entonces cierre esta página. En cuanto haya elegido el número, sigue por sí sola.',
      },
      refused: {
        heading: 'No se añadió',
        text: 'Su otro dispositivo no confirmó este. Pídale un código nuevo y empiece otra vez.',
      },
    },
  },
}
