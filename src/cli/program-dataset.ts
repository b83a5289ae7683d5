import type { Command } from 'commander';
import { DEFAULT_SEED, displayFlags, settingFlags } from './flags.ts';
import { collected, countFlag, positiveFlag, wholeNumberFlag } from './quantities.ts';
import type { World } from './world.ts';

/** What is done with golden sets themselves: checked, brought in and out, drafted, sampled, labelled. */
export function addDatasetCommands(program: Command, world: World, done: (exitCode: number) => void): void {
  const dataset = program
    .command('dataset')
    .description('check golden sets; bring in, draft, label, sample and hand on your own');
  addCheck(dataset, world, done);
  addExchange(dataset, world, done);
  addGenerate(dataset, world, done);
  addSample(dataset, world, done);
}

function addCheck(dataset: Command, world: World, done: (exitCode: number) => void): void {
  const check = dataset
    .command('check')
    .description('whether a golden set can be trusted: quotes, answers, duplicates, leaks, hashes, power')
    .argument('<dir>', 'golden set: a folder, a file, or the name of one shipped')
    .option('--split <name>', 'one split only (default: all)')
    .option(
      '--against <set>',
      'an older copy, or its manifest.json: what changed, and which questions that puts in doubt',
    )
    .option('--pool <run>', 'TREC run of a variant, whose unjudged finds are pooled; repeatable', collected)
    .option('--depth <n>', 'documents of each ranking that are pooled (default: 10)', countFlag)
    .option('--sheet <file>', 'write the unjudged ones as a labelling sheet (.csv or .jsonl)')
    .option('--strict', 'warnings are errors');
  displayFlags(check).action(async (dir, flags) =>
    done(await (await import('./dataset-check.ts')).datasetCheck(world, dir, flags)),
  );

  const label = dataset
    .command('label')
    .description('take the grades of a labelling sheet into a golden set')
    .argument('<dir>', 'golden set: a folder')
    .requiredOption('--sheet <file>', 'sheet that dataset check wrote, its grades filled in')
    .option('--output <dir>', 'write the set to another folder')
    .option('--in-place', 'change the set where it is')
    .option('--labeller <name>', 'who filled it in, for labels.jsonl');
  displayFlags(label).action(async (dir, flags) =>
    done(await (await import('./dataset-label.ts')).datasetLabel(world, dir, flags)),
  );
}

function addExchange(dataset: Command, world: World, done: (exitCode: number) => void): void {
  const bring = dataset
    .command('import')
    .description('take over a golden set from another format, and tell what could not be')
    .argument(
      '<format>',
      'auto, beir, trec, squad, ragas, deepeval, autorag, ragchecker, promptfoo, langfuse, csv, jsonl, groundspeed',
    )
    .argument('<path>', 'file or folder')
    .requiredOption('--output <dir>', 'folder of the new golden set')
    .option('--name <name>', 'its name (default: that of the folder)')
    .option('--set-version <version>', 'its version')
    .option('--licence <licence>', 'its licence')
    .option(
      '--split <name>',
      'take one split only; of formats without splits, the split that the questions get',
    )
    .option('--map <field=column>', 'what a column means, such as question=prompt; repeatable', collected)
    .option('--corpus <path>', 'documents, where the format keeps them apart')
    .option('--qrels <file>', 'judgements, where the format keeps them apart')
    .option('--force', 'replace the golden set that stands there');
  // --version is the program's own, wherever it stands.
  displayFlags(bring).action(async (format, path, { setVersion: version, ...flags }) =>
    done(
      await (await import('./dataset-import.ts')).datasetImport(world, format, path, { ...flags, version }),
    ),
  );

  const hand = dataset
    .command('export')
    .description('write a golden set in another format, and tell what that cannot hold')
    .argument('<format>', 'beir, trec, squad, ragas, promptfoo, csv, jsonl, groundspeed')
    .argument('<dir>', 'golden set: the name of one shipped, or any that `import auto` takes')
    .requiredOption('--output <dir>', 'folder to write')
    .option('--split <name>', 'one split only (default: all)')
    .option('--force', 'replace what is there');
  displayFlags(hand).action(async (format, dir, flags) =>
    done(await (await import('./dataset-export.ts')).datasetExport(world, format, dir, flags)),
  );
}

function addGenerate(dataset: Command, world: World, done: (exitCode: number) => void): void {
  const generate = dataset
    .command('generate')
    .description('draft golden questions from documents, to be reviewed by people')
    .argument('[paths...]', 'files and folders: .txt, .md, .jsonl; or a golden set with a corpus')
    .requiredOption('--output <dir>', 'folder of the draft, or with --accept of the golden set')
    .option('--size <n>', 'questions (default: 30)', countFlag, 30)
    .option('--seed <n>', 'seed of what is drawn', wholeNumberFlag, DEFAULT_SEED)
    .option('--method <name>', 'model (the configured chat model), cloze (offline), or auto', 'auto')
    .option('--accept <file>', 'read the reviewed sheet back, and write the golden set')
    .option('--undecided <what>', 'rows that the review left open: keep or drop')
    .option('--max-cost <usd>', 'end the drafting at this cost, with what there is', positiveFlag)
    .option('--force', 'replace what is in the folder');
  displayFlags(settingFlags(generate)).action(async (paths, flags) =>
    done(await (await import('./dataset-generate.ts')).datasetGenerate(world, paths, flags)),
  );
}

function addSample(dataset: Command, world: World, done: (exitCode: number) => void): void {
  const sample = dataset
    .command('sample')
    .description('draw fewer questions from a golden set, stratified and seeded')
    .argument('<dir>', 'golden set: a folder, a file, or the name of one shipped')
    .requiredOption('--size <n>', 'questions', countFlag)
    .requiredOption('--output <dir>', 'folder of the new golden set')
    .option('--by <what>', 'kind, difficulty, split or tag: each keeps its share (default: kind)')
    .option('--seed <n>', 'seed of what is drawn', wholeNumberFlag, DEFAULT_SEED)
    .option('--keep-corpus', 'keep documents that no drawn question touches');
  displayFlags(sample).action(async (dir, flags) =>
    done(await (await import('./dataset-sample.ts')).datasetSample(world, dir, flags)),
  );
}
