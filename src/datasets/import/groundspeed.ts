import { decodeLines, parseJsonLine } from '../lines.ts';
import { parseQuestions } from '../questions.ts';
import { Entry } from './entry.ts';
import { corpusOf, type DraftQuestion, type Imported, type Importer, type ImportTask } from './importer.ts';
import { refuseBinary, refuseDeep, refused } from './source.ts';

const QUESTIONS_FILE = 'questions.jsonl';
const FIELDS = [
  'question',
  'answers',
  'answer',
  'forbidden',
  'evidence',
  'answerable',
  'kind',
  'difficulty',
  'split',
  'derived',
  'tags',
  'must',
];

export const groundspeed: Importer = {
  name: 'groundspeed',
  reads: 'a golden set of groundspeed: questions.jsonl, corpus.jsonl, manifest.json',
  detected: 'a folder with questions.jsonl',
  detect: ({ names }) => (names.includes(QUESTIONS_FILE) ? QUESTIONS_FILE : undefined),
  read: readGroundspeed,
};

async function readGroundspeed(task: ImportTask): Promise<Imported> {
  const { source, losses } = task;
  if (!source.names.includes(QUESTIONS_FILE)) {
    throw refused(source.path, `holds no ${QUESTIONS_FILE}`, { hint: 'Name the folder of a golden set.' });
  }
  const file = await source.read(QUESTIONS_FILE);
  refuseBinary(file);
  refuseDeep(file);
  const parsed = parseQuestions(file.bytes, file.name, { ids: 'required' });
  const questions: DraftQuestion[] = [];
  let judgements = 0;
  for (const line of decodeLines(file.bytes, file.name)) {
    const { question, where } = parsed[questions.length]!;
    const entry = new Entry(parseJsonLine(line, file.name), () => where);
    entry.ignore(...FIELDS, entry.has('id') ? 'id' : '_id', entry.has('relevant') ? 'relevant' : 'source');
    entry.reportRest(losses);
    judgements += question.relevant.size;
    questions.push({ question, where: entry.where });
  }
  const documents = await corpusOf(task);
  return {
    questions,
    documents,
    read: { questions: questions.length, documents: documents?.length ?? 0, judgements },
    ownSplits: true,
  };
}
