import type { ReportState, Severity, VouchKind } from '../../domain/trust/trust.ts'
import type { InEveryLanguage } from '../language.ts'

interface TrustTexts {
  readonly title: string
  readonly heading: string
  readonly lead: string
  readonly none: string
  readonly visibility: {
    readonly heading: string
    readonly shown: string
    readonly hidden: string
    readonly hide: string
    readonly show: string
  }
  readonly vouches: string
  readonly kinds: Readonly<Record<VouchKind, string>>
  readonly since: string
  readonly until: string
  readonly reports: string
  readonly severities: Readonly<Record<Severity, string>>
  readonly reported: string
  readonly message: string
  readonly states: Readonly<Record<ReportState, string>>
  readonly yours: string
  readonly appeal: {
    readonly open: string
    readonly effect: string
    readonly label: string
    readonly button: string
  }
}

/** What sites say of somebody, for himself to read. */
export const TRUST_TEXTS: InEveryLanguage<TrustTexts> = {
  en: {
    title: 'What sites say of you',
    heading: 'What sites say of you',
    lead: 'Sites that know you can speak for you or against you. Others are told how many do, never which ones.',
    none: 'No site has said anything about you.',
    visibility: {
      heading: 'Who is told',
      shown: 'Sites that you sign in to may ask for a summary.',
      hidden: 'Nobody is told anything of it. To a site that asks, you look like somebody new.',
      hide: 'Keep all of it to myself',
      show: 'Let sites ask for it again',
    },
    vouches: 'What speaks for you',
    kinds: {
      'good-standing': 'You are a good guest there',
      paid: 'You have paid there',
      'address-checked': 'You were reached at your address or number',
      'known-person': 'Somebody there knows you in person',
      'identity-document-checked': 'You have shown an identity document there',
    },
    since: 'Since',
    until: 'Until',
    reports: 'What speaks against you',
    severities: {
      suspicious: 'Something was odd',
      abuse: 'Rules were broken',
      intrusion: 'Somebody may have used your account to break in',
    },
    reported: 'Reported',
    message: 'The site writes',
    states: {
      standing: 'This counts against you.',
      appealed: 'You have answered. It does not count unless the site says it again.',
      confirmed: 'You have answered, and the site has said it again: it counts. Ask there.',
    },
    yours: 'You answered',
    appeal: {
      open: 'That is wrong',
      effect:
        'The site reads your answer, and until it says the same again the report does not count. You can answer once.',
      label: 'Your answer, a short sentence',
      button: 'Send the answer',
    },
  },
  de: {
    title: 'Was Websites über Sie sagen',
    heading: 'Was Websites über Sie sagen',
    lead: 'Websites, die Sie kennen, können für Sie oder gegen Sie sprechen. Andere erfahren, wie viele es tun, nie welche.',
    none: 'Keine Website hat etwas über Sie gesagt.',
    visibility: {
      heading: 'Wer davon erfährt',
      shown: 'Websites, bei denen Sie sich anmelden, dürfen nach einer Zusammenfassung fragen.',
      hidden: 'Niemand erfährt etwas davon. Wer fragt, hält Sie für jemand Neuen.',
      hide: 'Alles für mich behalten',
      show: 'Websites wieder fragen lassen',
    },
    vouches: 'Was für Sie spricht',
    kinds: {
      'good-standing': 'Sie sind dort ein guter Gast',
      paid: 'Sie haben dort bezahlt',
      'address-checked': 'Sie wurden unter Ihrer Adresse oder Nummer erreicht',
      'known-person': 'Jemand dort kennt Sie persönlich',
      'identity-document-checked': 'Sie haben dort einen Ausweis gezeigt',
    },
    since: 'Seit',
    until: 'Bis',
    reports: 'Was gegen Sie spricht',
    severities: {
      suspicious: 'Etwas war auffällig',
      abuse: 'Regeln wurden verletzt',
      intrusion: 'Vielleicht ist jemand über Ihr Konto eingedrungen',
    },
    reported: 'Gemeldet',
    message: 'Die Website schreibt',
    states: {
      standing: 'Das zählt gegen Sie.',
      appealed: 'Sie haben geantwortet. Es zählt nicht, solange die Website es nicht wiederholt.',
      confirmed: 'Sie haben geantwortet, und die Website hat es wiederholt: Es zählt. Fragen Sie dort nach.',
    },
    yours: 'Ihre Antwort',
    appeal: {
      open: 'Das stimmt nicht',
      effect:
        'Die Website liest Ihre Antwort, und bis sie dasselbe noch einmal sagt, zählt die Meldung nicht. Sie können einmal antworten.',
      label: 'Ihre Antwort, ein kurzer Satz',
      button: 'Antwort senden',
    },
  },
  fr: {
    title: 'Ce que les sites disent de vous',
    heading: 'Ce que les sites disent de vous',
    lead: 'Les sites qui vous connaissent peuvent parler pour vous ou contre vous. Les autres apprennent combien le font, jamais lesquels.',
    none: 'Aucun site n’a rien dit de vous.',
    visibility: {
      heading: 'Qui l’apprend',
      shown: 'Les sites où vous vous connectez peuvent demander un résumé.',
      hidden: 'Personne n’en apprend rien. Pour un site qui demande, vous êtes quelqu’un de nouveau.',
      hide: 'Tout garder pour moi',
      show: 'Laisser de nouveau les sites demander',
    },
    vouches: 'Ce qui parle pour vous',
    kinds: {
      'good-standing': 'Vous y êtes bien vu',
      paid: 'Vous y avez payé',
      'address-checked': 'On vous a joint à votre adresse ou à votre numéro',
      'known-person': 'Quelqu’un là-bas vous connaît en personne',
      'identity-document-checked': 'Vous y avez montré une pièce d’identité',
    },
    since: 'Depuis',
    until: 'Jusqu’au',
    reports: 'Ce qui parle contre vous',
    severities: {
      suspicious: 'Quelque chose était étrange',
      abuse: 'Des règles n’ont pas été respectées',
      intrusion: 'Quelqu’un est peut-être entré par votre compte',
    },
    reported: 'Signalé',
    message: 'Le site écrit',
    states: {
      standing: 'Cela compte contre vous.',
      appealed: 'Vous avez répondu. Cela ne compte pas tant que le site ne le redit pas.',
      confirmed: 'Vous avez répondu et le site l’a redit : cela compte. Demandez-lui.',
    },
    yours: 'Votre réponse',
    appeal: {
      open: 'C’est faux',
      effect:
        'Le site lit votre réponse, et tant qu’il ne redit pas la même chose, le signalement ne compte pas. Vous pouvez répondre une fois.',
      label: 'Votre réponse, une courte phrase',
      button: 'Envoyer la réponse',
    },
  },
  es: {
    title: 'Lo que los sitios dicen de usted',
    heading: 'Lo que los sitios dicen de usted',
    lead: 'Los sitios que le conocen pueden hablar a su favor o en su contra. Los demás saben cuántos lo hacen, nunca cuáles.',
    none: 'Ningún sitio ha dicho nada de usted.',
    visibility: {
      heading: 'Quién lo sabe',
      shown: 'Los sitios en los que entra pueden pedir un resumen.',
      hidden: 'Nadie sabe nada de ello. Para un sitio que pregunte, usted es alguien nuevo.',
      hide: 'Guardarlo todo para mí',
      show: 'Dejar que los sitios pregunten de nuevo',
    },
    vouches: 'Lo que habla a su favor',
    kinds: {
      'good-standing': 'Allí tiene buena fama',
      paid: 'Allí ha pagado',
      'address-checked': 'Le encontraron en su dirección o su número',
      'known-person': 'Alguien de allí le conoce en persona',
      'identity-document-checked': 'Allí mostró un documento de identidad',
    },
    since: 'Desde',
    until: 'Hasta',
    reports: 'Lo que habla en su contra',
    severities: {
      suspicious: 'Algo llamó la atención',
      abuse: 'No se respetaron las reglas',
      intrusion: 'Quizá alguien entró por su cuenta',
    },
    reported: 'Avisado',
    message: 'El sitio escribe',
    states: {
      standing: 'Esto cuenta en su contra.',
      appealed: 'Usted respondió. No cuenta mientras el sitio no lo repita.',
      confirmed: 'Usted respondió y el sitio lo repitió: cuenta. Pregunte allí.',
    },
    yours: 'Su respuesta',
    appeal: {
      open: 'Eso no es cierto',
      effect: 'El sitio lee su respuesta y, mientras no repita lo mismo, el aviso no cuenta. Puede responder una vez.',
      label: 'Su respuesta, una frase corta',
      button: 'Enviar la respuesta',
    },
  },
}
