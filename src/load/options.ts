import { z } from 'zod';

/** A number that may also be written as text, as environment variables and `--set` give it. */
const number = z.coerce.number();
const count = number.int().min(1);
const boolean = z.union([
  z.boolean(),
  z
    .enum(['true', 'false', '1', '0', 'yes', 'no', 'on', 'off'])
    .transform((word) => ['true', '1', 'yes', 'on'].includes(word)),
]);
const text = z.string().min(1);
const list = z.union([
  z.array(z.string()),
  z.string().transform((names) =>
    names
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean),
  ),
]);

export const PRESETS = ['groundspeed', 'openai-chat', 'openai-responses', 'langserve'] as const;
export type PresetName = (typeof PRESETS)[number];

export const STREAMS = ['none', 'sse', 'ndjson'] as const;
export type StreamKind = (typeof STREAMS)[number];

/** Everything that a response can tell, each by a JMESPath expression. Those of a passage are asked of each passage. */
const response = z.strictObject({
  answer: text
    .optional()
    .describe('JMESPath: the answer.')
    .meta({ examples: ['data.answer'] }),
  passages: text
    .optional()
    .describe('JMESPath: the list of retrieved passages, best first.')
    .meta({ examples: ['data.sources'] }),
  passageId: text
    .optional()
    .describe('JMESPath on a passage: its id, or that of its document. @ is the passage itself.')
    .meta({ examples: ['metadata.source'] }),
  passageTitle: text.optional().describe('JMESPath on a passage: its title.'),
  passageText: text.optional().describe('JMESPath on a passage: its text.'),
  passageScore: text.optional().describe('JMESPath on a passage: its score.'),
  passageStart: text
    .optional()
    .describe('JMESPath on a passage: where it begins in its document, in UTF-16 units.'),
  passageEnd: text.optional().describe('JMESPath on a passage: where it ends in its document.'),
  passageInContext: text
    .optional()
    .describe('JMESPath on a passage: whether the model that wrote the answer was shown it.'),
  passageCited: text.optional().describe('JMESPath on a passage: whether the answer cites it.'),
  confidence: text.optional().describe('JMESPath: how sure the target is, a number.'),
  abstained: text
    .optional()
    .describe(
      'JMESPath: whether the target says that it does not know. Without it, the answer’s words decide.',
    ),
  lastResort: text
    .optional()
    .describe(
      'JMESPath: whether a fallback answered instead of the pipeline. Such an answer is never right.',
    ),
  degraded: text
    .optional()
    .describe(
      'JMESPath: how much less than a full answer it is: keyword, extractive, cached, canned or last-resort; none or false for a full one. canned and last-resort are never right.',
    ),
  cache: text
    .optional()
    .describe(
      'JMESPath: whether, or which, cache answered: true, false, hit, miss, stale, or the name of the layer.',
    ),
  matched: text
    .optional()
    .describe(
      'JMESPath: the words of the earlier question whose answer a semantic cache gave. False hits are told by them.',
    ),
  similarity: text.optional().describe('JMESPath: how alike the two questions are, from -1 to 1.'),
  inputTokens: text.optional().describe('JMESPath: tokens of the prompt.'),
  outputTokens: text.optional().describe('JMESPath: tokens of the answer.'),
  costUsd: text.optional().describe('JMESPath: what the answer cost, in US dollars.'),
  queueMs: text
    .optional()
    .describe(
      'JMESPath: milliseconds that the request waited for its turn. Reports then tell the queue from the network.',
    )
    .meta({ examples: ['timings.queue_ms', 'queue_seconds * `1000`'] }),
  error: text
    .optional()
    .describe(
      'JMESPath: what went wrong, in a response of status 200; nothing, null and false are no error.',
    ),
});

const events = z.strictObject({
  token: text
    .optional()
    .describe(
      'JMESPath on an event of the stream: the piece of the answer in it. The event’s name is its field event; data that is no object is its field data.',
    )
    .meta({ examples: ['choices[0].delta.content'] }),
  final: text
    .optional()
    .describe(
      'JMESPath on an event: the object that the expressions of target.response read (sources, usage), or true for the event itself. Several are merged.',
    )
    .meta({ examples: ["event == 'done' && @"] }),
  done: text
    .optional()
    .describe('Data, or the name, of the event that ends the stream. A stream that ends without it was cut.')
    .meta({ examples: ['[DONE]'] }),
});

const target = z.strictObject({
  preset: z.enum(PRESETS).optional().describe('API that the target speaks; other settings overrule it.'),
  url: text
    .optional()
    .describe('Address of the target; may hold the placeholders of target.body.')
    .meta({ examples: ['https://rag.example.com/api/query'] }),
  method: z
    .enum(['GET', 'POST', 'PUT', 'PATCH'])
    .optional()
    .describe('HTTP method; by default POST, or GET where there is no body.'),
  headers: z
    .record(z.string(), z.string())
    .default({})
    .describe(
      `Headers of each request. \${NAME} is the environment variable, \${NAME:-word} has a default. Shown as *** unless it is no more than such a variable.`,
    )
    .meta({ secret: true }),
  body: z
    .unknown()
    .optional()
    .describe(
      'Body of each request, any value, or text. In its texts {{question}}, {{question_id}}, {{top_k}}, {{model}} and {{nonce}} (new in each request, against caches) are filled in.',
    ),
  model: text.optional().describe('What {{model}} stands for.'),
  topK: count.optional().describe('What {{top_k}} stands for: passages wanted.'),
  stream: z
    .enum(STREAMS)
    .optional()
    .describe('How the answer comes: none (whole), sse (server-sent events), ndjson (an object a line).'),
  response: response.prefault({}),
  events: events.prefault({}),
  ids: z
    .strictObject({
      mode: z
        .enum(['exact', 'pattern', 'evidence'])
        .default('exact')
        .describe(
          'How the ids of passages lead to golden documents: exact, pattern (a regular expression), evidence (the text of the passage holds golden evidence).',
        ),
      pattern: text
        .optional()
        .describe('Regular expression whose first group is the id of the golden document.')
        .meta({ examples: ['([^/]+)\\.md#'] }),
    })
    .prefault({}),
  abstentions: list
    .default([])
    .describe('Phrases by which this target says that it does not know, besides the usual ones.'),
  prices: z
    .strictObject({
      inputPerMillionUsd: number
        .min(0)
        .optional()
        .describe('US dollars for a million tokens of prompts; for targets that give no cost.'),
      outputPerMillionUsd: number.min(0).optional().describe('US dollars for a million tokens of answers.'),
    })
    .prefault({}),
  tls: z
    .strictObject({
      verify: boolean.default(true).describe('Whether the certificate of the target must be trusted.'),
      caFile: text.optional().describe('Certificates (PEM) that are trusted besides the usual ones.'),
    })
    .prefault({}),
  maxBodyBytes: count.default(16 * 1024 * 1024).describe('Largest response that is read, in bytes.'),
  start: text
    .optional()
    .describe(
      'Command of the shell that starts the target, for comparisons and gates, which launch it afresh again and again. In it, and in url, ready, stop and env, {{port}} is a free port.',
    )
    .meta({ examples: ['uvicorn app:app --port {{port}}'] }),
  ready: text
    .default('/health')
    .describe('Path, or URL, that answers 200 once a target that was started may be asked.'),
  stop: text
    .optional()
    .describe(
      'Command that ends a target that was started. Without it, SIGTERM does, and SIGKILL ten seconds later.',
    )
    .meta({ examples: ['docker compose down'] }),
  env: z
    .record(z.string(), z.string())
    .default({})
    .describe(
      `Environment variables of start and stop, besides those there are. \${NAME} is an environment variable, \${NAME:-word} has a default.`,
    )
    .meta({ secret: true }),
  startTimeoutMs: number
    .positive()
    .default(60_000)
    .describe('Patience with the start of a target, in milliseconds.'),
});

const load = z.strictObject({
  maxInFlight: count
    .max(100_000)
    .optional()
    .describe(
      'Requests in flight, at most, over HTTP; past it they are dropped and counted. By default worked out from rate and timeout.',
    ),
  timeoutMs: number.positive().default(30_000).describe('Patience with one request, in milliseconds.'),
  warmupSeconds: number.min(0).default(3).describe('Length of the warm-up, a phase of its own, in seconds.'),
  arrivals: z.enum(['poisson', 'constant']).default('poisson').describe('How open-loop arrivals are spaced.'),
  deadlineMs: number
    .positive()
    .default(2_000)
    .describe('Over HTTP an answer is in time when it comes within this many milliseconds of its due time.'),
  allowTargets: list
    .default([])
    .describe('Hosts beyond this machine that may be sent load: rag.example.com, or *.example.com.'),
  maxRatePerSecond: number
    .positive()
    .default(100)
    .describe('Requests per second, at most, to a host beyond this machine.'),
  traceSample: number
    .min(0)
    .max(1)
    .default(0)
    .describe(
      'Share of the requests that begin a trace, and say so to a target over HTTP (traceparent). Their ids stand in reports. 0 for the engine of this process means as tracing.sampler says, once tracing.endpoint is set.',
    ),
  generators: count.max(64).default(1).describe('Threads that send load over HTTP.'),
});

/** What is driven over HTTP, and how load is sent. */
export const loadOptions = { target: target.prefault({}), load: load.prefault({}) } as const;

/** One `target` section by itself, as a `--target-file` holds it. */
export const targetSchema = target;
export type TargetOptions = z.infer<typeof target>;

export const loadSchema = z.strictObject(loadOptions);
export type LoadOptions = z.infer<typeof loadSchema>;

/** A reference to the environment by itself, or behind the word that says what kind of credential it is. */
const NOTHING_BUT_A_VARIABLE = /^(?:(?:Bearer|Basic|Token|ApiKey|Key)\s+)?\$\{[A-Za-z_]\w*\}$/i;

/** A header as records and screens may show it: the name of the variable that it comes from, or `***`. */
export function shownHeader(value: string): string {
  return NOTHING_BUT_A_VARIABLE.test(value) ? value : '***';
}
