import { z } from 'zod';
import { canonicalJson, sha256 } from '../../kernel/digest.ts';
import type { Judgement } from '../options.ts';
import type { ChatMessage, ReplySchema } from './chat.ts';
import { DATA_RULE, frame } from './frame.ts';
import type { JudgeInput } from './judged.ts';

/** The highest grade; scores are grades over it. */
export const HIGHEST_GRADE = 4;

const reason = z.string().describe('At most 20 words.');
const grade = z.literal([0, 1, 2, 3, 4]);

/** What a reply must be, by judgement: the schema that is sent, and by which the reply is read. */
export const REPLIES = {
  faithfulness: z.strictObject({
    claims: z.array(z.strictObject({ claim: z.string(), reason, supported: z.boolean() })),
  }),
  'answer-relevance': z.strictObject({ reason, grade }),
  correctness: z.strictObject({ reason, grade }),
  'context-relevance': z.strictObject({
    passages: z.array(z.strictObject({ number: z.int(), reason, relevant: z.boolean() })),
  }),
} as const satisfies Record<Judgement, z.ZodType>;

interface Template {
  /** Counts up with every change of the words or the schema. */
  readonly version: number;
  readonly instructions: string;
  /** The part of the input that is shown: no more than what the judgement is about. */
  readonly shown: (input: JudgeInput) => Record<string, unknown>;
}

const TEMPLATES: Readonly<Record<Judgement, Template>> = {
  faithfulness: {
    version: 1,
    instructions: `You check whether an answer keeps to its sources.

1. Split the "answer" into claims: short statements, each of one fact that could be true or false, in the answer's own language, with pronouns replaced by what they stand for. Leave out greetings, questions, marks of citation such as [1], and statements that only say that something is unknown. An answer that claims nothing has no claims.
2. For each claim decide whether the "passages" support it. It is supported only if what the passages say, taken together, makes it true. What is plausible, or known from elsewhere, is not supported; what contradicts the passages is not supported.`,
    shown: ({ question, answer, passages }) => ({ question, answer, passages: numbered(passages) }),
  },
  'answer-relevance': {
    version: 1,
    instructions: `You grade whether an answer answers the question that was asked. Whether it is true does not matter here.

4: it answers all that was asked, and nothing besides that matters.
3: it answers what was asked, with something missing or beside the point.
2: it answers about half of what was asked.
1: it speaks of the subject, but answers almost nothing of the question.
0: it does not answer the question, evades it, or speaks of something else.`,
    shown: ({ question, answer }) => ({ question, answer }),
  },
  correctness: {
    version: 1,
    instructions: `You grade whether an answer is correct. Right is what the "goldenAnswers" say: each of them is a full and right answer by itself, in other words. Trust them over anything that you know. Other wording, another language, another form of a number or date, and more detail that does not contradict them cost nothing. An answer that states any of the "forbidden" values as the answer is wrong.

4: it says the same as a golden answer.
3: it says the same, but for a detail that hardly matters.
2: one part of it is right, another is missing or wrong.
1: mostly wrong, with something right in it.
0: wrong, contradictory, or no answer.`,
    shown: ({ question, answer, goldenAnswers, forbidden }) => ({
      question,
      goldenAnswers,
      forbidden,
      answer,
    }),
  },
  'context-relevance': {
    version: 1,
    instructions: `You decide for each passage that a search found whether it helps to answer the question. A passage is relevant if it holds at least a part of the answer, or a fact that the answer needs. A passage that only shares the subject or words of the question is not relevant. Judge every passage, by its "number", once.`,
    shown: ({ question, passages }) => ({ question, passages: numbered(passages) }),
  },
};

const numbered = (passages: readonly string[]) =>
  passages.map((text, index) => ({ number: index + 1, text }));

/** The version of a judgement's prompt, and a hash over its words and the schema of its reply. */
export interface PromptIdentity {
  readonly version: number;
  /** SHA-256. */
  readonly hash: string;
}

export function promptIdentity(judgement: Judgement): PromptIdentity {
  const { version } = TEMPLATES[judgement];
  const { schema } = replySchema(judgement);
  return {
    version,
    hash: sha256(canonicalJson({ judgement, version, system: systemMessage(judgement), schema })),
  };
}

export function promptFor(judgement: Judgement, input: JudgeInput): ChatMessage[] {
  return [
    { role: 'system', content: systemMessage(judgement) },
    { role: 'user', content: frame(TEMPLATES[judgement].shown(input)) },
  ];
}

/** The reply's JSON Schema: every field required, no other allowed, as strict structured output wants it. */
export function replySchema(judgement: Judgement): ReplySchema {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(REPLIES[judgement]) as Record<string, unknown>;
  return { name: judgement.replaceAll('-', '_'), schema: withoutBounds(schema) };
}

/** The schema stands in the prompt as well, for services that can't be held to one. */
function systemMessage(judgement: Judgement): string {
  const { schema } = replySchema(judgement);
  return [
    TEMPLATES[judgement].instructions,
    DATA_RULE,
    `Reply with one JSON object and nothing else. Give each reason before you decide, in at most 20 words. The JSON Schema of the reply:\n${JSON.stringify(schema)}`,
  ].join('\n\n');
}

/** zod bounds every integer by what a double can hold, which strict services refuse as unknown keywords. */
function withoutBounds(schema: Record<string, unknown>): Record<string, unknown> {
  return JSON.parse(
    JSON.stringify(schema, (key, value) => (key === 'minimum' || key === 'maximum' ? undefined : value)),
  );
}
