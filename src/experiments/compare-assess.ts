import { canonicalJson } from '../kernel/digest.ts';
import { milliseconds } from '../kernel/units.ts';
import { askOnce } from '../load/ask-once.ts';
import { bustsCaches } from '../load/targets/http/http-target.ts';
import { DEFAULT_MEASURES } from '../measures/registry.ts';
import { type Assessed, assess } from './assess.ts';
import type { VariantResult } from './compare-quality.ts';
import { evidenceWithin } from './compared-measures.ts';
import { openTarget } from './open-target.ts';
import { costUntold } from './paired/measure-speed.ts';
import type { Contestant } from './paired/variant-arm.ts';
import type { Parts } from './parts.ts';
import type { Asking } from './repeated-answers.ts';
import type { RunSetup } from './setup.ts';
import { withoutStandIns } from './without-stand-ins.ts';

export interface AllAssessed {
  /** The first variant, asked for the first time: interrupted or not. */
  readonly shown: Assessed;
  /** Those that were asked every question as often as they should be. */
  readonly results: readonly VariantResult[];
}

export interface Asked {
  /** How often each question is asked of each variant. */
  readonly repeats: number;
  /** The measure that variants need besides their own, where they cut documents otherwise. */
  readonly within?: string | undefined;
}

/** Asks each contestant every golden question, past the caches, as often as is wanted; indexes that are missing are built. */
export async function assessAll(
  contestants: readonly Contestant[],
  parts: Parts,
  { repeats, within }: Asked,
): Promise<AllAssessed> {
  const wanted = within === undefined ? contestants : contestants.map((one) => measuredBy(within, one));
  const chunking = chunkingOf(contestants);
  const results: VariantResult[] = [];
  let shown: Assessed | undefined;
  for (const [index, { name, settings, setup, service }] of wanted.entries()) {
    if (shown !== undefined && setup.signal?.aborted) break;
    const askings: Asking[] = [];
    const keep = (assessed: Assessed): void => {
      shown ??= assessed;
      askings.push(assessed.pass);
    };
    try {
      await askRepeatedly({ name, setup, service }, parts, { repeats, keep });
    } catch (thrown) {
      if (shown !== undefined && setup.signal?.aborted) break;
      throw thrown;
    }
    if (setup.signal?.aborted) break; // half of the questions would be compared with all of them
    const [first, ...again] = askings.map(({ quality, questions }) => ({ quality, questions }));
    results.push({ name, settings, ...first!, again, chunking: chunking?.[index] });
  }
  return { shown: shown!, results };
}

interface Repeatedly {
  readonly repeats: number;
  readonly keep: (assessed: Assessed) => void;
}

/** A service of the user's own runs for as long as it is asked. */
async function askRepeatedly(
  contestant: Pick<Contestant, 'name' | 'setup' | 'service'>,
  parts: Parts,
  { repeats, keep }: Repeatedly,
): Promise<void> {
  const { name } = contestant;
  await whileRunning(contestant, async (setup) => {
    for (let nth = 1; nth <= repeats; nth += 1) {
      if (nth > 1 && setup.signal?.aborted) break;
      keep(await assess(setup, parts, repeats === 1 ? name : `${name}, asked ${nth} of ${repeats} times`));
    }
  });
}

async function whileRunning<T>(
  { setup, service }: Pick<Contestant, 'setup' | 'service'>,
  work: (setup: RunSetup) => Promise<T>,
): Promise<T> {
  const running = await service?.start(setup.signal);
  try {
    const target = running && ({ kind: 'http', description: running.description, generators: 1 } as const);
    return await work({ ...setup, ...(target && { target }) });
  } finally {
    await running?.stop();
  }
}

const isEngine = ({ setup: { target } }: Contestant): boolean => target?.kind !== 'http';

/** How each cuts documents; undefined where some of them are deployments, which do not say. */
function chunkingOf(contestants: readonly Contestant[]): string[] | undefined {
  return contestants.every(isEngine)
    ? contestants.map(({ setup }) => canonicalJson(setup.engine.chunking))
    : undefined;
}

function measuredBy(name: string, contestant: Contestant): Contestant {
  const { setup } = contestant;
  const { quality } = setup.options;
  const measures = [...new Set([...(quality.measures ?? DEFAULT_MEASURES), name])];
  return {
    ...contestant,
    setup: { ...setup, options: { ...setup.options, quality: { ...quality, measures } } },
  };
}

export interface EvidenceBudget {
  /** The measure by which contestants are compared. */
  readonly within: string;
  readonly notes: readonly string[];
}

/**
 * The tokens of passages within which other chunkings are compared: what the generator is shown, but no more than every variant
 * returns. Beyond that the one with the longer passages would win by them alone. Undefined where all cut documents alike.
 */
export function evidenceBudget(contestants: readonly Contestant[]): EvidenceBudget | undefined {
  if (new Set(chunkingOf(contestants)).size < 2) return undefined;
  const shown = contestants.map(({ setup: { engine } }) => engine.retrieval.contextTokens);
  const returned = contestants.map(({ name, setup: { engine } }) => ({
    name,
    tokens: engine.retrieval.topK * engine.chunking.size,
    topK: engine.retrieval.topK,
  }));
  const budget = Math.min(...shown);
  const least = returned.reduce((best, one) => (one.tokens < best.tokens ? one : best));
  if (least.tokens >= budget) return { within: evidenceWithin(budget), notes: [] };
  return {
    within: evidenceWithin(least.tokens),
    notes: [
      `${least.name} returns ${least.topK} passages of at most ${least.tokens / least.topK} tokens: evidence is compared within ${least.tokens} tokens, not the ${budget} that the generator may be shown. A larger retrieval.topK compares more.`,
    ],
  };
}

/** Repeats that a cache answers are one answer, said again. */
export function notesOnRepeats(contestants: readonly Contestant[], repeats: number): string[] {
  if (repeats === 1) return [];
  const cached = contestants.filter(
    ({ setup: { target } }) => target?.kind === 'http' && !bustsCaches(target.description),
  );
  return [
    `Each question was asked ${repeats} times of each variant. A question counts once, by its mean; what the report shows of the first variant apart from the comparison is its first asking.`,
    ...(cached.length === 0
      ? []
      : [
          `${cached.map(({ name }) => name).join(', ')} may answer repeats out of caches of their own: {{nonce}} in the request makes each one new.`,
        ]),
  ];
}

/**
 * Refuses a limit of cost that cannot be kept, before anything else is asked: one answer of each deployment shows whether it
 * tells what it cost. The engine of this process always does.
 *
 * @throws GroundspeedError usage.argument
 */
export async function refuseUntoldCost(contestants: readonly Contestant[]): Promise<void> {
  for (const contestant of contestants.filter((one) => !isEngine(one))) {
    await whileRunning(contestant, async (setup) => {
      const { golden, clock, options, signal } = setup;
      const timeout = milliseconds(options.bench.timeoutMs);
      const opened = await openTarget(withoutStandIns(setup), { connections: 1, timeout });
      try {
        const request = { question: 0, text: golden.questions[0]?.question ?? '', cache: false };
        const asked = await askOnce(opened.target, request, { clock, timeout, signal });
        // One that does not answer is another matter, which what follows tells.
        if (asked.outcome === 'completed' && asked.response.costUsd === undefined)
          throw costUntold(contestant.name);
      } finally {
        await opened.close();
      }
    });
  }
}
