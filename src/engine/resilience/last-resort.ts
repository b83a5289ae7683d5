import type { DegradationOptions } from './options.ts';

type Language = DegradationOptions['language'];

/** What is said, without and with somebody to turn to. */
const WORDS: Readonly<Record<Language, readonly [alone: string, contact: (whom: string) => string]>> = {
  en: [
    'Sorry, your question cannot be answered right now. Please try again later.',
    (whom) => `If it is urgent, please contact ${whom}.`,
  ],
  de: [
    'Leider kann Ihre Frage im Moment nicht beantwortet werden. Bitte versuchen Sie es später noch einmal.',
    (whom) => `Wenn es eilt, wenden Sie sich bitte an ${whom}.`,
  ],
  fr: [
    'Désolé, il n’est pas possible de répondre à votre question pour le moment. Veuillez réessayer plus tard.',
    (whom) => `En cas d’urgence, veuillez contacter ${whom}.`,
  ],
  es: [
    'Lo sentimos: en este momento no es posible responder a su pregunta. Vuelva a intentarlo más tarde.',
    (whom) => `Si es urgente, póngase en contacto con ${whom}.`,
  ],
};

/** The answer that needs nothing and never fails: an apology, and whom to turn to where somebody is named. */
export function lastResortText({
  language,
  contact,
}: Pick<DegradationOptions, 'language' | 'contact'>): string {
  const [alone, withContact] = WORDS[language];
  return contact === undefined ? alone : `${alone} ${withContact(contact)}`;
}
