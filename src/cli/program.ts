import { Command, CommanderError, Option } from 'commander';
import { EXIT, GroundspeedError } from '../kernel/errors.ts';
import { ownVersion } from '../system/machine.ts';
import { exitCodeOf, renderError, withoutSecrets } from './errors.ts';
import { displayFlags, engineFlags, goldenFlags, outputFlag, settingFlags } from './flags.ts';
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
  addEngineCommands(program, world, done);
  addFileCommands(program, world, done);
  return program;
}

function addRunCommands(program: Command, world: World, done: (exitCode: number) => void): void {
  const bench = program
    .command('bench')
    .description('index, ask every golden question, drive load, and report how fast and how right it is')
    .option('--profile <name>', 'quick (≤ 30 s), standard (≤ 3 min) or full (default: standard)')
    .option('--deadline <ms>', 'an answer is in time within so many milliseconds (default: 100)');
  runFlags(bench).action(async (flags) => done(await (await import('./bench.ts')).bench(world, flags)));

  const evaluate = program
    .command('evaluate')
    .description('ask every golden question once, and report how right the answers are')
    .option('--measures <names>', 'measures to take, with commas: ndcg@10,recall@100,f1')
    .option('--run-file <file>', 'also write the rankings as a TREC run');
  runFlags(evaluate).action(async (flags) =>
    done(await (await import('./evaluate.ts')).evaluate(world, flags)),
  );
}

const runFlags = (command: Command): Command => displayFlags(outputFlag(engineFlags(goldenFlags(command))));

function addEngineCommands(program: Command, world: World, done: (exitCode: number) => void): void {
  const ingest = program
    .command('ingest')
    .description('take documents into an index of your own')
    .argument('<paths...>', 'files and folders: .txt, .md, .jsonl (documents.extensions)');
  displayFlags(engineFlags(ingest)).action(async (paths, flags) =>
    done(await (await import('./ingest.ts')).ingest(world, paths, flags)),
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
    .description('take retrieval measures of TREC files, as trec_eval -c does')
    .requiredOption('--qrels <file>', 'relevance judgements: question, 0, document, grade')
    .requiredOption('--run <file>', 'the run: question, Q0, document, rank, score, tag')
    .option('--measures <names>', 'measures to take, with commas: ndcg@10,recall@100')
    .option('--per-question', 'also print each question');
  displayFlags(measure).action(async (flags) =>
    done(await (await import('./measure.ts')).measure(world, flags)),
  );

  const report = program
    .command('report')
    .description('make a report again from a saved record')
    .argument('<record>', "a run's folder, or its record.json")
    .addOption(new Option('--format <format>', 'what to make').choices(['html', 'md', 'csv', 'json']))
    .addOption(
      new Option('--table <table>', 'what a csv has a line for')
        .choices(['questions', 'requests'])
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
