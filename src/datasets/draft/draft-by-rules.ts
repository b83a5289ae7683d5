import { type Random, seededRandom, shuffle } from '../../kernel/random.ts';
import type { CorpusDocument } from '../golden.ts';
import type { Span } from '../quotes.ts';
import { type ClozeCandidate, clozeCandidates } from './cloze.ts';
import { type Draft, GAP, type RefusalCount, Refusals, type RuleKind } from './draft.ts';
import { knownItemOf } from './known-item.ts';
import { NearDuplicates } from './near-duplicates.ts';
import { sectionsOf } from './sections.ts';
import {
  DocumentTexts,
  type Fault,
  faultOfAnswer,
  faultOfLeak,
  faultOfWords,
  isFault,
  settleQuote,
} from './verify.ts';

export interface RuleDrafts {
  readonly drafts: readonly Draft[];
  readonly refused: readonly RefusalCount[];
  /** Questions that the documents would have given, had as many been wanted. */
  readonly candidates: number;
}

/** Of three drafts two are cloze questions, as far as the documents allow. */
const PATTERN: readonly RuleKind[] = ['cloze', 'known-item', 'cloze'];

interface Candidate extends Span {
  readonly kind: RuleKind;
  readonly question: string;
  readonly answers: readonly string[];
  readonly doubts: readonly string[];
  readonly document: CorpusDocument;
}

/** What one document can give, by kind; each list is in the order in which it is drawn from. */
type Store = Record<RuleKind, Candidate[]>;

/**
 * Drafts `size` questions without a model: cloze questions from sentences with a number, a date, a defined term or a
 * name, and known-item questions from headings and titles. Spread over documents (one from each before a second from
 * any) and over their sections; the same documents, size and seed give the same drafts. Fewer come where the documents
 * have no more to give.
 */
export function draftByRules(
  documents: readonly CorpusDocument[],
  options: { readonly size: number; readonly seed: number },
): RuleDrafts {
  const random = seededRandom(options.seed).fork('draft-by-rules');
  const texts = new DocumentTexts(documents);
  const rivals = new Rivals();
  const stores = documents.map((document) => storeOf(document, { texts, rivals }, random.fork(document.id)));
  const order = shuffle(stores.slice(), random.fork('documents'));
  const refusals = new Refusals();
  const duplicates = new NearDuplicates();
  const drafts: Draft[] = [];
  for (let turn = 0; drafts.length < options.size; turn += 1) {
    let drew = false;
    for (const [at, store] of order.entries()) {
      if (drafts.length >= options.size) break;
      // Each document has its own turn of the pattern: a set of many documents must not be of one kind.
      const wanted = PATTERN[(turn + at) % PATTERN.length]!;
      for (;;) {
        const candidate = draw(store, wanted);
        if (candidate === undefined) break;
        drew = true;
        const settled = settle(candidate, { texts, rivals, duplicates });
        if (!isFault(settled)) {
          duplicates.add(settled);
          drafts.push(settled);
          break;
        }
        const { question, kind, document } = candidate;
        refusals.add({ ...settled, question, kind, documents: [document.id] });
      }
    }
    if (!drew) break;
  }
  const candidates = stores.reduce((sum, store) => sum + sizeOf(store), 0);
  return { drafts, refused: refusals.list(), candidates: candidates + drafts.length };
}

const sizeOf = (store: Store): number => store.cloze.length + store['known-item'].length;

function draw(store: Store, wanted: RuleKind): Candidate | undefined {
  return store[wanted].pop() ?? store[wanted === 'cloze' ? 'known-item' : 'cloze'].pop();
}

/** All that a document offers, with one sentence of each section before the second of any; the last comes first. */
function storeOf(
  document: CorpusDocument,
  { texts, rivals }: Pick<Beside, 'texts' | 'rivals'>,
  random: Random,
): Store {
  const sentences = texts.sentencesOf(document.id);
  const sections = shuffle(sectionsOf(document.text), random.fork('sections'));
  const known: Candidate[] = [];
  const piles: Candidate[][] = [];
  const seen = new Set<string>();
  for (const section of sections) {
    const item = knownItemOf(document, section, sentences);
    if (item !== undefined) known.push({ ...item, kind: 'known-item', answers: [], doubts: [], document });
    // A sentence that the document repeats is drawn once.
    const found = clozeCandidates(document, sentences, section)
      .filter(({ question }) => !seen.has(question) && seen.add(question))
      .map((one) => ofCloze(one, document));
    for (const candidate of found) rivals.add(candidate);
    piles.push(oneASentence(found, random.fork(`gaps ${section.start}`)));
  }
  for (const candidate of known) rivals.add(candidate);
  return { cloze: dealt(piles).reverse(), 'known-item': known.reverse() };
}

const ofCloze = (
  { start, end, question, answer, doubts }: ClozeCandidate,
  document: CorpusDocument,
): Candidate => ({ kind: 'cloze', question, answers: [answer], doubts, start, end, document });

/** One gap of each sentence, drawn at random, and the sentences in random order. */
function oneASentence(candidates: readonly Candidate[], random: Random): Candidate[] {
  const sentences = new Map<number, Candidate[]>();
  for (const candidate of candidates) {
    const gaps = sentences.get(candidate.start);
    if (gaps === undefined) sentences.set(candidate.start, [candidate]);
    else gaps.push(candidate);
  }
  const chosen = [...sentences.values()].map((gaps) => gaps[random.integer(gaps.length)]!);
  return shuffle(chosen, random);
}

/** The first of each pile, then the second of each. */
function dealt<T>(piles: readonly (readonly T[])[]): T[] {
  const cards: T[] = [];
  const longest = piles.reduce((most, { length }) => Math.max(most, length), 0);
  for (let at = 0; at < longest; at += 1) {
    for (const pile of piles) cards.push(...pile.slice(at, at + 1));
  }
  return cards;
}

interface Beside {
  readonly texts: DocumentTexts;
  readonly rivals: Rivals;
  readonly duplicates: NearDuplicates;
}

function settle(candidate: Candidate, { texts, rivals, duplicates }: Beside): Draft | Fault {
  const { kind, question, answers, document, start, end } = candidate;
  const rival = rivals.of(candidate);
  if (rival !== undefined) return { reason: 'ambiguous', detail: rival };
  const quote = settleQuote({ document: document.id, quote: document.text.slice(start, end) }, texts, {
    start,
    end,
  });
  if (isFault(quote)) return quote;
  const draft: Draft = {
    question,
    answers,
    derived: false,
    kind,
    difficulty: 'easy',
    answerable: true,
    evidence: [{ document: document.id, quote: quote.quote }],
    doubts: [
      ...candidate.doubts,
      ...(quote.lengthened ? ['The sentence stands more than once: others were added to the quote.'] : []),
    ],
  };
  const fault = faultOfWords(draft) ?? faultOfLeak(draft) ?? faultOfAnswer(draft);
  if (fault !== undefined) return fault;
  const twin = duplicates.find(draft);
  return twin === undefined ? draft : { reason: 'near-duplicate', detail: `beside ${JSON.stringify(twin)}` };
}

/** Tells which questions more than one place of the corpus would fit. */
class Rivals {
  readonly #places = new Map<string, Set<string>>();

  /** Every gap of every sentence, also those that are not drawn. */
  add(candidate: Candidate): void {
    const key = keyOf(candidate.question);
    const places = this.#places.get(key) ?? new Set();
    places.add(placeOf(candidate));
    this.#places.set(key, places);
  }

  of(candidate: Candidate): string | undefined {
    const own = placeOf(candidate);
    const others = [...(this.#places.get(keyOf(candidate.question)) ?? [])].filter((place) => place !== own);
    return others.length === 0
      ? undefined
      : `${JSON.stringify(candidate.document.id)} and ${others.length === 1 ? 'another place' : `${others.length} other places`} of the documents`;
  }
}

/** Numbers and names of the words around the gap count; capitals and punctuation do not. */
const keyOf = (question: string): string =>
  question
    .replace(GAP, ' gap ')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** A sentence that stands twice in one document, with the same answer, is no rival of itself. */
const placeOf = ({ kind, document, answers, start }: Candidate): string =>
  JSON.stringify([document.id, ...(kind === 'cloze' ? answers : [start])]);
