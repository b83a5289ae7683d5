import type { TracingOptions } from '../options.ts';

const DEFAULT_RATIO = 0.1;

/** What the samplers with a ratio take, of the questions that nobody else decided about. */
export const ratioOf = ({ sampler, sampleRatio }: Pick<TracingOptions, 'sampler' | 'sampleRatio'>): number =>
  sampleRatio ?? (sampler === undefined ? DEFAULT_RATIO : 1);

/** Share of the questions that begin a trace, by the settings. */
export function sampledShare(options: Pick<TracingOptions, 'sampler' | 'sampleRatio'>): number {
  switch (options.sampler) {
    case 'always_on':
    case 'parentbased_always_on':
      return 1;
    case 'always_off':
    case 'parentbased_always_off':
      return 0;
    default:
      return ratioOf(options);
  }
}
