/**
 * How an answer says, in so many words, that it does not know. Every phrase joins not knowing, not finding or not
 * saying to what it is about (the answer, the question, the documents), so that an answer with a "no" in it is not
 * taken for an abstention. Patterns read the plain form that `plain` makes: lower case, no accents, straight quotes.
 */
const DOCUMENTS_EN =
  '(?:the|these|those|my|any|any of the|none of the) (?:(?:provided|given|retrieved|available|supplied|above) )?(?:documents?|contexts?|passages?|sources?|texts?|excerpts?|search results|information provided|provided information)(?: (?:above|provided|given|available))?';
const DOCUMENTS_FR = String.raw`(?:les|le|ces|ce) (?:documents?|contexte|passages?|sources?|textes?|extraits?)(?: \w+)?`;
const DOCUMENTS_ES = String.raw`(?:los|las|el|la|estos) (?:documentos?|contexto|pasajes?|fuentes?|textos?|fragmentos?)(?: \w+)?`;
const DOCUMENTS_DE = String.raw`(?:die|der|den|das|dem|diese|diesen) (?:\w+ )?(?:dokumenten?|kontext|textstellen|quellen|texte?n?|passagen|auszuge?n?)`;

const ABSTENTIONS: readonly RegExp[] = [
  // English
  String.raw`\b(?:i|we) (?:do not|don't) (?:actually )?(?:know|have (?:enough|sufficient|any|the) (?:information|context|data)|have an answer)\b`,
  String.raw`\b(?:i|we) (?:cannot|can not|can't|could not|couldn't|(?:am|'m|are|was|were) (?:unable|not able) to) (?:answer (?:this|that|the|your)\b|(?:find|give|provide|determine|locate) (?:(?:an|the|any|a) )?(?:\w+ )?(?:answer|information)\b)`,
  String.raw`\b(?:i|we) (?:cannot|can not|can't|could not|couldn't|(?:am|'m|are|was|were) (?:unable|not able) to) \w+ (?:\S+ ){0,12}(?:from|in|based on|using|with) ${DOCUMENTS_EN}`,
  String.raw`\bquestion (?:cannot|can not|can't|could not|couldn't) be answered\b`,
  String.raw`\b(?:the|an|no) answer (?:to \S+(?: \S+){0,8} )?(?:is not|isn't|cannot be|can't be|could not be|was not|is) (?:found|given|stated|mentioned|contained|provided|determined|available|in)\b.*\b(?:documents?|contexts?|passages?|sources?|texts?|excerpts?)\b`,
  String.raw`${DOCUMENTS_EN} (?:do not|don't|does not|doesn't) (?:contain|provide|include|mention|state|specify|say|answer|give|cover|address)\b`,
  String.raw`\b(?:not enough|insufficient|no) (?:\w+ )?information (?:\w+ )?(?:to answer|about (?:this|that)|on (?:this|that)|in ${DOCUMENTS_EN})`,
  String.raw`^(?:unanswerable|unknown|no answer|not answerable|not enough information|insufficient information|n/a)\W*$`,
  // French
  String.raw`\bje (?:ne |n')?(?:sais pas|connais pas la reponse|(?:peux|puis|suis) pas (?:en mesure de |capable de )?(?:repondre|trouver)|trouve pas (?:de |d'|la |l')(?:reponse|information)|ai pas (?:trouve|assez d'information|suffisamment d'information|d'information))`,
  String.raw`${DOCUMENTS_FR} ne (?:contien\w+|fourniss?\w*|mentionn\w+|precis\w+|permett\w+|permet|di(?:t|sent)) pas\b`,
  String.raw`\b(?:il n'y a pas|je ne dispose pas|il n'existe pas) (?:d'|assez d'|de l'|suffisamment d')informations?\b`,
  // Spanish
  String.raw`^(?:yo )?no lo se\b|^no se\W*$`,
  String.raw`\b(?:no se|desconozco|no conozco|no encuentro|no encontre|no he encontrado) (?:la |una |ninguna )?(?:respuesta|informacion)\b`,
  String.raw`\bno (?:puedo|he podido|pude) (?:responder|contestar|encontrar)\b`,
  String.raw`${DOCUMENTS_ES} no (?:contien\w+|proporciona\w*|menciona\w*|incluye\w*|especifica\w*|dicen?|indica\w*)\b`,
  String.raw`\bno (?:hay|tengo|dispongo de|existe) (?:suficiente |ninguna )?informacion\b`,
  // German
  String.raw`\b(?:ich weiss|weiss ich) (?:es |das |die antwort |darauf )?nicht\b`,
  String.raw`\bich kann (?:diese|die|ihre|deine) frage (?:\S+ ){0,6}nicht beantworten\b`,
  String.raw`\bfrage (?:kann|lasst sich) (?:\S+ ){0,6}nicht beantwort(?:et werden|en)\b`,
  String.raw`${DOCUMENTS_DE} (?:enthalt|enthalten|nennt|nennen|erwahnt|erwahnen|liefert|liefern|gibt|geben) (?:\S+ ){0,6}(?:keine?n?|nicht)\b`,
  String.raw`\b(?:ich habe|es gibt|mir liegen|ich finde) (?:\S+ ){0,4}(?:keine|nicht genugend|nicht genug) (?:\w+ )?(?:informationen|antwort|angaben)\b`,
].map((pattern) => new RegExp(pattern));

/** A fault of the service, however politely put, says nothing about the question. */
const FAULT =
  /\b(?:try again|something went wrong|(?:an?|internal|server|unexpected) error|technical (?:problem|issue|difficult)|temporarily|timed out|reessayez|une erreur|intentalo|intentelo|ha ocurrido un error|versuchen sie es|erneut|ein fehler)/;

/** Words before the phrase that change nothing about it. */
const PREAMBLE =
  /^(?:(?:i'm|i am|we're|we are) (?:very |so |truly )?sorry|sorry|my apologies|i apologi[sz]e|(?:je suis )?desolee?|lo siento|perdon|es tut mir leid|tut mir leid|entschuldigung)[\s,.!:;-]*(?:(?:but|mais|pero|aber)\b[\s,]*)?/;
const FILLER =
  /\b(?:unfortunately|malheureusement|lamentablemente|desafortunadamente|leider|currently|really)\b,? ?/g;

/** After "I don't know", these announce an answer after all. */
const CONTRAST =
  /\b(?:but|however|though|although|that said|mais|cependant|toutefois|pero|sin embargo|aunque|aber|jedoch|allerdings)\b/;

/**
 * Whether an answer is an explicit abstention ("I don't know", "the documents do not say"), in English, French, Spanish
 * or German, for targets that do not flag theirs. It is meant to err towards no: the phrase must stand in the first
 * sentence (after an apology, if need be), and nothing may follow it with a "but". An apology or an error is none.
 */
export function isAbstention(text: string): boolean {
  const answer = plain(text).replace(PREAMBLE, '');
  if (FAULT.test(answer)) return false;
  const [opening = '', next = ''] = answer.split(/(?<=[.!?])\s+|\n+/);
  const match = ABSTENTIONS.map((pattern) => pattern.exec(opening)).find((found) => found !== null);
  if (match == null) return false;
  const after = opening.slice(match.index + match[0].length);
  return !CONTRAST.test(after) && next.search(CONTRAST) !== 0;
}

function plain(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/\p{Mark}/gu, '')
    .replaceAll('ß', 'ss')
    .replaceAll(/[’‘`´]/g, "'")
    .replaceAll(/[^\S\n]+/g, ' ')
    .replaceAll(FILLER, '')
    .trim();
}
