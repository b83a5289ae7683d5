import { type DirectLoad, directChange, measureDirectly, questionsIn, startService } from './direct.ts';
import { type StageName, type StageWork, setWork } from './service-project.ts';

/** What `retrieve` takes of a processor for each question, and what `generate` waits: about 8 ms end to end. */
const RETRIEVE_MS = 0.4;
const GENERATE_MS = 7.5;

const FIRST_SCORINGS = 4000;
/** A slowdown this near to what is wanted is taken. */
const NEAR = 0.006;
const MOST_ATTEMPTS = 6;

export interface Calibration {
  readonly load: DirectLoad;
  /** Pairs of blocks of each look. */
  readonly pairs: number;
  readonly progress: (line: string) => void;
}

/** The work of an unaltered service on this machine. */
export async function calibrateBase(folder: string, { load }: Calibration): Promise<StageWork> {
  const first = { scorings: FIRST_SCORINGS, generateMs: GENERATE_MS };
  setWork(folder, first);
  const service = await startService(folder);
  try {
    const questions = questionsIn(folder);
    await measureDirectly(service, questions, load); // compilers are cold
    const { stages } = await measureDirectly(service, questions, load);
    return { ...first, scorings: Math.round((first.scorings * RETRIEVE_MS) / stages.retrieve!) };
  } finally {
    await service.stop();
  }
}

export interface Wanted {
  readonly stage: StageName;
  readonly base: StageWork;
  /** 0.15 is 15 %, end to end. */
  readonly change: number;
}

/**
 * The work of a service one of whose stages does so much more that its median answer is that much slower, found by measuring it
 * beside the unaltered one. It is left in the folder `after`.
 */
export async function calibrateSlowdown(
  folders: { readonly before: string; readonly after: string },
  { stage, base, change }: Wanted,
  { load, pairs, progress }: Calibration,
): Promise<StageWork> {
  setWork(folders.before, base);
  let more = change * (GENERATE_MS + RETRIEVE_MS);
  for (let attempt = 1; ; attempt += 1) {
    const work = slowed(base, stage, more);
    setWork(folders.after, work);
    const found = await directChange(folders, { ...load, pairs });
    progress(`${stage} slower by ${more.toFixed(2)} ms: ${(100 * found.change).toFixed(1)} % end to end`);
    if (Math.abs(found.change - change) <= NEAR || attempt === MOST_ATTEMPTS) return work;
    // What was found bends the next attempt, within reason: one look may be off.
    more *= Math.min(2, Math.max(0.5, change / Math.max(found.change, change / 10)));
  }
}

function slowed(base: StageWork, stage: StageName, more: number): StageWork {
  return stage === 'generate'
    ? { ...base, generateMs: Number((base.generateMs + more).toFixed(3)) }
    : { ...base, scorings: Math.round(base.scorings * (1 + more / RETRIEVE_MS)) };
}
