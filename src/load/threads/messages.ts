import type { ThreadFigures } from '../../system/machine-spans.ts';
import type { DriveTask } from '../drive.ts';
import type { Used } from '../generator-watch.ts';
import type { LiveDelta } from '../live.ts';
import type { ThreadRows } from '../merge.ts';
import type { HttpTargetOptions } from '../targets/http/http-target.ts';

/** With what a generator thread is started: plain data from which it makes its own target. */
export interface ThreadSetup {
  readonly target: HttpTargetOptions;
  readonly texts: readonly string[];
}

export interface ThreadTask {
  readonly task: DriveTask;
  /** When the phase begins, in milliseconds since 1970 with a fraction: threads have clocks with zeros of their own. */
  readonly originEpoch: number;
  readonly seed: string;
  readonly deadlineMs: number;
  readonly samples: boolean;
  readonly watchesCost: boolean;
}

/** To a generator thread. */
export type ToThread =
  | { readonly type: 'run'; readonly task: ThreadTask }
  | { readonly type: 'stop' }
  | { readonly type: 'enough' }
  | { readonly type: 'close' };

/** From it. */
export type FromThread =
  | { readonly type: 'ready' }
  | { readonly type: 'live'; readonly delta: LiveDelta }
  | { readonly type: 'sent-all' }
  | {
      readonly type: 'done';
      readonly rows: ThreadRows;
      readonly used: Used<ThreadFigures>;
      readonly last: LiveDelta;
    }
  | { readonly type: 'failed'; readonly code: string | undefined; readonly message: string };
