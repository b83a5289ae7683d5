import { type ParsedCorpus, parseCorpus } from '../corpus.ts';
import type { CorpusDocument, GoldenQuestion } from '../golden.ts';
import { decodeLines, parseJsonLine } from '../lines.ts';
import type { Losses } from '../loss.ts';
import { Entry, type Where } from './entry.ts';
import { type NamedFile, refuseBinary, refuseDeep, type Source } from './source.ts';

/** A question on its way in, and where it stands in its file. */
export interface DraftQuestion {
  readonly question: GoldenQuestion;
  readonly where: Where;
}

export interface DraftDocument {
  readonly document: CorpusDocument;
  readonly where: Where;
}

export interface ImportOptions {
  /** The one split to take over; of formats that know none, the split that the questions get. */
  readonly split?: string | undefined;
  /** Which of the file's fields stands for one of ours: `question` → `prompt`. */
  readonly columns: ReadonlyMap<string, string>;
  /** A corpus that stands elsewhere. */
  readonly corpus?: NamedFile | undefined;
  readonly qrels?: NamedFile | undefined;
}

export interface ImportTask {
  readonly source: Source;
  readonly options: ImportOptions;
  readonly losses: Losses;
}

/** What an importer made of a source. All that `read` counts is in the questions and documents, or in the losses. */
export interface Imported {
  readonly questions: readonly DraftQuestion[];
  readonly documents: readonly DraftDocument[] | undefined;
  readonly read: { questions: number; documents: number; judgements: number };
  /** Whether the source itself says which split a question is of. */
  readonly ownSplits: boolean;
  /** Where the format itself says what it is; a manifest beside the questions says it better. */
  readonly description?: string | undefined;
}

/** What detection looks at: the names of the files, and the beginning of the file in question. */
export interface Peek {
  readonly names: readonly string[];
  /** Fields of the first record of the file most likely to hold the questions; empty where it holds none. */
  readonly fields: ReadonlySet<string>;
  /** The first 4,000 characters of that file, and its name in lower case. */
  readonly start: string;
  readonly name: string;
}

/** One format that golden sets come in, describing itself. */
export interface Importer {
  readonly name: string;
  /** What it reads, for help and documentation. */
  readonly reads: string;
  /** How `auto` tells it from the others. */
  readonly detected: string;
  /** What was seen that speaks for this format; undefined where nothing does. */
  detect(peek: Peek): string | undefined;
  /** Throws `GroundspeedError`s of exit code 3, with file, line and field. */
  read(task: ImportTask): Promise<Imported>;
}

export const CORPUS_FILE = 'corpus.jsonl';

/** Documents of a `corpus.jsonl` (`id` or `_id`, `title`, `text`, `metadata`); its other fields are losses. */
export function readCorpusLines(file: NamedFile, losses: Losses): DraftDocument[] {
  refuseBinary(file);
  refuseDeep(file);
  const { documents }: ParsedCorpus = parseCorpus(file.bytes, file.name);
  const drafts: DraftDocument[] = [];
  let index = 0;
  for (const line of decodeLines(file.bytes, file.name)) {
    const where = `${file.name}:${line.number}`;
    const entry = new Entry(parseJsonLine(line, file.name), () => where);
    entry.ignore('title', 'text', 'metadata');
    entry.ignore(entry.has('id') ? 'id' : '_id');
    entry.reportRest(losses, 'document');
    drafts.push({ document: documents[index]!, where: entry.where });
    index += 1;
  }
  return drafts;
}

/** The corpus that was named, else the `corpus.jsonl` beside the questions, else none. */
export async function corpusOf({
  source,
  options,
  losses,
}: ImportTask): Promise<DraftDocument[] | undefined> {
  if (options.corpus !== undefined) return readCorpusLines(options.corpus, losses);
  if (!source.names.includes(CORPUS_FILE)) return undefined;
  return readCorpusLines(await source.read(CORPUS_FILE), losses);
}
