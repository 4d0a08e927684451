// Long because: six ways into a browser are told in four languages.
import type { Platform } from '../../domain/enrollment/platform.ts'
import type { InEveryLanguage } from '../language.ts'
import { html, type Markup } from '../page.ts'

/** Whose guide it is: the system's, where browsers use the system's certificates; Firefox keeps its own. */
export const GUIDES = ['windows', 'mac', 'ios', 'android', 'linux', 'firefox'] as const
export type GuideName = (typeof GUIDES)[number]

interface Guide {
  /** in the list of all guides */
  readonly name: string
  /** what to do, one step after another */
  readonly steps: readonly [Markup, Markup, Markup]
}

interface GuideTexts {
  readonly guides: Readonly<Record<GuideName, Guide>>
  /** what a machine is called in the label that is proposed */
  readonly machines: Readonly<Record<Platform, string>>
}

/** How the file comes into the browser. */
export const GUIDE_TEXTS: InEveryLanguage<GuideTexts> = {
  en: {
    guides: {
      windows: {
        name: 'Windows: Chrome, Edge',
        steps: [
          html`Open the file from the list of downloads.`,
          html`Leave “Current User”, and press “Next” until the password is asked for. Paste it.`,
          html`“Next” and “Next”, then “Finish”.`,
        ],
      },
      mac: {
        name: 'Mac: Safari, Chrome, Edge',
        steps: [
          html`Open the file from the list of downloads. Choose the keychain “login” if you are asked.`,
          html`Paste the password of the file.`,
          html`When the Mac then asks whether the browser may use the key, type the password of your Mac and choose “Always Allow”.`,
        ],
      },
      ios: {
        name: 'iPhone, iPad: Safari',
        steps: [
          html`Copy the password, get the profile, and tap “Allow”.`,
          html`Open Settings within eight minutes. At the top it says “Profile Downloaded”: tap it.`,
          html`Tap “Install”, type your passcode, then paste the password of the file.`,
        ],
      },
      android: {
        name: 'Android: Chrome',
        steps: [
          html`Open the file from the list of downloads.`,
          html`Paste the password.`,
          html`Asked what the certificate is for, choose “VPN and apps”, not “Wi-Fi”.`,
        ],
      },
      linux: {
        name: 'Linux: Chromium, Chrome',
        steps: [
          html`Type this into the address bar of a new tab: <kbd>chrome://certificate-manager/clientcerts</kbd>`,
          html`Choose “View imported certificates from Linux”, then “Import”, and take the file.`,
          html`Paste the password.`,
        ],
      },
      firefox: {
        name: 'Firefox on a computer',
        steps: [
          html`Open Firefox’s settings, search for “certificates”, and press “View Certificates”.`,
          html`Choose the tab “Your Certificates”, press “Import”, and take the file.`,
          html`Paste the password.`,
        ],
      },
    },
    machines: {
      windows: 'Windows computer',
      mac: 'Mac',
      iphone: 'iPhone',
      ipad: 'iPad',
      'android-phone': 'Android phone',
      'android-tablet': 'Android tablet',
      chromebook: 'Chromebook',
      linux: 'Linux computer',
      other: 'Computer',
    },
  },
  de: {
    guides: {
      windows: {
        name: 'Windows mit Chrome oder Edge',
        steps: [
          html`Öffnen Sie die Datei aus der Liste der Downloads.`,
          html`Lassen Sie „Aktueller Benutzer“ stehen und drücken Sie „Weiter“, bis nach dem Passwort gefragt wird. Fügen Sie es ein.`,
          html`„Weiter“ und „Weiter“, dann „Fertig stellen“.`,
        ],
      },
      mac: {
        name: 'Mac mit Safari, Chrome oder Edge',
        steps: [
          html`Öffnen Sie die Datei aus der Liste der Downloads. Wählen Sie den Schlüsselbund „Anmeldung“, wenn danach gefragt wird.`,
          html`Fügen Sie das Passwort der Datei ein.`,
          html`Fragt der Mac danach, ob der Browser den Schlüssel benutzen darf, tippen Sie das Passwort Ihres Mac und wählen „Immer erlauben“.`,
        ],
      },
      ios: {
        name: 'iPhone und iPad mit Safari',
        steps: [
          html`Kopieren Sie das Passwort, laden Sie das Profil und tippen Sie auf „Zulassen“.`,
          html`Öffnen Sie binnen acht Minuten die Einstellungen. Oben steht „Profil geladen“: Tippen Sie darauf.`,
          html`Tippen Sie auf „Installieren“, geben Sie Ihren Gerätecode ein und fügen Sie dann das Passwort der Datei ein.`,
        ],
      },
      android: {
        name: 'Android mit Chrome',
        steps: [
          html`Öffnen Sie die Datei aus der Liste der Downloads.`,
          html`Fügen Sie das Passwort ein.`,
          html`Auf die Frage, wofür das Zertifikat ist, wählen Sie „VPN und Apps“, nicht „WLAN“.`,
        ],
      },
      linux: {
        name: 'Linux mit Chromium oder Chrome',
        steps: [
          html`Tippen Sie dies in die Adresszeile eines neuen Tabs: <kbd>chrome://certificate-manager/clientcerts</kbd>`,
          html`Wählen Sie „Importierte Zertifikate von Linux ansehen“, dann „Importieren“, und nehmen Sie die Datei.`,
          html`Fügen Sie das Passwort ein.`,
        ],
      },
      firefox: {
        name: 'Firefox auf einem Computer',
        steps: [
          html`Öffnen Sie die Einstellungen von Firefox, suchen Sie „Zertifikate“ und drücken Sie „Zertifikate anzeigen“.`,
          html`Wählen Sie „Ihre Zertifikate“, drücken Sie „Importieren“ und nehmen Sie die Datei.`,
          html`Fügen Sie das Passwort ein.`,
        ],
      },
    },
    machines: {
      windows: 'Windows-Rechner',
      mac: 'Mac',
      iphone: 'iPhone',
      ipad: 'iPad',
      'android-phone': 'Android-Telefon',
      'android-tablet': 'Android-Tablet',
      chromebook: 'Chromebook',
      linux: 'Linux-Rechner',
      other: 'Rechner',
    },
  },
  fr: {
    guides: {
      windows: {
        name: 'Windows avec Chrome ou Edge',
        steps: [
          html`Ouvrez le fichier depuis la liste des téléchargements.`,
          html`Laissez « Utilisateur actuel » et appuyez sur « Suivant » jusqu’à la demande du mot de passe. Collez-le.`,
          html`« Suivant », « Suivant », puis « Terminer ».`,
        ],
      },
      mac: {
        name: 'Mac avec Safari, Chrome ou Edge',
        steps: [
          html`Ouvrez le fichier depuis la liste des téléchargements. Choisissez le trousseau « session » si on vous le demande.`,
          html`Collez le mot de passe du fichier.`,
          html`Quand le Mac demande si le navigateur peut utiliser la clé, tapez le mot de passe de votre Mac et choisissez « Toujours autoriser ».`,
        ],
      },
      ios: {
        name: 'iPhone et iPad avec Safari',
        steps: [
          html`Copiez le mot de passe, obtenez le profil et touchez « Autoriser ».`,
          html`Ouvrez Réglages dans les huit minutes. En haut se trouve « Profil téléchargé » : touchez-le.`,
          html`Touchez « Installer », tapez votre code, puis collez le mot de passe du fichier.`,
        ],
      },
      android: {
        name: 'Android avec Chrome',
        steps: [
          html`Ouvrez le fichier depuis la liste des téléchargements.`,
          html`Collez le mot de passe.`,
          html`Quand on vous demande à quoi sert le certificat, choisissez « VPN et applications », pas « Wi-Fi ».`,
        ],
      },
      linux: {
        name: 'Linux avec Chromium ou Chrome',
        steps: [
          html`Tapez ceci dans la barre d’adresse d’un nouvel onglet : <kbd>chrome://certificate-manager/clientcerts</kbd>`,
          html`Choisissez « Afficher les certificats importés depuis Linux », puis « Importer », et prenez le fichier.`,
          html`Collez le mot de passe.`,
        ],
      },
      firefox: {
        name: 'Firefox sur un ordinateur',
        steps: [
          html`Ouvrez les paramètres de Firefox, cherchez « certificats » et appuyez sur « Afficher les certificats ».`,
          html`Choisissez l’onglet « Vos certificats », appuyez sur « Importer » et prenez le fichier.`,
          html`Collez le mot de passe.`,
        ],
      },
    },
    machines: {
      windows: 'Ordinateur Windows',
      mac: 'Mac',
      iphone: 'iPhone',
      ipad: 'iPad',
      'android-phone': 'Téléphone Android',
      'android-tablet': 'Tablette Android',
      chromebook: 'Chromebook',
      linux: 'Ordinateur Linux',
      other: 'Ordinateur',
    },
  },
  es: {
    guides: {
      windows: {
        name: 'Windows con Chrome o Edge',
        steps: [
          html`Abra el archivo desde la lista de descargas.`,
          html`Deje «Usuario actual» y pulse «Siguiente» hasta que se pida la contraseña. Péguela.`,
          html`«Siguiente» y «Siguiente», luego «Finalizar».`,
        ],
      },
      mac: {
        name: 'Mac con Safari, Chrome o Edge',
        steps: [
          html`Abra el archivo desde la lista de descargas. Elija el llavero «inicio de sesión» si se le pregunta.`,
          html`Pegue la contraseña del archivo.`,
          html`Cuando el Mac pregunte si el navegador puede usar la clave, escriba la contraseña de su Mac y elija «Permitir siempre».`,
        ],
      },
      ios: {
        name: 'iPhone y iPad con Safari',
        steps: [
          html`Copie la contraseña, obtenga el perfil y toque «Permitir».`,
          html`Abra Ajustes antes de ocho minutos. Arriba dice «Perfil descargado»: tóquelo.`,
          html`Toque «Instalar», escriba su código y pegue después la contraseña del archivo.`,
        ],
      },
      android: {
        name: 'Android con Chrome',
        steps: [
          html`Abra el archivo desde la lista de descargas.`,
          html`Pegue la contraseña.`,
          html`Cuando se pregunte para qué es el certificado, elija «VPN y aplicaciones», no «Wi-Fi».`,
        ],
      },
      linux: {
        name: 'Linux con Chromium o Chrome',
        steps: [
          html`Escriba esto en la barra de direcciones de una pestaña nueva: <kbd>chrome://certificate-manager/clientcerts</kbd>`,
          html`Elija «Ver certificados importados de Linux», luego «Importar», y tome el archivo.`,
          html`Pegue la contraseña.`,
        ],
      },
      firefox: {
        name: 'Firefox en un ordenador',
        steps: [
          html`Abra los ajustes de Firefox, busque «certificados» y pulse «Ver certificados».`,
          html`Elija la pestaña «Sus certificados», pulse «Importar» y tome el archivo.`,
          html`Pegue la contraseña.`,
        ],
      },
    },
    machines: {
      windows: 'Ordenador con Windows',
      mac: 'Mac',
      iphone: 'iPhone',
      ipad: 'iPad',
      'android-phone': 'Teléfono Android',
      'android-tablet': 'Tableta Android',
      chromebook: 'Chromebook',
      linux: 'Ordenador con Linux',
      other: 'Ordenador',
    },
  },
}
