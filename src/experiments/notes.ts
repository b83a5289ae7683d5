import type { GoldenSet } from '../datasets/golden.ts';
import type { PhaseRecord, QuestionRecord } from '../records/schema.ts';
import type { RunSetup } from './setup.ts';
import type { Variant } from './variants.ts';

/** Fewer questions than this, and the reader is warned of wide intervals. */
const FEW_QUESTIONS = 50;

/** An event loop that is busy for this share of the time gets this share of a core at least, where it is alone. */
const BUSY = 0.9;
const WHOLE_CORE = 0.85;

/** What a reader must know of a run's setting to trust its figures, or not to. */
export function notesOn({ golden, engine }: Pick<RunSetup, 'golden' | 'engine'>): string[] {
  const notes = notesOnSize(golden);
  if (engine.generation.provider === 'simulated') {
    notes.push(
      'Answers are simulated: latency is that of a model in name only, and answers are made from passages.',
    );
  }
  return notes;
}

/** The same where the target is a deployment, whose settings nobody here knows. */
export function notesOnTarget(
  { golden }: Pick<RunSetup, 'golden'>,
  cacheMode: 'uncached' | 'as-configured' = 'as-configured',
): string[] {
  const includes =
    cacheMode === 'uncached'
      ? 'Every request is unlike all others, so that no cache of the target answers; latencies include the network between here and there.'
      : "Latencies include the target's own caches, and the network between here and there.";
  return [...notesOnSize(golden), includes];
}

function notesOnSize({ questions }: Pick<GoldenSet, 'questions'>): string[] {
  if (questions.length >= FEW_QUESTIONS) return [];
  return [`Only ${questions.length} golden questions: intervals are wide, and one question moves a mean.`];
}

/** The same of its quality pass. */
export function notesOnQuality(questions: readonly QuestionRecord[]): string[] {
  const failure = questions[0]?.error ?? null;
  if (failure === null || questions.some(({ error }) => error === null)) return [];
  return [`None of the ${questions.length} questions was answered. The first failed with: ${failure}`];
}

/** Variants that an interruption left out. */
export function notesOnVariants(variants: readonly Pick<Variant, 'name'>[], compared: number): string[] {
  const missing = variants.slice(compared).map(({ name }) => name);
  return missing.length === 0
    ? []
    : [`The run was interrupted before ${missing.join(', ')} had been asked every question: left out.`];
}

type Phase = Pick<PhaseRecord, 'name' | 'loop' | 'cacheMode' | 'cacheStates' | 'caches' | 'generator'>;

/** The same of its load phases. */
export function notesOnLoad(phases: readonly Phase[]): string[] {
  const notes: string[] = [];
  const cached = phases.filter(({ cacheMode }) => cacheMode === 'cached');
  if (cached.some(({ cacheStates }) => cacheStates.off !== undefined)) {
    notes.push(
      'Every cache is switched off: cached phases differ from the others only in which questions are popular.',
    );
  }
  notes.push(...notesOnFalseHits(phases));
  const crowded = phases.filter(isCrowded);
  if (crowded.length > 0) {
    const least = Math.min(...crowded.map(({ generator }) => generator.cpuShare));
    notes.push(
      `Other programs were busy on this machine: in ${crowded.map(({ name }) => name).join(', ')} the process had work all the time, and a core for as little as ${Math.round(100 * least)} % of it. Latencies include the wait for the rest.`,
    );
  }
  return notes;
}

/** Answers that the semantic cache took from other questions: the reader should know before he trusts how fast they came. */
function notesOnFalseHits(phases: readonly Phase[]): string[] {
  return phases.flatMap(({ name, caches }) => {
    const found = caches?.semantic?.false;
    if (found === undefined || found.questions === 0) return [];
    return [
      `In ${name} the semantic cache answered ${found.questions} of ${found.ofQuestions} questions falsely, if only once: with another one's answer that is not right, or wrong where the pipeline is right. A higher caching.semantic.threshold makes that rarer.`,
    ];
  });
}

/** A process whose event loop never rests, and which yet gets no whole core, shares it with somebody. */
function isCrowded({ loop, generator: { eventLoopUtilisation, cpuShare } }: Phase): boolean {
  return loop === 'open' && eventLoopUtilisation > BUSY && cpuShare < WHOLE_CORE;
}
