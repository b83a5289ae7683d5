import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { sha256 } from '../../src/kernel/digest.ts';
import type { RunRecord } from '../../src/records/schema.ts';
import { question, questions, record } from '../experiments/gate/made-records.ts';
import { type AnsweringService, answeringService } from '../servers/answering-service.ts';
import { cli, workFolder } from './cli.ts';
import { cliHere } from './cli-here.ts';

const work = workFolder();
afterAll(() => work.remove());

/** Saves a record under a name; the path of it. */
function saved(name: string, run: object): string {
  const file = join(work.path, name, 'record.json');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(run));
  return join(work.path, name);
}

const runOf = (count: number, more: Partial<RunRecord> = {}): RunRecord => record(questions(count), more);
const gate = (...flags: string[]) => cliHere(['gate', ...flags], { cwd: work.path });
const held = (before: string, now: string, ...flags: string[]) =>
  gate('--record', saved('now', runOf(240)), '--baseline', before, ...flags).then((ended) => ({
    ended,
    now,
  }));

/** The gate of the latest run. */
const verdict = (): NonNullable<RunRecord['gate']> =>
  JSON.parse(readFileSync(join(work.path, 'reports/latest/record.json'), 'utf8')).gate;

describe('records that cannot be held against each other', () => {
  it.each(['groundspeed.record/0', 'groundspeed.record/2'])(
    'are refused where one is a %s, with what to do',
    async (schema) => {
      const { ended } = await held(saved('other', { ...runOf(240), schema }), 'now');
      expect(ended.code).toBe(2);
      expect(ended.err).toContain('record.version');
      expect(ended.err).toContain(`is a ${schema}; this version reads groundspeed.record/1`);
      expect(ended.err).toMatch(/hint: Read it with the version that wrote it.*gate --accept/);
    },
  );

  it('are compared on the questions they share, loudly', async () => {
    const before = saved('more', runOf(250));
    const { ended } = await held(before, 'now');
    expect(ended.code, ended.err).toBe(0);
    expect(ended.out).toMatch(/Compared on 240\s+questions that are in both: 10 stand in the baseline alone/);
    expect(verdict().questions).toMatchObject({ compared: 240, onlyBefore: 10 });
    expect(readFileSync(join(work.path, 'reports/latest/gate.md'), 'utf8')).toContain('Compared on 240');
  });

  it('are refused where under 90 % of the questions are the same', async () => {
    const { ended } = await held(saved('many', runOf(300)), 'now');
    expect(ended.code).toBe(2);
    expect(ended.err).toMatch(/only 240 are the same/);
    expect(ended.err).toMatch(/90 % must be in common, 270 here/);
  });

  it('are told apart by golden set and documents', async () => {
    const { dataset } = runOf(240);
    const before = saved(
      'grown',
      runOf(240, { dataset: { ...dataset!, name: 'grown', corpusHash: sha256('grown') } }),
    );
    const { ended } = await held(before, 'now');
    expect(ended.out).toMatch(/grown 1\.0\.0, then made 1\.0\.0/);
  });

  it('are missing, damaged, or no records, and none of these is a verdict', async () => {
    for (const [baseline, words] of [
      ['mian', /There is no baseline "mian"/],
      [saved('damaged', { schema: 'groundspeed.record/1', kind: 'x' }), /is damaged/],
      [saved('foreign', { hello: 'world' }), /is not a groundspeed record/],
    ] as const) {
      const { ended } = await held(baseline, 'now');
      expect(ended.code).toBe(2);
      expect(ended.err).toMatch(words);
      expect(ended.err).toContain('gate --accept');
    }
  });
});

describe('samples that carry no verdict', () => {
  const lose = (count: number, share: number): RunRecord =>
    record(
      Array.from({ length: count }, (_, index) =>
        question(index, index < share * count ? { ndcg: 0, right: 'wrong' } : { answer: 'put otherwise' }),
      ),
      { id: 'now' },
    );
  const judge = (before: RunRecord, now: RunRecord, ...flags: string[]) =>
    gate('--record', saved('now', now), '--baseline', saved('before', before), ...flags);

  it('are too few questions: undecided, and under --strict exit code 6', async () => {
    const few = await judge(runOf(30), lose(30, 0.5));
    expect(few.code, few.err).toBe(0);
    expect(verdict().verdict).toBe('INCONCLUSIVE');
    expect(few.out).toMatch(/30 questions are too few for statistics/);
    const strict = await judge(runOf(30), lose(30, 0.5), '--strict');
    expect(strict.code).toBe(6);
    expect(strict.err).toMatch(/50 at least/);
  });

  it('do not vary at all: undecided until they are many', async () => {
    const reworded = (count: number): RunRecord =>
      record(
        questions(count, () => ({ answer: 'put otherwise' })),
        { id: 'now' },
      );
    await judge(runOf(60), reworded(60));
    expect(verdict().verdict).toBe('INCONCLUSIVE');
    await judge(runOf(300), reworded(300));
    expect(verdict().verdict).toBe('PASS');
  });

  it('are of a run that was interrupted, or that answered nothing: exit code 7', async () => {
    const cut = await judge(runOf(240), runOf(240, { id: 'now', complete: false }));
    expect(cut.code).toBe(130);
    expect(verdict().verdict).toBe('INCONCLUSIVE');
    const dead = record(
      questions(240, () => ({ error: 'no connection', right: 'wrong', ndcg: 0 })),
      { id: 'now' },
    );
    const silent = await judge(runOf(240), dead);
    expect(silent.code).toBe(7);
    expect(silent.err).toMatch(/none of the questions of the candidate was answered/);
  });
});

describe('the policy of a gate, from the command line', () => {
  const now = (): string => saved('now', runOf(240, { id: 'now' }));
  const set = (...values: string[]) =>
    gate(
      '--record',
      now(),
      '--baseline',
      saved('before', runOf(240)),
      ...values.flatMap((one) => ['--set', one]),
    );

  it('is taken from flags, whole tables as JSON', async () => {
    const { code, err } = await set(
      'gate.measures={"ndcg@10":{"delta":0.05},"recall@10":{}}',
      'gate.indicators={"p99":{"delta":0.2}}',
      'gate.primary=p99',
      'gate.slo=right > 80%',
    );
    expect(code, err).toBe(0);
    expect(verdict().rows.map(({ name, delta, verdict: word }) => [name, delta, word])).toEqual([
      ['ndcg@10', 0.05, 'PASS'],
      ['recall@10', 0.03, 'INCONCLUSIVE'],
      ['right > 80%', null, 'PASS'],
    ]);
  });

  it('is taken from the file, and a flag overrules it', async () => {
    writeFileSync(
      join(work.path, 'policy.yaml'),
      'gate:\n  nonInferiority: 0.2\n  measures:\n    right: {}\n    ndcg@10: { delta: 0.07, direction: higher }\n',
    );
    const deltas = (): unknown[] => verdict().rows.map(({ name, delta }) => [name, delta]);
    const baseline = saved('before', runOf(240));
    const flags = ['--record', now(), '--baseline', baseline, '--config', 'policy.yaml'];
    expect((await gate(...flags)).code).toBe(0);
    expect(deltas()).toEqual([
      ['right', 0.2],
      ['ndcg@10', 0.07],
    ]);
    expect((await gate(...flags, '--set', 'gate.measures={"right":{"delta":0.1}}')).code).toBe(0);
    expect(deltas()).toEqual([['right', 0.1]]);
  });

  it.each([
    ['gate.measures={"rihgt":{}}', /gate\.measures\.rihgt: .*not a measure/],
    ['gate.measures={"right":{"delta":"x"}}', /gate\.measures\.right\.delta: .*number.*--set/],
    ['gate.measures={"right":{"detla":0.1}}', /gate\.measures\.right: .*detla.*--set/],
    [
      'gate.measures={"right":{"delta":0.001}}',
      /gate\.measures\.right\.delta: 0\.001 is under gate\.leastLoss/,
    ],
    ['gate.indicators={"p90":{}}', /gate\.indicators\.p90: is not an indicator; did you mean p\d\d\?/],
    ['gate.primary=p51', /gate\.primary: p51 is not an indicator/],
    ['gate.slo=p95 <', /gate\.slo/],
  ])('is refused by its path: %s', async (value, words) => {
    const { code, err } = await set(value);
    expect(code).toBe(2);
    expect(err).toMatch(words);
  });
});

describe('a target that returns no ranking', () => {
  const answersOnly = (id: string): RunRecord =>
    record(
      questions(240).map((one) => ({ ...one, returned: { ...one.returned!, ranking: null }, scores: {} })),
      { id },
    );
  const judge = (...flags: string[]) =>
    gate(
      '--record',
      saved('now', answersOnly('now')),
      '--baseline',
      saved('before', answersOnly('before')),
      ...flags,
    );

  it('is not undecided in ndcg@10 for ever: the default leaves it out, and says so', async () => {
    const { code, out, err } = await judge('--strict');
    expect(code, err).toBe(0);
    expect(verdict()).toMatchObject({ verdict: 'PASS', rows: [{ name: 'right', verdict: 'PASS' }] });
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      'ndcg@10 is not gated: not scored: the target returns no ranking.',
    );
  });

  it('is undecided in what the user named, and says why', async () => {
    const { code, err } = await judge('--strict', '--set', 'gate.measures={"right":{},"ndcg@10":{}}');
    expect(code).toBe(6);
    expect(err).toContain('ndcg@10: not scored: the target returns no ranking');
  });
});

describe('a repository that cannot be gated', () => {
  const answers = JSON.stringify({ 'Is it?': 'yes', 'Was it?': 'no' });
  const SERVICE = `
import { createServer } from 'node:http';
const answers = ${answers};
createServer(async (request, response) => {
  let body = '';
  for await (const piece of request) body += piece;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ answer: answers[body && JSON.parse(body).question] ?? 'ok' }));
}).listen(Number(process.argv[2]), '127.0.0.1');
`;
  const config = `
target:
  url: http://127.0.0.1:{{port}}/ask
  start: exec ${process.execPath} service.mjs {{port}}
  body: { question: "{{question}}" }
  response: { answer: answer }
`;
  const FILES = {
    'service.mjs': SERVICE,
    'groundspeed.yaml': config,
    'questions.csv': 'question,answer,source\nIs it?,yes,\nWas it?,no,\n',
    '.gitignore': 'reports\n',
  };

  interface Against {
    /** In this process, or in one of its own. */
    readonly run?: typeof cliHere;
    readonly flags?: readonly string[];
  }

  function repository({ init = true } = {}) {
    const folder = workFolder(FILES);
    onTestFinished(() => folder.remove());
    const git = (...args: string[]): string =>
      execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.com', ...args], {
        cwd: folder.path,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    if (init) {
      git('init', '--quiet', '--initial-branch=main');
      git('add', '--all');
      git('commit', '--quiet', '-m', 'first');
      git('tag', 'v1');
    }
    const against = (ref: string, { run = cliHere, flags = [] }: Against = {}) =>
      run(
        [
          'gate',
          '--config',
          'groundspeed.yaml',
          '--dataset',
          'questions.csv',
          '--baseline',
          `git:${ref}`,
          ...flags,
        ],
        {
          cwd: folder.path,
          env: { HOME: folder.path },
        },
      );
    return { folder: folder.path, git, against };
  }

  it('has no such commit', async () => {
    const { code, err } = await repository().against('v2');
    expect(code).toBe(2);
    expect(err).toMatch(/The repository has no commit "v2"; did you mean v1\?/);
  });

  it('is none', async () => {
    const { code, err } = await repository({ init: false }).against('v1');
    expect(code).toBe(2);
    expect(err).toMatch(/is in no git repository's work tree/);
  });

  it('has a commit that does not build, and stays as it is', async () => {
    const { folder, git, against } = repository();
    writeFileSync(
      join(folder, 'service.mjs'),
      `console.error('Cannot find package express'); process.exit(1);`,
    );
    git('commit', '--quiet', '-am', 'broken');
    git('tag', 'broken');
    writeFileSync(join(folder, 'service.mjs'), SERVICE);
    const { code, err } = await against('broken');
    expect(code).toBe(2);
    expect(err).toMatch(/At broken the target does not start/);
    expect(err).toContain('Cannot find package express');
    expect(git('worktree', 'list').trim().split('\n')).toHaveLength(1);
  });

  it('is dirty, which is said; two pairs are no verdict', async () => {
    const { folder, against } = repository();
    writeFileSync(join(folder, 'service.mjs'), `${SERVICE}\n// changed\n`);
    const { code, out, err } = await against('v1', {
      run: cli,
      flags: ['--rate', '40', '--budget', '12s'],
    });
    expect([0, 7], err).toContain(code);
    expect(err).toMatch(/The git tree is dirty: 1 file differs/);
    const page = readFileSync(join(folder, 'reports/latest/gate.md'), 'utf8');
    expect(page).toContain('The git tree is dirty');
    expect(page).not.toContain('PASS: ');
    expect(out).toContain('INCONCLUSIVE');
  });
});

describe('a target that runs already', () => {
  let service: AnsweringService;
  let url: string;
  beforeAll(async () => {
    service = await answeringService(() => ({ after: 400, body: { answer: 'yes' } }));
    url = `${service.url}/ask`;
  });
  afterAll(() => service.stop());

  it('is compared with itself where it runs, whatever the settings say of starting another; few pairs prove nothing', async () => {
    const folder = workFolder({
      'groundspeed.yaml': `target:\n  url: http://127.0.0.1:{{port}}/ask\n  start: exit 1\n  body: { question: "{{question}}" }\n  response: { answer: answer }\n`,
      'questions.csv': 'question,answer,source\nIs it?,yes,\nWas it?,yes,\n',
    });
    onTestFinished(() => folder.remove());
    const { code, out, err } = await cliHere(
      [
        ...['gate', '--self-test', '1', '--config', 'groundspeed.yaml', '--dataset', 'questions.csv'],
        ...['--target', url, '--rate', '300', '--budget', '20s', '--json'],
      ],
      { cwd: folder.path },
    );
    // Every pair may be invalid on a busy machine; what was found is told in any case.
    expect([0, 7], err).toContain(code);
    expect(JSON.parse(out)).toMatchObject({
      schema: 'groundspeed.self-test/1',
      judged: 0,
      falseAlarms: { count: 0, of: 0, interval: null },
    });
  });
});
