import { type Draft, type ModelKind, REFUSALS } from '../../datasets/draft/draft.ts';
import {
  type DocumentTexts,
  type Fault,
  faultOfAnswer,
  faultOfLeak,
  faultOfWords,
  isFault,
  type SettledQuote,
  settleQuote,
  speaksOfItsSource,
} from '../../datasets/draft/verify.ts';
import { analyse } from '../../text/analyse.ts';
import type { DraftPassage } from './passages.ts';
import { type DraftReply, REPLY } from './prompts.ts';

/** Characters past which a reply is not looked at. */
const LONGEST_REPLY = 100_000;
/** Of a paraphrase's content words, those that may stand in its quote without a doubt. */
const MOST_SHARED = 0.5;

export interface Drafting {
  readonly kind: ModelKind;
  readonly passages: readonly DraftPassage[];
}

/** A draft from a model's reply, verified against its documents; or why there is none. */
export function draftOf(text: string, { kind, passages }: Drafting, texts: DocumentTexts): Draft | Fault {
  const reply = parseReply(text);
  if (typeof reply === 'string') return { reason: 'malformed', detail: reply };
  if (!reply.possible) return { reason: 'declined', detail: REFUSALS.declined };
  const answerable = kind !== 'unanswerable';
  const quotes = answerable ? settleAll(reply, { kind, passages }, texts) : [];
  if (isFault(quotes)) return quotes;
  const answers = [reply.answer, ...reply.aliases].map((one) => one.trim()).filter((one) => one !== '');
  const draft: Draft = {
    question: reply.question.replaceAll(/\s+/g, ' ').trim(),
    answers: answerable ? [...new Set(answers)] : answers,
    derived: reply.derived && answerable,
    kind,
    difficulty: reply.difficulty,
    answerable,
    evidence: quotes.map(({ document, quote }) => ({ document, quote })),
    doubts: [],
  };
  const fault =
    faultOfWords(draft) ?? speaksOfItsSource(draft.question) ?? faultOfAnswer(draft) ?? faultOfLeak(draft);
  return fault ?? { ...settled(draft), doubts: doubtsOf(draft, quotes, passages) };
}

/** What stands in the quotes needs no mark that it does not. */
function settled(draft: Draft): Draft {
  const stands = draft.derived && faultOfAnswer({ ...draft, derived: false }) === undefined;
  return stands ? { ...draft, derived: false } : draft;
}

function parseReply(text: string): DraftReply | string {
  if (text.length > LONGEST_REPLY) return `the reply has ${text.length} characters`;
  const fenced = /^\s*```(?:json)?\s*\n([\s\S]*?)\n?\s*```\s*$/i.exec(text);
  let value: unknown;
  try {
    value = JSON.parse(fenced?.[1] ?? text);
  } catch {
    return 'the reply is not JSON';
  }
  const parsed = REPLY.safeParse(value);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join('.');
  return `the reply does not keep to the schema${where ? ` at ${where}` : ''}`;
}

function settleAll(
  reply: DraftReply,
  { kind, passages }: Drafting,
  texts: DocumentTexts,
): SettledQuote[] | Fault {
  const quotes: SettledQuote[] = [];
  const used = new Set<number>();
  for (const { passage: number, quote } of reply.quotes) {
    const passage = passages[number - 1];
    if (passage === undefined) {
      return { reason: 'invented-quote', detail: `there is no passage ${number}` };
    }
    const one = settleQuote({ document: passage.document.id, quote }, texts, passage);
    if (isFault(one)) return one;
    used.add(number);
    if (!quotes.some((other) => other.document === one.document && other.quote === one.quote))
      quotes.push(one);
  }
  if (quotes.length === 0) return { reason: 'no-quote', detail: 'the reply quotes nothing' };
  if (kind === 'multi-hop' && used.size < 2) {
    return { reason: 'no-quote', detail: 'it quotes one of its two passages only' };
  }
  return quotes;
}

function doubtsOf(
  { kind, question, answers, derived, answerable }: Draft,
  quotes: readonly SettledQuote[],
  passages: readonly DraftPassage[],
): string[] {
  const doubts: string[] = [];
  if (!answerable) {
    const beside = passages[0]?.document.id ?? '';
    doubts.push(`Drafted to have no answer, beside ${JSON.stringify(beside)}: does any document answer it?`);
  }
  if (derived) doubts.push('The answer stands in no quote: is it computed rightly?');
  if (quotes.some(({ lengthened }) => lengthened)) {
    doubts.push('The quote stands more than once: sentences around it were added.');
  }
  if (kind === 'paraphrase' && sharedWith(question, quotes) > MOST_SHARED) {
    doubts.push('Most of its words stand in the quote: it is hardly a paraphrase.');
  }
  if (kind === 'numeric' && !answers.some((answer) => /\p{N}/u.test(answer))) {
    doubts.push('The answer has no digit, though the kind is numeric.');
  }
  return doubts;
}

function sharedWith(question: string, quotes: readonly SettledQuote[]): number {
  const asked = new Set(analyse(question));
  const said = new Set(quotes.flatMap(({ quote }) => analyse(quote)));
  const shared = [...asked].filter((term) => said.has(term)).length;
  return asked.size === 0 ? 0 : shared / asked.size;
}
