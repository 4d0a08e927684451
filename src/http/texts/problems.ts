// Long because: every refusal that people meet stands here in four languages, so that none is forgotten in one.
import type { ErrorCode } from '../../errors.ts'
import type { InEveryLanguage } from '../language.ts'

/** The refusals that people meet; their statuses stand in `problem.ts`. Any other is our own fault. */
export const FACED = [
  'ticket-unusable',
  'ticket-spent',
  'ticket-foreign',
  'certificate-missing',
  'certificate-held',
  'certificate-revoked',
  'certificate-expired',
  'check-missing',
  'check-wanted',
  'check-failed',
  'too-many-guesses',
  'walk-loops',
  'proof-stale',
  'check-refused',
  'check-unknown',
  'check-needed',
  'password-refused',
  'cross-site',
  'invitation-unusable',
  'invitation-used',
  'apple-profile-unusable',
  'label-invalid',
  'key-unsupported',
  'store-unavailable',
  'signer-unavailable',
  'not-found',
  'misdirected',
  'body-malformed',
  'body-too-large',
  'method-not-allowed',
  'media-type-unsupported',
  'session-missing',
  'form-outdated',
  'device-unknown',
  'hold-foreign',
  'pairing-unusable',
  'site-unknown',
  'text-invalid',
  'report-unknown',
  'report-settled',
] as const satisfies readonly ErrorCode[]

export type FacedCode = (typeof FACED)[number]

/** What a person reads of a refusal: what happened, and what to do next. */
interface Face {
  readonly heading: string
  readonly text: string
}

interface ProblemTexts {
  readonly faces: Readonly<Record<FacedCode, Face>>
  readonly unexpected: Face
  readonly reference: string
  readonly proceed: (host: string) => string
  readonly start: string
}

/** Refusals, as people read them. */
export const PROBLEM_TEXTS: InEveryLanguage<ProblemTexts> = {
  en: {
    faces: {
      'ticket-unusable': {
        heading: 'This link has expired',
        text: 'Go back to the site and sign in there once more; it will send you here with a fresh link.',
      },
      'ticket-spent': {
        heading: 'This is done already',
        text: 'This address has been used. Go back to the site; if it asks again, it will send you here anew.',
      },
      'ticket-foreign': {
        heading: 'Another certificate is needed',
        text: 'Your browser showed another certificate than the one you began with. Go back to the site, and choose the same certificate throughout.',
      },
      'certificate-missing': {
        heading: 'No certificate was shown',
        text: 'Your browser showed no certificate. Go back to the site and choose the certificate of this device when you are asked. If you have none yet, ask for an invitation.',
      },
      'certificate-held': {
        heading: 'Your certificate is on hold',
        text: 'Ask whoever invited you to release it, or for a new invitation.',
      },
      'certificate-revoked': {
        heading: 'Your certificate is revoked',
        text: 'It is revoked for ever. Ask whoever invited you for a new invitation.',
      },
      'certificate-expired': {
        heading: 'Your certificate has expired',
        text: 'Ask whoever invited you for a new invitation.',
      },
      'check-wanted': {
        heading: 'The site wants another proof',
        text: 'You have not set up the proof that the site wants, or have used it up. Add it in your account; then go back to the site and sign in again.',
      },
      'check-missing': {
        heading: 'Another proof is needed',
        text: 'The site wants a proof that you have not set up, or have used up. Ask whoever invited you for a new invitation.',
      },
      'check-failed': {
        heading: 'This is not right',
        text: 'It is not right, or has been used. Check it and try again, or take the next one.',
      },
      'too-many-guesses': {
        heading: 'Please wait a minute',
        text: 'Too much was tried in a short time. Wait a minute, then try again; after many tries it takes longer.',
      },
      'walk-loops': {
        heading: 'This site asks again and again',
        text: 'You have proved yourself, and the site sends you here once more. Wait a minute, then try again. If it stays, tell the people of the site: it wants a younger proof than anybody can give, or does not take the answer that it was given.',
      },
      'proof-stale': {
        heading: 'Please prove once more that it is you',
        text: 'It is a while since you did. Then try again.',
      },
      'check-refused': {
        heading: 'This could not be added',
        text: 'It was not made for this page, is there already, or took too long. Begin once more.',
      },
      'check-unknown': {
        heading: 'There is no such entry',
        text: 'It may have been removed already. Reload the page.',
      },
      'check-needed': {
        heading: 'This one is needed',
        text: 'Without it you could not prove that it is you. Add another one first.',
      },
      'password-refused': {
        heading: 'Please choose another password',
        text: 'Take 8 to 256 characters, and nothing that others try first. Four words that have nothing to do with each other are good.',
      },
      'cross-site': {
        heading: 'This did not come from our page',
        text: 'Open the address itself, and try from there.',
      },
      'invitation-unusable': {
        heading: 'This invitation cannot be used',
        text: 'It was used already, has expired, or was not copied whole. Ask whoever invited you for a new one.',
      },
      'invitation-used': {
        heading: 'This invitation was used already',
        text: 'It works once. If it was you and the file is lost or was never saved, ask whoever invited you for a new invitation, and to revoke what this one made. If it was not you, tell them at once.',
      },
      'apple-profile-unusable': {
        heading: 'This file is no longer here',
        text: 'Go back to the page where you set up your device, and ask for it once more.',
      },
      'label-invalid': {
        heading: 'Please choose another name',
        text: 'Use a short name of ordinary letters and digits, such as “Laptop, kitchen”.',
      },
      'key-unsupported': {
        heading: 'This browser made an unusual key',
        text: 'Update the browser, or open the invitation in another one.',
      },
      'store-unavailable': {
        heading: 'One moment, please',
        text: 'We cannot look you up right now, and nobody is let through unseen. Try again in a minute.',
      },
      'signer-unavailable': {
        heading: 'It could not be finished',
        text: 'The certificate could not be made just now. If your invitation no longer works, ask whoever invited you for a new one.',
      },
      'not-found': {
        heading: 'There is nothing here',
        text: 'Perhaps the address was not copied whole. Open the link once more from where you got it.',
      },
      misdirected: { heading: 'Wrong door', text: 'Open the link once more from where you got it.' },
      'body-malformed': {
        heading: 'This form cannot be read',
        text: 'Go back, reload the page, and send it once more.',
      },
      'body-too-large': { heading: 'This is too long', text: 'Go back, shorten it, and send it once more.' },
      'method-not-allowed': { heading: 'This cannot be done here', text: 'Go back, reload the page, and try again.' },
      'media-type-unsupported': {
        heading: 'This form cannot be read',
        text: 'Go back, reload the page, and send it once more.',
      },
      'session-missing': {
        heading: 'You are outside again',
        text: 'A quarter of an hour has passed, or this browser shows another certificate. Open your account once more.',
      },
      'form-outdated': {
        heading: 'This page is too old',
        text: 'It was opened before you came in anew, and nothing was changed. Go back to your account, and try once more.',
      },
      'device-unknown': {
        heading: 'There is no such device',
        text: 'It is not among your devices. Go back, and look which there are.',
      },
      'hold-foreign': {
        heading: 'The operator has put this on hold',
        text: 'Only the operator can lift it. Ask whoever invited you.',
      },
      'pairing-unusable': {
        heading: 'This code does not work',
        text: 'It is not right, was used already, or its ten minutes are over. Have your other device show a new one.',
      },
      'site-unknown': {
        heading: 'This site does not know you',
        text: 'Or it was told to forget you already. There is nothing more to do.',
      },
      'text-invalid': {
        heading: 'This text cannot be taken',
        text: 'Write a short sentence: 1 to 500 characters that can be seen.',
      },
      'report-unknown': {
        heading: 'There is no such report any more',
        text: 'Its time is over, or the site has taken it back. Look at the page again.',
      },
      'report-settled': {
        heading: 'You have answered this already',
        text: 'If the site has said it again, only the site can take it back. Ask there.',
      },
    },
    unexpected: {
      heading: 'Something went wrong',
      text: 'It is not your fault. Go back and try again; if it stays, tell your operator the reference below.',
    },
    reference: 'Reference:',
    proceed: (host) => `Continue to ${host}`,
    start: 'To the start page',
  },
  de: {
    faces: {
      'ticket-unusable': {
        heading: 'Dieser Link ist abgelaufen',
        text: 'Gehen Sie zurück zur Seite und melden Sie sich dort noch einmal an; sie schickt Sie mit einem neuen Link hierher.',
      },
      'ticket-spent': {
        heading: 'Das ist schon erledigt',
        text: 'Diese Adresse wurde schon benutzt. Gehen Sie zurück zur Seite; wenn sie wieder fragt, schickt sie Sie neu hierher.',
      },
      'ticket-foreign': {
        heading: 'Ein anderes Zertifikat wird gebraucht',
        text: 'Ihr Browser hat ein anderes Zertifikat gezeigt als das, mit dem Sie begonnen haben. Gehen Sie zurück zur Seite und wählen Sie durchgehend dasselbe.',
      },
      'certificate-missing': {
        heading: 'Es wurde kein Zertifikat gezeigt',
        text: 'Ihr Browser hat kein Zertifikat gezeigt. Gehen Sie zurück zur Seite und wählen Sie das Zertifikat dieses Geräts, wenn Sie gefragt werden. Wenn Sie noch keines haben, bitten Sie um eine Einladung.',
      },
      'certificate-held': {
        heading: 'Ihr Zertifikat ist gesperrt',
        text: 'Bitten Sie die Person, die Sie eingeladen hat, es freizugeben oder Sie neu einzuladen.',
      },
      'certificate-revoked': {
        heading: 'Ihr Zertifikat ist widerrufen',
        text: 'Es ist für immer widerrufen. Bitten Sie die Person, die Sie eingeladen hat, um eine neue Einladung.',
      },
      'certificate-expired': {
        heading: 'Ihr Zertifikat ist abgelaufen',
        text: 'Bitten Sie die Person, die Sie eingeladen hat, um eine neue Einladung.',
      },
      'check-wanted': {
        heading: 'Die Seite will einen anderen Nachweis',
        text: 'Den Nachweis, den die Seite will, haben Sie nicht eingerichtet oder aufgebraucht. Fügen Sie ihn in Ihrem Konto hinzu; gehen Sie dann zur Seite zurück und melden Sie sich dort wieder an.',
      },
      'check-missing': {
        heading: 'Ein anderer Nachweis wird gebraucht',
        text: 'Die Seite will einen Nachweis, den Sie nicht eingerichtet oder aufgebraucht haben. Bitten Sie um eine neue Einladung.',
      },
      'check-failed': {
        heading: 'Das stimmt nicht',
        text: 'Es stimmt nicht oder wurde schon benutzt. Prüfen Sie es und versuchen Sie es noch einmal, oder nehmen Sie den nächsten Code.',
      },
      'too-many-guesses': {
        heading: 'Bitte eine Minute warten',
        text: 'In kurzer Zeit wurde zu viel probiert. Warten Sie eine Minute und versuchen Sie es dann wieder; nach vielen Versuchen dauert es länger.',
      },
      'walk-loops': {
        heading: 'Diese Seite fragt immer wieder',
        text: 'Sie haben sich ausgewiesen, und die Seite schickt Sie noch einmal hierher. Warten Sie eine Minute und versuchen Sie es dann wieder. Wenn es so bleibt, sagen Sie es den Betreibern der Seite: Sie will einen frischeren Nachweis, als man geben kann, oder nimmt die Antwort nicht an, die sie bekommen hat.',
      },
      'proof-stale': {
        heading: 'Bitte weisen Sie sich noch einmal aus',
        text: 'Es ist eine Weile her. Versuchen Sie es danach noch einmal.',
      },
      'check-refused': {
        heading: 'Das konnte nicht hinzugefügt werden',
        text: 'Es gehört nicht zu dieser Seite, ist schon da, oder es hat zu lange gedauert. Beginnen Sie noch einmal.',
      },
      'check-unknown': {
        heading: 'Diesen Eintrag gibt es nicht',
        text: 'Vielleicht wurde er schon entfernt. Laden Sie die Seite neu.',
      },
      'check-needed': {
        heading: 'Dieser Eintrag wird gebraucht',
        text: 'Ohne ihn könnten Sie sich nicht mehr ausweisen. Fügen Sie erst einen anderen hinzu.',
      },
      'password-refused': {
        heading: 'Bitte wählen Sie ein anderes Passwort',
        text: 'Nehmen Sie 8 bis 256 Zeichen und nichts, was andere zuerst probieren. Vier Wörter, die nichts miteinander zu tun haben, sind gut.',
      },
      'cross-site': {
        heading: 'Das kam nicht von unserer Seite',
        text: 'Öffnen Sie die Adresse selbst und versuchen Sie es von dort.',
      },
      'invitation-unusable': {
        heading: 'Diese Einladung gilt nicht',
        text: 'Sie wurde schon benutzt, ist abgelaufen oder nicht vollständig kopiert. Bitten Sie um eine neue.',
      },
      'invitation-used': {
        heading: 'Diese Einladung wurde schon benutzt',
        text: 'Sie gilt nur einmal. Waren Sie es und die Datei ist verloren oder wurde nie gespeichert, bitten Sie um eine neue Einladung und darum, das zu sperren, was mit dieser entstand. Waren Sie es nicht, sagen Sie es sofort.',
      },
      'apple-profile-unusable': {
        heading: 'Diese Datei gibt es nicht mehr',
        text: 'Gehen Sie zurück zur Seite, auf der Sie Ihr Gerät einrichten, und fordern Sie sie noch einmal an.',
      },
      'label-invalid': {
        heading: 'Bitte wählen Sie einen anderen Namen',
        text: 'Nehmen Sie einen kurzen Namen aus gewöhnlichen Buchstaben und Ziffern, etwa „Laptop, Küche“.',
      },
      'key-unsupported': {
        heading: 'Dieser Browser hat einen ungewöhnlichen Schlüssel gemacht',
        text: 'Aktualisieren Sie den Browser, oder öffnen Sie die Einladung in einem anderen.',
      },
      'store-unavailable': {
        heading: 'Einen Augenblick, bitte',
        text: 'Wir können gerade nicht nachsehen, und ungesehen lassen wir niemanden durch. Versuchen Sie es in einer Minute wieder.',
      },
      'signer-unavailable': {
        heading: 'Es konnte nicht beendet werden',
        text: 'Das Zertifikat konnte gerade nicht ausgestellt werden. Wenn Ihre Einladung nicht mehr gilt, bitten Sie um eine neue.',
      },
      'not-found': {
        heading: 'Hier ist nichts',
        text: 'Vielleicht wurde die Adresse nicht ganz kopiert. Öffnen Sie den Link noch einmal von dort, wo Sie ihn bekommen haben.',
      },
      misdirected: {
        heading: 'Falsche Tür',
        text: 'Öffnen Sie den Link noch einmal von dort, wo Sie ihn bekommen haben.',
      },
      'body-malformed': {
        heading: 'Dieses Formular ist unlesbar',
        text: 'Gehen Sie zurück, laden Sie die Seite neu und schicken Sie es noch einmal.',
      },
      'body-too-large': {
        heading: 'Das ist zu lang',
        text: 'Gehen Sie zurück, kürzen Sie es und schicken Sie es noch einmal.',
      },
      'method-not-allowed': {
        heading: 'Das geht hier nicht',
        text: 'Gehen Sie zurück, laden Sie die Seite neu und versuchen Sie es noch einmal.',
      },
      'media-type-unsupported': {
        heading: 'Dieses Formular ist unlesbar',
        text: 'Gehen Sie zurück, laden Sie die Seite neu und schicken Sie es noch einmal.',
      },
      'session-missing': {
        heading: 'Sie sind wieder draußen',
        text: 'Eine Viertelstunde ist vergangen, oder dieser Browser zeigt ein anderes Zertifikat. Öffnen Sie Ihr Konto noch einmal.',
      },
      'form-outdated': {
        heading: 'Diese Seite ist zu alt',
        text: 'Sie war schon offen, bevor Sie neu hereinkamen; geändert wurde nichts. Gehen Sie zurück in Ihr Konto und versuchen Sie es noch einmal.',
      },
      'device-unknown': {
        heading: 'Dieses Gerät gibt es nicht',
        text: 'Es ist nicht unter Ihren Geräten. Gehen Sie zurück und sehen Sie nach, welche es gibt.',
      },
      'hold-foreign': {
        heading: 'Der Betreiber hat das gesperrt',
        text: 'Nur der Betreiber kann es aufheben. Fragen Sie, wer Sie eingeladen hat.',
      },
      'pairing-unusable': {
        heading: 'Dieser Code gilt nicht',
        text: 'Er stimmt nicht, wurde schon benutzt, oder seine zehn Minuten sind um. Lassen Sie sich auf Ihrem anderen Gerät einen neuen zeigen.',
      },
      'site-unknown': {
        heading: 'Diese Website kennt Sie nicht',
        text: 'Oder sie sollte Sie schon vergessen. Mehr ist nicht zu tun.',
      },
      'text-invalid': {
        heading: 'Dieser Text geht nicht',
        text: 'Schreiben Sie einen kurzen Satz: 1 bis 500 sichtbare Zeichen.',
      },
      'report-unknown': {
        heading: 'Diese Meldung gibt es nicht mehr',
        text: 'Ihre Zeit ist um, oder die Website hat sie zurückgenommen. Sehen Sie sich die Seite noch einmal an.',
      },
      'report-settled': {
        heading: 'Darauf haben Sie schon geantwortet',
        text: 'Hat die Website es wiederholt, kann nur sie es zurücknehmen. Fragen Sie dort nach.',
      },
    },
    unexpected: {
      heading: 'Etwas ist schiefgegangen',
      text: 'Es liegt nicht an Ihnen. Gehen Sie zurück und versuchen Sie es noch einmal; wenn es bleibt, nennen Sie Ihrem Betreiber das Kennzeichen unten.',
    },
    reference: 'Kennzeichen:',
    proceed: (host) => `Weiter zu ${host}`,
    start: 'Zur Startseite',
  },
  fr: {
    faces: {
      'ticket-unusable': {
        heading: 'Ce lien a expiré',
        text: 'Retournez sur le site et connectez-vous de nouveau ; il vous enverra ici avec un nouveau lien.',
      },
      'ticket-spent': {
        heading: 'C’est déjà fait',
        text: 'Cette adresse a déjà servi. Retournez sur le site ; s’il le redemande, il vous enverra de nouveau ici.',
      },
      'ticket-foreign': {
        heading: 'Il faut un autre certificat',
        text: 'Votre navigateur a montré un autre certificat que celui du début. Retournez sur le site et choisissez toujours le même.',
      },
      'certificate-missing': {
        heading: 'Aucun certificat n’a été montré',
        text: 'Votre navigateur n’a montré aucun certificat. Retournez sur le site et choisissez le certificat de cet appareil quand on vous le demande. Si vous n’en avez pas, demandez une invitation.',
      },
      'certificate-held': {
        heading: 'Votre certificat est suspendu',
        text: 'Demandez à la personne qui vous a invité de le rétablir, ou une nouvelle invitation.',
      },
      'certificate-revoked': {
        heading: 'Votre certificat est révoqué',
        text: 'Il est révoqué pour toujours. Demandez une nouvelle invitation à la personne qui vous a invité.',
      },
      'certificate-expired': {
        heading: 'Votre certificat a expiré',
        text: 'Demandez une nouvelle invitation à la personne qui vous a invité.',
      },
      'check-wanted': {
        heading: 'Le site veut une autre preuve',
        text: 'Vous n’avez pas préparé la preuve que le site demande, ou vous l’avez épuisée. Ajoutez-la dans votre compte, puis retournez sur le site et connectez-vous à nouveau.',
      },
      'check-missing': {
        heading: 'Il faut une autre preuve',
        text: 'Le site veut une preuve que vous n’avez pas préparée ou que vous avez épuisée. Demandez une nouvelle invitation.',
      },
      'check-failed': {
        heading: 'Ce n’est pas exact',
        text: 'Ce n’est pas exact, ou cela a déjà servi. Vérifiez et réessayez, ou prenez le code suivant.',
      },
      'too-many-guesses': {
        heading: 'Patientez une minute',
        text: 'Trop d’essais en peu de temps. Attendez une minute, puis réessayez ; après beaucoup d’essais, c’est plus long.',
      },
      'walk-loops': {
        heading: 'Ce site redemande sans cesse',
        text: 'Vous avez prouvé que c’est bien vous, et le site vous renvoie ici. Attendez une minute, puis réessayez. Si cela continue, prévenez les responsables du site : il veut une preuve plus récente que possible, ou ne prend pas la réponse qu’il a reçue.',
      },
      'proof-stale': {
        heading: 'Prouvez encore une fois que c’est vous',
        text: 'La dernière fois remonte à un moment. Réessayez ensuite.',
      },
      'check-refused': {
        heading: 'Impossible de l’ajouter',
        text: 'Ce n’était pas fait pour cette page, c’est déjà là, ou cela a pris trop de temps. Recommencez.',
      },
      'check-unknown': {
        heading: 'Cette entrée n’existe pas',
        text: 'Elle a peut-être déjà été supprimée. Rechargez la page.',
      },
      'check-needed': {
        heading: 'Cette entrée est nécessaire',
        text: 'Sans elle, vous ne pourriez plus prouver que c’est vous. Ajoutez-en d’abord une autre.',
      },
      'password-refused': {
        heading: 'Choisissez un autre mot de passe',
        text: 'Prenez de 8 à 256 caractères, et rien que d’autres essaieraient d’abord. Quatre mots sans rapport entre eux conviennent bien.',
      },
      'cross-site': {
        heading: 'Cela ne venait pas de notre page',
        text: 'Ouvrez l’adresse elle-même et essayez à partir de là.',
      },
      'invitation-unusable': {
        heading: 'Cette invitation ne peut pas servir',
        text: 'Elle a déjà servi, a expiré ou n’a pas été copiée en entier. Demandez-en une nouvelle.',
      },
      'invitation-used': {
        heading: 'Cette invitation a déjà servi',
        text: 'Elle ne sert qu’une fois. Si c’était vous et que le fichier est perdu ou n’a pas été enregistré, demandez une nouvelle invitation, et la révocation de ce que celle-ci a créé. Si ce n’était pas vous, signalez-le tout de suite.',
      },
      'apple-profile-unusable': {
        heading: 'Ce fichier n’est plus ici',
        text: 'Revenez à la page où vous configurez votre appareil et demandez-le encore une fois.',
      },
      'label-invalid': {
        heading: 'Choisissez un autre nom',
        text: 'Prenez un nom court fait de lettres et de chiffres ordinaires, comme « Portable, cuisine ».',
      },
      'key-unsupported': {
        heading: 'Ce navigateur a fabriqué une clé inhabituelle',
        text: 'Mettez le navigateur à jour, ou ouvrez l’invitation dans un autre.',
      },
      'store-unavailable': {
        heading: 'Un instant, s’il vous plaît',
        text: 'Nous ne pouvons pas vérifier pour le moment, et personne ne passe sans être vu. Réessayez dans une minute.',
      },
      'signer-unavailable': {
        heading: 'Cela n’a pas pu aboutir',
        text: 'Le certificat n’a pas pu être établi. Si votre invitation ne marche plus, demandez-en une nouvelle.',
      },
      'not-found': {
        heading: 'Il n’y a rien ici',
        text: 'L’adresse n’a peut-être pas été copiée en entier. Rouvrez le lien là où vous l’avez reçu.',
      },
      misdirected: { heading: 'Mauvaise porte', text: 'Rouvrez le lien là où vous l’avez reçu.' },
      'body-malformed': {
        heading: 'Ce formulaire est illisible',
        text: 'Revenez en arrière, rechargez la page et envoyez-le de nouveau.',
      },
      'body-too-large': {
        heading: 'C’est trop long',
        text: 'Revenez en arrière, raccourcissez et envoyez de nouveau.',
      },
      'method-not-allowed': {
        heading: 'Cela ne se fait pas ici',
        text: 'Revenez en arrière, rechargez la page et réessayez.',
      },
      'media-type-unsupported': {
        heading: 'Ce formulaire est illisible',
        text: 'Revenez en arrière, rechargez la page et envoyez-le de nouveau.',
      },
      'session-missing': {
        heading: 'Vous êtes de nouveau dehors',
        text: 'Un quart d’heure est passé, ou ce navigateur montre un autre certificat. Ouvrez votre compte encore une fois.',
      },
      'form-outdated': {
        heading: 'Cette page est trop ancienne',
        text: 'Elle était ouverte avant votre retour, et rien n’a été changé. Revenez à votre compte et réessayez.',
      },
      'device-unknown': {
        heading: 'Cet appareil n’existe pas',
        text: 'Il n’est pas parmi vos appareils. Revenez en arrière et regardez lesquels il y a.',
      },
      'hold-foreign': {
        heading: 'L’opérateur a suspendu ceci',
        text: 'Lui seul peut le lever. Adressez-vous à qui vous a invité.',
      },
      'pairing-unusable': {
        heading: 'Ce code ne marche pas',
        text: 'Il n’est pas juste, a déjà servi, ou ses dix minutes sont passées. Demandez-en un nouveau à votre autre appareil.',
      },
      'site-unknown': {
        heading: 'Ce site ne vous connaît pas',
        text: 'Ou il a déjà dû vous oublier. Il n’y a rien d’autre à faire.',
      },
      'text-invalid': {
        heading: 'Ce texte ne convient pas',
        text: 'Écrivez une courte phrase : de 1 à 500 caractères visibles.',
      },
      'report-unknown': {
        heading: 'Ce signalement n’existe plus',
        text: 'Son temps est passé, ou le site l’a retiré. Regardez de nouveau la page.',
      },
      'report-settled': {
        heading: 'Vous y avez déjà répondu',
        text: 'Si le site l’a redit, lui seul peut le retirer. Demandez-lui.',
      },
    },
    unexpected: {
      heading: 'Une erreur est survenue',
      text: 'Vous n’y êtes pour rien. Revenez en arrière et réessayez ; si cela persiste, donnez à votre opérateur la référence ci-dessous.',
    },
    reference: 'Référence :',
    proceed: (host) => `Continuer vers ${host}`,
    start: 'Vers la page d’accueil',
  },
  es: {
    faces: {
      'ticket-unusable': {
        heading: 'Este enlace ha caducado',
        text: 'Vuelva al sitio y entre de nuevo; le enviará aquí con un enlace nuevo.',
      },
      'ticket-spent': {
        heading: 'Esto ya está hecho',
        text: 'Esta dirección ya se ha usado. Vuelva al sitio; si pregunta otra vez, le enviará aquí de nuevo.',
      },
      'ticket-foreign': {
        heading: 'Hace falta otro certificado',
        text: 'Su navegador mostró un certificado distinto del que usó al empezar. Vuelva al sitio y elija siempre el mismo.',
      },
      'certificate-missing': {
        heading: 'No se mostró ningún certificado',
        text: 'Su navegador no mostró ningún certificado. Vuelva al sitio y elija el certificado de este dispositivo cuando se le pida. Si no tiene, pida una invitación.',
      },
      'certificate-held': {
        heading: 'Su certificado está suspendido',
        text: 'Pida a quien le invitó que lo libere, o una nueva invitación.',
      },
      'certificate-revoked': {
        heading: 'Su certificado está revocado',
        text: 'Está revocado para siempre. Pida una nueva invitación a quien le invitó.',
      },
      'certificate-expired': {
        heading: 'Su certificado ha caducado',
        text: 'Pida una nueva invitación a quien le invitó.',
      },
      'check-wanted': {
        heading: 'El sitio quiere otra prueba',
        text: 'Usted no ha configurado la prueba que el sitio pide, o la ha agotado. Añádala en su cuenta; después vuelva al sitio e inicie sesión de nuevo.',
      },
      'check-missing': {
        heading: 'Hace falta otra prueba',
        text: 'El sitio quiere una prueba que usted no ha configurado o que ha agotado. Pida una nueva invitación.',
      },
      'check-failed': {
        heading: 'No es correcto',
        text: 'No es correcto o ya se ha usado. Revíselo e inténtelo otra vez, o use el siguiente.',
      },
      'too-many-guesses': {
        heading: 'Espere un minuto, por favor',
        text: 'Se ha probado demasiado en poco tiempo. Espere un minuto e inténtelo otra vez; tras muchos intentos tarda más.',
      },
      'walk-loops': {
        heading: 'Este sitio pregunta una y otra vez',
        text: 'Usted ha demostrado quién es, y el sitio le envía aquí otra vez. Espere un minuto e inténtelo de nuevo. Si sigue igual, avise a los responsables del sitio: quiere una prueba más reciente de lo posible, o no acepta la respuesta que recibió.',
      },
      'proof-stale': {
        heading: 'Demuestre otra vez que es usted',
        text: 'Ha pasado un rato desde la última vez. Después inténtelo de nuevo.',
      },
      'check-refused': {
        heading: 'No se ha podido añadir',
        text: 'No se hizo para esta página, ya está, o tardó demasiado. Empiece de nuevo.',
      },
      'check-unknown': {
        heading: 'Esta entrada no existe',
        text: 'Quizá ya se quitó. Vuelva a cargar la página.',
      },
      'check-needed': {
        heading: 'Esta entrada hace falta',
        text: 'Sin ella no podría demostrar que es usted. Añada antes otra.',
      },
      'password-refused': {
        heading: 'Elija otra contraseña',
        text: 'Use de 8 a 256 caracteres, y nada que otros prueben primero. Cuatro palabras sin relación entre sí van bien.',
      },
      'cross-site': {
        heading: 'Esto no venía de nuestra página',
        text: 'Abra la dirección misma e inténtelo desde allí.',
      },
      'invitation-unusable': {
        heading: 'Esta invitación no se puede usar',
        text: 'Ya se usó, ha caducado o no se copió entera. Pida una nueva a quien le invitó.',
      },
      'invitation-used': {
        heading: 'Esta invitación ya se usó',
        text: 'Solo sirve una vez. Si fue usted y el archivo se perdió o nunca se guardó, pida una invitación nueva, y que se revoque lo que esta creó. Si no fue usted, avise de inmediato.',
      },
      'apple-profile-unusable': {
        heading: 'Este archivo ya no está aquí',
        text: 'Vuelva a la página donde configura su dispositivo y pídalo otra vez.',
      },
      'label-invalid': {
        heading: 'Elija otro nombre, por favor',
        text: 'Use un nombre corto de letras y cifras corrientes, como «Portátil, cocina».',
      },
      'key-unsupported': {
        heading: 'Este navegador creó una clave poco común',
        text: 'Actualice el navegador o abra la invitación en otro.',
      },
      'store-unavailable': {
        heading: 'Un momento, por favor',
        text: 'Ahora no podemos consultar sus datos, y nadie pasa sin ser visto. Inténtelo dentro de un minuto.',
      },
      'signer-unavailable': {
        heading: 'No se pudo terminar',
        text: 'El certificado no se pudo crear ahora. Si su invitación ya no sirve, pida una nueva.',
      },
      'not-found': {
        heading: 'Aquí no hay nada',
        text: 'Quizá la dirección no se copió entera. Abra el enlace otra vez desde donde lo recibió.',
      },
      misdirected: { heading: 'Puerta equivocada', text: 'Abra el enlace otra vez desde donde lo recibió.' },
      'body-malformed': {
        heading: 'Este formulario no se puede leer',
        text: 'Vuelva atrás, recargue la página y envíelo otra vez.',
      },
      'body-too-large': { heading: 'Es demasiado largo', text: 'Vuelva atrás, acórtelo y envíelo otra vez.' },
      'method-not-allowed': {
        heading: 'Esto no se puede hacer aquí',
        text: 'Vuelva atrás, recargue la página e inténtelo otra vez.',
      },
      'media-type-unsupported': {
        heading: 'Este formulario no se puede leer',
        text: 'Vuelva atrás, recargue la página y envíelo otra vez.',
      },
      'session-missing': {
        heading: 'Está fuera otra vez',
        text: 'Ha pasado un cuarto de hora, o este navegador muestra otro certificado. Abra su cuenta otra vez.',
      },
      'form-outdated': {
        heading: 'Esta página es demasiado antigua',
        text: 'Estaba abierta antes de que entrara de nuevo, y no se ha cambiado nada. Vuelva a su cuenta e inténtelo otra vez.',
      },
      'device-unknown': {
        heading: 'No existe ese dispositivo',
        text: 'No está entre sus dispositivos. Vuelva atrás y mire cuáles hay.',
      },
      'hold-foreign': {
        heading: 'El operador ha suspendido esto',
        text: 'Solo el operador puede levantarlo. Pregunte a quien le invitó.',
      },
      'pairing-unusable': {
        heading: 'Este código no sirve',
        text: 'No es correcto, ya se usó, o han pasado sus diez minutos. Pida uno nuevo a su otro dispositivo.',
      },
      'site-unknown': {
        heading: 'Este sitio no le conoce',
        text: 'O ya tuvo que olvidarle. No hay nada más que hacer.',
      },
      'text-invalid': {
        heading: 'Este texto no sirve',
        text: 'Escriba una frase corta: de 1 a 500 caracteres visibles.',
      },
      'report-unknown': {
        heading: 'Este aviso ya no existe',
        text: 'Su tiempo pasó o el sitio lo retiró. Mire la página otra vez.',
      },
      'report-settled': {
        heading: 'Ya respondió a esto',
        text: 'Si el sitio lo repitió, solo él puede retirarlo. Pregunte allí.',
      },
    },
    unexpected: {
      heading: 'Algo ha salido mal',
      text: 'No es culpa suya. Vuelva atrás e inténtelo otra vez; si sigue igual, dé a su operador la referencia de abajo.',
    },
    reference: 'Referencia:',
    proceed: (host) => `Continuar a ${host}`,
    start: 'A la página de inicio',
  },
}
