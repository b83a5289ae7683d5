import { Command, CommanderError, Option } from 'commander';
import { EXIT, GroundspeedError } from '../kernel/errors.ts';
import { sloHelp } from '../objectives/reference.ts';
import { ownVersion } from '../system/machine.ts';
import { exitCodeOf, renderError, withoutSecrets } from './errors.ts';
import { datasetFlags, displayFlags, engineFlags, goldenFlags, outputFlag, settingFlags } from './flags.ts';
import { driveFlags, loadFlags, metricsPortFlag, targetFlags } from './load-flags.ts';
import { addCanaryCommand } from './program-canary.ts';
import { addCompareCommand } from './program-compare.ts';
import { addDashboardCommands } from './program-dashboards.ts';
import { addDatasetCommands } from './program-dataset.ts';
import { addDrillCommand } from './program-drill.ts';
import { addGateCommands } from './program-gate.ts';
import { clientErrorFlag, collected, durationFlag, listOf } from './quantities.ts';
import { tellFlag } from './tell-flag.ts';
import { type World, wantsColour } from './world.ts';

/** Runs what the arguments ask for, to its exit code. Nothing is thrown: errors are told on stderr. */
export async function runCli(world: World): Promise<number> {
  let exitCode: number = EXIT.done;
  const program = createProgram(world, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(world.argv, { from: 'user' });
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return EXIT.done; // help and version
    const error = thrown instanceof CommanderError ? usageError(thrown) : thrown;
    const view = {
      colour: wantsColour(world.stderr, world.env, !world.argv.includes('--no-color')),
      debug: Boolean(world.env.DEBUG) || /^(debug|trace)$/i.test(world.env.LOG_LEVEL ?? ''),
    };
    world.stderr.write(await withoutSecrets(renderError(error, view), world.env));
    return exitCodeOf(error);
  }
}

/**
 * The commands and their flags. What carries them out is imported once it is asked for: --help has to be quick, and
 * measuring TREC files must not need the engine's native packages.
 */
function createProgram(world: World, done: (exitCode: number) => void): Command {
  const program = new Command('groundspeed')
    .description(
      'How fast your RAG system answers, and how often it is right, measured on the same requests.',
    )
    .version(ownVersion(), '-v, --version', 'print the version')
    .configureOutput({
      writeOut: (text) => world.stdout.write(text),
      writeErr: (text) => world.stderr.write(text),
      outputError: () => undefined, // runCli tells it, as any other error
    })
    .exitOverride()
    .addHelpText('after', EXIT_CODES);
  addRunCommands(program, world, done);
  addLoadCommands(program, world, done);
  addCompareCommand(program, world, done);
  addGateCommands(program, world, done);
  addDrillCommand(program, world, done);
  addCanaryCommand(program, world, done);
  addDashboardCommands(program, world, done);
  addTargetCommands(program, world, done);
  addEngineCommands(program, world, done);
  addFileCommands(program, world, done);
  addDatasetCommands(program, world, done);
  return program;
}

function addRunCommands(program: Command, world: World, done: (exitCode: number) => void): void {
  const bench = program
    .command('bench')
    .description('index, ask every golden question, drive load, and report how fast and how right it is')
    .option('--profile <name>', 'quick (≤ 30 s), standard (≤ 3 min) or full (default: standard)')
    .option('--deadline <ms>', 'an answer is in time within so many milliseconds (default: 100)');
  runFlags(metricsPortFlag(tellFlag(bench))).action(async (flags) =>
    done(await (await import('./bench.ts')).bench(world, flags)),
  );

  const evaluate = program
    .command('evaluate')
    .description('ask every golden question once, and report how right the answers are')
    .option('--measures <names>', 'measures to take, with commas: ndcg@10,recall@100,f1')
    .option('--run-file <file>', 'also write the rankings as a TREC run')
    .option(
      '--variant <spec>',
      'compare configurations: bm25,lsa,hybrid,mmr, or name:path=value,… of your own; repeatable',
      collected,
    )
    .option('--judge', 'also let a model judge the answers (settings below judge)')
    .option('--labels <file>', 'labels by people, to hold the judge against: id, judgement, label');
  displayFlags(outputFlag(engineFlags(datasetFlags(targetFlags(tellFlag(evaluate)))))).action(async (flags) =>
    done(await (await import('./evaluate.ts')).evaluate(world, flags)),
  );
}

function addLoadCommands(program: Command, world: World, done: (exitCode: number) => void): void {
  const load = program
    .command('load')
    .description('drive a target with load, and judge it by an SLO over speed, errors and quality together');
  load.addHelpText('after', sloHelp());
  displayFlags(outputFlag(engineFlags(datasetFlags(loadFlags(load))))).action(async (flags) =>
    done(await (await import('./load.ts')).load(world, flags)),
  );

  const capacity = program
    .command('capacity')
    .description('find the highest rate at which a target holds an SLO')
    .option('--probe <time>', 'shortest length of a probe (default: as the SLO needs)', durationFlag)
    .option('--sweep', 'drive rates all along the curve instead, and plot them');
  displayFlags(outputFlag(engineFlags(datasetFlags(driveFlags(capacity))))).action(async (flags) =>
    done(await (await import('./capacity.ts')).capacity(world, flags)),
  );
}

function addTargetCommands(program: Command, world: World, done: (exitCode: number) => void): void {
  const init = program
    .command('init')
    .description(
      'begin with a deployment and a spreadsheet of questions: writes groundspeed.yaml and a CI workflow',
    )
    .requiredOption('--target <url>', 'URL of the deployment')
    .requiredOption('--questions <file>', 'questions: a CSV of question,answer,source, or any golden set')
    .option('--preset <name>', 'API of the deployment: groundspeed, openai-chat, openai-responses, langserve')
    .option(
      '--header <name: value>',
      `header of each request, such as 'authorization: Bearer \${RAG_KEY}'; repeatable`,
      collected,
    )
    .option('--allow-target <host>', 'host beyond this machine that may be asked; repeatable', collected)
    .option('--timeout <time>', 'patience with the one question (default: 30s)', durationFlag)
    .option('--output <dir>', 'folder to write to', '.')
    .option('--force', 'replace files that are there')
    .option('--offline', 'ask nothing: write the files from the preset alone');
  displayFlags(settingFlags(init)).action(async (flags) =>
    done(await (await import('./init.ts')).init(world, flags)),
  );

  const target = program.command('target').description('look at a deployment');
  const check = target
    .command('check')
    .description('ask a deployment one question, show what was understood and what to change')
    .argument('[url]', 'URL of the deployment (default: target.url)')
    .option('--preset <name>', 'API of the deployment: groundspeed, openai-chat, openai-responses, langserve')
    .option('--target-file <file>', 'description of the deployment, YAML or JSON (the settings below target)')
    .option('--allow-target <host>', 'host beyond this machine that may be asked; repeatable', collected)
    .option('--question <text>', 'what to ask: words, or the id of a golden question')
    .option('--suite', 'run the acceptance checks: health, a query, ten at once, invalid input, speed')
    .option('--junit <file>', 'with --suite: also write its results as JUnit XML')
    .option('--health <path>', 'with --suite: path that tells of health, or none (default: /health)')
    .option(
      '--answer-within <time>',
      'with --suite: time within which an answer must come (default: 5s)',
      durationFlag,
    )
    .option(
      '--refuses-with <statuses>',
      'with --suite: statuses by which invalid input may be refused, with commas (default: 400)',
      listOf(clientErrorFlag),
    )
    .option('--timeout <time>', 'patience with one request (default: 30s)', durationFlag);
  displayFlags(settingFlags(datasetFlags(check))).action(async (url, flags) =>
    done(await (await import('./target.ts')).targetCheck(world, url, flags)),
  );
}

const runFlags = (command: Command): Command => displayFlags(outputFlag(engineFlags(goldenFlags(command))));

function addEngineCommands(program: Command, world: World, done: (exitCode: number) => void): void {
  const ingest = program
    .command('ingest')
    .description('take documents into an index of your own')
    .argument('[paths...]', 'files and folders: .txt, .md, .jsonl (documents.extensions)')
    .option('--retry-failed', 'try documents in quarantine again; needs no paths')
    .option('--list-failed', 'list the documents in quarantine, and take none in');
  displayFlags(engineFlags(ingest)).action(async (paths, flags) =>
    done(await (await import('./ingest.ts')).ingest(world, paths, flags)),
  );

  const serve = program
    .command('serve')
    .description('serve the engine over HTTP, until Ctrl-C')
    .option(
      '--host <address>',
      'address to listen on; other than this machine only with an API token (default: 127.0.0.1)',
    )
    .option('--port <n>', 'port to listen on; 0 takes any free one (default: 8080)')
    .option('--workers <n>', 'processes that answer questions (default: 1)')
    .option('--drill', 'for a drill: this machine only, said in its health; takes --drill-faults')
    .option(
      '--drill-faults <faults>',
      'with --drill: what fails and when: "embedder: timeout 30% from 10s to 25s; cache: error"',
    );
  displayFlags(datasetFlags(engineFlags(serve))).action(async (flags) =>
    done(await (await import('./serve.ts')).serve(world, flags)),
  );

  const ask = program
    .command('ask')
    .description('ask one question; without one, a prompt to explore at')
    .argument('[question...]');
  displayFlags(engineFlags(goldenFlags(ask))).action(async (words, flags) =>
    done(await (await import('./ask.ts')).ask(world, words, flags)),
  );

  const explain = program
    .command('explain')
    .description("follow one golden question's way through the engine, to what became of it and why")
    .argument('<question-id>');
  displayFlags(engineFlags(goldenFlags(explain))).action(async (id, flags) =>
    done(await (await import('./explain.ts')).explain(world, id, flags)),
  );
}

function addFileCommands(program: Command, world: World, done: (exitCode: number) => void): void {
  const measure = program
    .command('measure')
    .description('take measures of files: of a TREC run, as trec_eval -c does, or of answers')
    .option('--qrels <file>', 'relevance judgements: question, 0, document, grade')
    .option('--run <file>', 'a run: question, Q0, document, rank, score, tag')
    .option('--answers <file>', 'answers: JSON lines with id or question, answer, passages; or a ragas file')
    .option('--dataset <name>', 'golden set that says what is right, instead of --qrels or the file itself')
    .option('--split <name>', 'split of the golden set (default: test)')
    .option('--slices', 'also print each kind, difficulty and tag')
    .option('--measures <names>', 'measures to take, with commas: ndcg@10,recall@100')
    .option('--per-question', 'also print each question');
  displayFlags(measure).action(async (flags) =>
    done(await (await import('./measure.ts')).measure(world, flags)),
  );

  const report = program
    .command('report')
    .description('make a report again from a saved record')
    .argument('<record>', "a run's folder, or its record.json")
    .addOption(
      new Option('--format <format>', 'what to make').choices(['html', 'md', 'csv', 'json', 'junit']),
    )
    .addOption(
      new Option('--table <table>', 'what a csv has a line for')
        .choices([
          'questions',
          'requests',
          'phases',
          'probes',
          'blocks',
          'gate',
          'drill-seconds',
          'drill-windows',
        ])
        .default('questions'),
    )
    .option('--output <file>', 'file to write; - is stdout', '-');
  displayFlags(report).action(async (record, flags) =>
    done(await (await import('./report.ts')).report(world, record, flags)),
  );

  const config = program.command('config').description('show the settings');
  displayFlags(
    settingFlags(config.command('print').description('print the settings in force, secrets as ***')),
  ).action(async (flags) => done(await (await import('./config.ts')).configPrint(world, flags)));
  displayFlags(
    config.command('schema').description('print the JSON Schema of the configuration file, for editors'),
  ).action(async () => done(await (await import('./config.ts')).configSchema(world)));
}

const EXIT_CODES = `
Exit codes: 0 done, 1 internal, 2 usage or configuration, 3 dataset,
4 a gate or SLO failed, 5 target unavailable, 6 inconclusive under --strict,
7 the run was invalid, 130 interrupted (partial results are kept and marked).`;

/** Commander's complaint in our words: its message may end in a line that says what was meant. */
function usageError({ code, message }: CommanderError): GroundspeedError {
  const [problem = '', suggestion] = message.replace(/^error: /, '').split('\n');
  const text = code === 'commander.help' ? 'No command is given.' : problem;
  const meant = suggestion === undefined ? '' : `${suggestion.replace(/[()]/g, '')} `;
  return new GroundspeedError('usage.argument', text, {
    hint: `${meant}See groundspeed --help, or groundspeed COMMAND --help.`,
  });
}
