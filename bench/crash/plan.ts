import type { Random } from '../../src/kernel/random.ts';

/** What a drill of kills is done with. */
export interface KillPlan {
  /** Main file of the built program. */
  readonly cli: string;
  readonly folder: string;
  /** In the index before the first kill. */
  readonly documents: number;
  readonly random: Random;
  readonly progress: (message: string) => void;
}

/** What a drill of kills has found. */
export class KillFigures {
  /** Kills by where they struck. */
  readonly kills = new Map<string, number>();
  /** Processes that had ended before their kill came. */
  late = 0;
  audits = 0;
  /** Answers that were looked at while the process lived, and after it was dead. */
  during = 0;
  after = 0;
  /** Documents that were acknowledged, each time anew. */
  acknowledged = 0;
  readonly problems: string[] = [];

  count(kind: string): void {
    this.kills.set(kind, (this.kills.get(kind) ?? 0) + 1);
  }

  get total(): number {
    return [...this.kills.values()].reduce((sum, count) => sum + count, 0);
  }
}
