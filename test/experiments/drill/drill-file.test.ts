import { describe, expect, it } from 'vitest';
import { readDrill } from '../../../src/experiments/drill/drill-file.ts';
import { GroundspeedError } from '../../../src/kernel/errors.ts';

const FILE = `name: made
title: A made drill
fear: Something fails.
duration: 30s
rate: 20
faults:
  - "embedder: timeout 30% from 5s to 12s"
  - "generator: latency 1s from 8s to 20s"
settings:
  caching.enabled: false
  resilience.breaker.resetSeconds: 5
promises:
  - availability >= 99% during
ablate: [retry, breaker]
`;

const read = (text: string) => readDrill({ path: 'made.yaml', text }, (name) => name === 'ndcg@10');

function refusal(text: string): GroundspeedError {
  try {
    read(text);
  } catch (thrown) {
    if (thrown instanceof GroundspeedError) return thrown;
    throw thrown;
  }
  throw new Error('this drill should have been refused');
}

describe('the file of a drill', () => {
  it('is read, and its window is from the first fault to the end of the last', () => {
    expect(read(FILE)).toMatchObject({
      name: 'made',
      scenario: 'ask',
      durationMs: 30_000,
      rate: 20,
      span: { fromMs: 5000, toMs: 20_000, durationMs: 30_000 },
      settings: ['caching.enabled=false', 'resilience.breaker.resetSeconds=5'],
      ablate: ['retry', 'breaker'],
    });
  });

  it('says by itself what counts as during', () => {
    expect(read(`${FILE}window: { from: 6s, to: 9500ms }\n`).span).toMatchObject({
      fromMs: 6000,
      toMs: 9500,
    });
  });

  it('lasts to its end where a fault has none', () => {
    const open = FILE.replace('from 8s to 20s', 'from 8s');
    expect(read(open).span).toMatchObject({ fromMs: 5000, toMs: 30_000 });
  });

  it.each([
    ['duration: 30s', 'duration: thirty', 'made.yaml:4: duration: must be a time such as 30s'],
    ['rate: 20', 'rate: 0', 'made.yaml:5: rate: Too small: expected number to be >0'],
    ['name: made', 'name: Made Drill', 'made.yaml:1: name: must be of small letters, digits and hyphens'],
    ['[retry, breaker]', '[retry, braker]', 'made.yaml:14: ablate.1: Invalid option'],
    ['title: A made drill', 'titel: A made drill', 'made.yaml:1: title: '],
    ['rate: 20', 'rate: [20', 'made.yaml:'],
  ])('is refused with the line of what is wrong: %s', (right, wrong, problem) => {
    const { code, problems } = refusal(FILE.replace(right, wrong));
    expect(code).toBe('drill.format');
    expect(problems.join('\n')).toContain(problem);
  });

  it('points at the character of a fault that cannot be read', () => {
    const { code, problems, where } = refusal(FILE.replace('timeout 30%', 'timout 30%'));
    expect(code).toBe('fault.syntax');
    expect(where).toBe('made.yaml: faults[0]');
    expect(problems[0]).toContain('\n              ^');
  });

  it('points at the character of a promise that cannot be read', () => {
    const { code, problems, where } = refusal(FILE.replace('availability >=', 'availabilty >='));
    expect(code).toBe('drill.format');
    expect(where).toBe('made.yaml: promises[0]');
    expect(problems[0]).toContain('^');
  });

  it('has no fault after its end', () => {
    expect(refusal(FILE.replace('from 8s to 20s', 'from 40s to 50s'))).toMatchObject({
      code: 'drill.format',
      message: 'The fault "generator: latency 1s from 40s to 50s" begins after the end of the drill',
    });
  });

  it.each(['window: { from: 9s, to: 8s }', 'window: { from: 9s, to: 31s }'])(
    'has its window within its length: %s',
    (window) => {
      expect(refusal(`${FILE}${window}\n`).problems.join()).toContain('must lie within the 30 s');
    },
  );

  it.each([
    ['serve', 'embedder: timeout 30% from 5s to 12s'],
    ['cold-start', 'embedder: timeout 30% from 5s to 12s'],
  ])('has no fault that its scenario never meets: %s', (scenario, fault) => {
    expect(refusal(`${FILE}scenario: ${scenario}\n`).message).toBe(
      `The fault "${fault}" cannot happen in the scenario ${scenario}`,
    );
  });

  it.each(['scenario: redis', 'scenario: ingest', 'shape: "spike:100%,500%@12s+8s"'])(
    'says when that happens which is no fault: %s',
    (line) => {
      const { problems } = refusal(`${FILE}${line}\n`);
      expect(problems.join()).toContain('window: is missing');
    },
  );
});
