import type { Random } from '../../src/kernel/random.ts';
import type { QuestionRecord } from '../../src/records/schema.ts';

/** Text that tries to be more than text: markup, formulas, terminal control, direction, table syntax, sheer length. */
export const HOSTILE: readonly string[] = [
  '<script>alert(1)</script>',
  '"><img src=x onerror="alert(2)">',
  "</style><svg/onload='alert(3)'>",
  '=HYPERLINK("http://evil.example","click")',
  "  +1+cmd|' /C calc'!A0",
  'a | b | c\n| --- |\n<details>`code` @everyone #1',
  'nul \u0000 escape \u001b[31mred\u001b[0m bell \u0007',
  'كم سعر تذكرة العبّارة؟ \u202e gnitset',
  'lone \ud800 surrogate',
  `very long ${'lorem ipsum '.repeat(850)}`,
];

const TOPICS = [
  [
    'What does a day return from Port Alder to Skerry cost?',
    '£14.50',
    'Day returns between Port Alder and Skerry cost £14.50 for adults.',
  ],
  ['Combien coûte la traversée pour un vélo ?', '3 livres', 'Bicycles travel for £3 on every route.'],
  [
    'How long before departure does check-in close for vehicles?',
    '30 minutes',
    'Check-in for vehicles closes 30 minutes before departure.',
  ],
  [
    'Quel est le délai de remboursement après une annulation ?',
    '14 jours',
    'Refunds are paid within 14 days of the cancellation.',
  ],
  [
    'Who may enter the bridge of MV Kittiwake at sea?',
    'the master and the watch',
    'Only the master and the watch may be on the bridge at sea.',
  ],
  [
    'Which notice replaced the winter timetable of 2023?',
    'Notice 2024/07',
    'Notice 2024/07 supersedes the winter timetable of 2023.',
  ],
  [
    'Où se trouvent les gilets de sauvetage des enfants ?',
    'sous les sièges du pont B',
    "Children's lifejackets are under the seats of deck B.",
  ],
] as const;

const KINDS = [
  'lookup',
  'paraphrase',
  'multi-hop',
  'numeric',
  'superseded',
  'unanswerable',
  'other-language',
];

/** Where a question of the sample ends; most end well. */
const ENDS = [
  ['not-in-corpus', 0.01],
  ['not-in-top-100', 0.02],
  ['below-k', 0.03],
  ['cut-from-context', 0.01],
  ['answered-wrong', 0.04],
  ['wrongly-abstained', 0.02],
  ['should-have-abstained', 0.02],
  ['unscored', 0.02],
] as const;

export function sampleQuestions(count: number, random: Random): QuestionRecord[] {
  return Array.from({ length: count }, (_, index) => question(index, random));
}

function question(index: number, random: Random): QuestionRecord {
  const [text, answer, quote] = TOPICS[index % TOPICS.length]!;
  // The hostile ones are wrong, so that every report shows them.
  const hostile = HOSTILE[index];
  const funnel = hostile === undefined ? end(random) : 'answered-wrong';
  const right = funnel === 'right-in-time' ? 'right' : funnel === 'unscored' ? 'unscored' : 'wrong';
  const kind = index === 0 ? '<b>kind</b>|"x"' : KINDS[index % KINDS.length]!;
  const rank = { 'below-k': 23, 'not-in-top-100': null, 'not-in-corpus': null }[funnel as string];
  const source = `fares/2024-${index % 12}`;
  const ranking = Array.from({ length: 12 }, (_, place) =>
    place === 0 && rank === undefined ? source : `manual/section-${(index * 7 + place * 3) % 90}`,
  );
  const answerable = funnel !== 'should-have-abstained';
  return {
    id: `q${String(index + 1).padStart(3, '0')}`,
    question: hostile ?? (index < TOPICS.length * 2 ? text : `${text} (${index})`),
    kind,
    difficulty: index % 5 === 0 ? 'hard' : null,
    tags: [],
    answerable,
    must: false,
    expected: {
      answers: answerable ? [answer] : [],
      forbidden: hostile === undefined ? [] : [hostile],
      evidence: answerable ? [[{ document: source, quote: hostile ?? quote }]] : [],
      relevant: answerable ? [source] : [],
    },
    returned: {
      answer: right === 'right' ? `${quote} [1]` : (hostile ?? 'The timetable does not say.'),
      abstained: funnel === 'wrongly-abstained',
      confidence: index === 3 ? null : 0.4 + 0.5 * random.next(),
      passages: Array.from({ length: 5 }, (_, place) => ({
        documentId: ranking[place]!,
        title: hostile ?? `Section ${place + 1}`,
        text: hostile ?? (place === 0 ? quote : `${quote} Further terms of carriage apply. `.repeat(6)),
        score: place === 4 ? null : 0.9 - place * 0.1,
      })),
      citations: [0],
      ranking,
    },
    error: null,
    right,
    funnel,
    firstRelevantRank: rank === undefined ? 1 : rank,
    scores: {
      'ndcg@10': right === 'right' ? 0.7 + 0.3 * random.next() : 0.5 * random.next(),
      f1: index % 4 === 0 ? null : random.next(),
    },
    latencyMs: index === 5 ? null : 3 + 6 * random.next(),
  };
}

function end(random: Random): string {
  let left = random.next();
  for (const [name, chance] of ENDS) {
    left -= chance;
    if (left < 0) return name;
  }
  return 'right-in-time';
}
