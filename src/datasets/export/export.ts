import { refuseSmaller, tallyOf } from '../import/import.ts';
import { type Loss, Losses, type Tally } from '../loss.ts';
import type { WrittenSet } from '../written-set.ts';
import type { Exported } from './exporter.ts';
import { exporterNamed } from './registry.ts';

export interface ExportResult extends Exported {
  readonly format: string;
  /** What the set holds; `kept` and the losses add up to it. */
  readonly held: Tally;
  readonly losses: readonly Loss[];
}

/** Writes a golden set as the files of a format. What it cannot hold is in the losses. Throws `usage.argument`. */
export function exportGoldenSet(format: string, set: WrittenSet): ExportResult {
  const exporter = exporterNamed(format);
  const losses = new Losses();
  const { files, kept } = exporter.write(set, losses);
  const held = tallyOf(set);
  refuseSmaller(held, kept, losses);
  return { format: exporter.name, files, kept, held, losses: losses.list() };
}
