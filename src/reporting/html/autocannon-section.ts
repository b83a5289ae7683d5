import type { RunRecord } from '../../records/schema.ts';
import { count, duration, perSecond } from '../format.ts';
import { html } from './markup.ts';
import type { Section } from './section.ts';
import { facts } from './table.ts';

/** autocannon's own figures, in a frame of their own: they follow another clock and other rules. */
export function autocannonSection({ load }: RunRecord): Section | undefined {
  const run = load?.autocannon;
  if (!run) return undefined;
  const { latencyMs } = run;
  return {
    id: 'autocannon',
    title: 'Saturation, by autocannon',
    short: 'autocannon',
    body: html`<p class="lead">How many requests a closed loop of ${count(run.connections)} connections gets through. Nothing here was scored.</p>
${facts([
  ['Requests a second', perSecond(run.requestsPerSecond)],
  ['Connections', count(run.connections)],
  ['Lasted', duration(run.seconds * 1000)],
  ['Answers not 2xx', count(run.non2xx)],
  ['Errors, timeouts', `${count(run.errors)}, ${count(run.timeouts)}`],
])}
<div class="apart" role="group" aria-labelledby="autocannon-apart"><h3 id="autocannon-apart">autocannon's latencies: not comparable with any other on this page</h3>
${facts([
  ['p50', duration(latencyMs.p50)],
  ['p97.5', duration(latencyMs.p97_5)],
  ['p99', duration(latencyMs.p99)],
  ['Longest', duration(latencyMs.max)],
])}
<ul>${run.caveats.map((caveat) => html`<li>${caveat}</li>`)}</ul><p class="source">autocannon ${run.version}</p></div>`,
  };
}
