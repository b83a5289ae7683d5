import type { TargetDescription } from '../../load/targets/http/target-description.ts';

/**
 * What is known to be wrong with autocannon's figures, versions 8 and 9, read in its source and measured. It stands in
 * the record, beside them.
 */
const CAVEATS = [
  'It is a closed loop: a target that stands still is asked less meanwhile, and whoever would have waited is not seen.',
  'Timeouts and connection errors are counted, but never enter its latencies. A connection that breaks off before the answer is not even counted.',
  'Once a connection closes, it takes the start times of other requests for those of the answers: where a target closes connections its latencies are wrong.',
  'Its latencies are whole milliseconds, counted from the sending.',
  'Answers are not read: an error page with status 200 counts as answered, and none was scored.',
  'Its rate mode is not used: that sends each second in one burst, corrects latencies as if requests were 1 ms apart, and with several workers lets each of them send the whole rate.',
];

const UNVERIFIED = 'It never verifies certificates: whoever answered was not proved to be the target.';

export function caveatsOn({ url }: Pick<TargetDescription, 'url'>): string[] {
  return url.startsWith('https:') ? [...CAVEATS, UNVERIFIED] : CAVEATS;
}
