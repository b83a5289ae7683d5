import type { CorpusDocument } from '../../../src/datasets/golden.ts';
import type { ChatMessage } from '../../../src/experiments/chat-model/port.ts';
import type { DraftReply } from '../../../src/experiments/draft-questions/prompts.ts';
import { sentences } from '../../../src/text/sentences.ts';

const NAMES = [
  'Ardmore',
  'Brannock',
  'Colsay',
  'Dunree',
  'Eskmere',
  'Fethal',
  'Garvel',
  'Hestan',
  'Inver',
  'Jarva',
];
const TRADES = [
  'baker',
  'cooper',
  'dyer',
  'farrier',
  'glazier',
  'joiner',
  'mason',
  'potter',
  'saddler',
  'tanner',
];

/** Ten documents about ten islands, no two facts alike. */
export const ISLANDS: readonly CorpusDocument[] = NAMES.map((name, at) => ({
  id: `${name.toLowerCase()}.md`,
  title: `The island of ${name}`,
  text: `# The island of ${name}\n\nOn ${name} the lighthouse was built in ${1801 + at * 13} out of red granite. The only ${TRADES[at]} there employs ${21 + at * 7} people in summer.\n\n## Ferry\n\nThe crossing to ${name} from the mainland takes ${35 + at * 6} minutes on a calm morning.`,
  metadata: {},
}));

export interface Asked {
  readonly kind: string;
  readonly passages: readonly { readonly passage: number; readonly title: string; readonly text: string }[];
}

/** What a prompt asks for. */
export function askedOf(messages: readonly Pick<ChatMessage, 'content'>[]): Asked {
  const wanted = /The kind that is wanted\. An? ([\w ]+?)[:]/.exec(messages[0]!.content)?.[1] ?? '';
  const { passages } = JSON.parse(messages[1]!.content) as Pick<Asked, 'passages'>;
  const kinds: Readonly<Record<string, string>> = {
    lookup: 'lookup',
    paraphrase: 'paraphrase',
    'numeric question': 'numeric',
    'question over two hops': 'multi-hop',
    'unanswerable question': 'unanswerable',
  };
  return { kind: kinds[wanted] ?? wanted, passages };
}

/** The reply of a model that does as it is told: a fact of the passage, which differs by kind. */
export function goodReply({ kind, passages }: Asked, changes: Partial<DraftReply> = {}): string {
  const facts = passages.map(({ text, title, passage }) => {
    const lines = sentences(text).map(({ start, end }) => text.slice(start, end));
    const at = { lookup: 0, paraphrase: 2, numeric: 1, 'multi-hop': 0 }[kind] ?? 0;
    const telling = lines.filter((line) => /\d/.test(line));
    const quote = telling[at % telling.length] ?? lines[0]!;
    return { passage, title, quote, answer: /\d+/.exec(quote)?.[0] ?? '' };
  });
  const first = facts[0]!;
  const reply: DraftReply =
    kind === 'unanswerable'
      ? {
          possible: true,
          question: `Which saint is the harbour chapel of ${first.title} dedicated to?`,
          answer: '',
          aliases: [],
          derived: false,
          difficulty: 'hard',
          quotes: [],
        }
      : {
          possible: true,
          question: `${KIND_WORDS[kind]} ${facts.map(({ title, quote }) => `${title} (${quote.replaceAll(/[\d.]/g, '').trim()})`).join(' and ')}?`,
          answer: first.answer,
          aliases: [],
          derived: false,
          difficulty: 'easy',
          quotes: facts.map(({ passage, quote }) => ({ passage, quote })),
        };
  return JSON.stringify({ ...reply, ...changes });
}

const KIND_WORDS: Readonly<Record<string, string>> = {
  lookup: 'Could you look up which number belongs to',
  paraphrase: 'In other words, how is it with',
  numeric: 'What is the exact amount for',
  'multi-hop': 'Taking both into account, what about',
};
