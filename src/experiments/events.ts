import type { LoadEvent } from '../load/events.ts';

/** What a running experiment tells whoever shows progress. Nothing here is a result: results are in the record. */
export type ExperimentEvent =
  /** A part of the run begins. `steps` is how many parts the whole run has, where it is known. */
  | { readonly type: 'part.started'; readonly name: string; readonly step: number; readonly steps: number }
  /** `total` is undefined while the end is not known. `unit` names what is counted: documents, questions, requests, seconds. */
  | {
      readonly type: 'part.progress';
      readonly name: string;
      readonly done: number;
      readonly total: number | undefined;
      readonly unit: string;
      /** A few words more, for a live display: "p50 2.1 ms · 412/s · 3 in flight". */
      readonly detail?: string;
    }
  /** `summary` is one line, worth keeping on a log: "5,183 documents in 31 s". */
  | { readonly type: 'part.finished'; readonly name: string; readonly summary: string }
  /** Something worth a line while a part runs: how large it will be. */
  | { readonly type: 'part.noted'; readonly name: string; readonly text: string }
  | { readonly type: 'warning'; readonly message: string }
  | LoadEvent;
