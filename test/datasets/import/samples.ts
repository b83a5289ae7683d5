/** A small file of each format, sound, with everything in it that the format is known for. */
export interface Sample {
  readonly format: string;
  /** Which file is damaged. */
  readonly file: string;
  readonly files: Readonly<Record<string, string>>;
  /** Questions in the damaged file's text, counted another way than by the importer; undefined where that needs a parser. */
  readonly count?: (text: string) => number;
}

const lines = (values: readonly object[]): string =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('');
const filled = (text: string): number => text.split('\n').filter((line) => line.trim() !== '').length;

const CORPUS = lines([
  { id: 'fares', title: 'Fares', text: 'Eine Überfahrt kostet 12 €. Dogs sail free.' },
  { id: 'pets', title: 'Pets', text: 'Dogs sail on a lead. 犬' },
]);

const SQUAD = {
  version: 'v2.0',
  data: [
    {
      title: 'Port_Amery',
      paragraphs: [
        {
          context: 'The ferry 😀 leaves at noon. It leaves from Port Amery.',
          qas: [
            {
              id: 'a',
              question: 'When?',
              answers: [{ text: 'noon', answer_start: 22 }],
              is_impossible: false,
            },
            {
              id: 'b',
              question: 'Why?',
              answers: [],
              is_impossible: true,
              plausible_answers: [{ text: 'noon', answer_start: 22 }],
            },
          ],
        },
      ],
    },
  ],
};

export const SAMPLES: readonly Sample[] = [
  {
    format: 'groundspeed',
    file: 'questions.jsonl',
    files: {
      'questions.jsonl': lines([
        {
          id: 'a',
          question: '¿Cuánto cuesta?',
          answers: ['12 €'],
          evidence: [{ document: 'fares', quote: '12 €' }],
        },
        { id: 'b', question: 'Dogs?', answerable: false },
      ]),
      'corpus.jsonl': CORPUS,
    },
    count: filled,
  },
  {
    format: 'beir',
    file: 'queries.jsonl',
    files: {
      'queries.jsonl': lines([
        { _id: 'a', text: '¿Cuánto cuesta?', metadata: { answers: ['12 €'], split: 'test' } },
        { _id: 'b', text: 'Dogs?', metadata: { is_impossible: true } },
      ]),
      'corpus.jsonl': CORPUS,
      'qrels/test.tsv': 'query-id\tcorpus-id\tscore\na\tfares\t2\n',
    },
    count: filled,
  },
  {
    format: 'beir',
    file: 'qrels/test.tsv',
    files: {
      'queries.jsonl': lines([
        { _id: 'a', text: 'Cost?' },
        { _id: 'b', text: 'Dogs?' },
      ]),
      'corpus.jsonl': CORPUS,
      'qrels/test.tsv': 'query-id\tcorpus-id\tscore\na\tfares\t2\nb\tpets\t1\nb\tfares\t0\n',
    },
  },
  {
    format: 'trec',
    file: 'topics.tsv',
    files: {
      'topics.tsv': 'a\t¿Cuánto cuesta?\nb\tDogs?\n',
      'qrels.txt': 'a 0 fares 2\nb 0 pets 1\n',
      'corpus.jsonl': CORPUS,
    },
    count: (text) => text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== '').length,
  },
  {
    format: 'trec',
    file: 'topics.txt',
    files: {
      'topics.txt':
        '<top>\n<num> Number: a\n<title> ¿Cuánto cuesta?\n<desc> Description:\nThe fare.\n</top>\n<top><num>b</num><title>Dogs?</title></top>\n',
      'qrels.txt': 'a 0 fares 2\nb 0 pets 1\n',
      'docs.trec':
        '<DOC>\n<DOCNO> fares </DOCNO>\n<TITLE>Fares</TITLE>\n<TEXT>It costs 12 &amp; more.</TEXT>\n</DOC>\n<DOC><DOCNO>pets</DOCNO><TEXT>Dogs</TEXT></DOC>\n',
    },
    count: (text) => text.toLowerCase().split('<top>').length - 1,
  },
  {
    format: 'trec',
    file: 'docs.trec',
    files: {
      'topics.tsv': 'a\tCost?\n',
      'qrels.txt': 'a 0 fares 2\n',
      'docs.trec':
        '<DOC>\n<DOCNO>fares</DOCNO>\n<TEXT>12</TEXT>\n</DOC>\n<DOC><DOCNO>pets</DOCNO><TEXT>Dogs</TEXT></DOC>\n',
    },
  },
  { format: 'squad', file: 'dev.json', files: { 'dev.json': JSON.stringify(SQUAD, null, 1) } },
  {
    format: 'ragas',
    file: 'ragas.jsonl',
    files: {
      'ragas.jsonl': lines([
        {
          user_input: '¿Cuánto cuesta?',
          reference: '12 €',
          reference_contexts: ['kostet 12 €'],
          reference_context_ids: ['fares'],
        },
        { question: 'Dogs?', ground_truths: ['free'], contexts: ['Dogs sail free.'] },
      ]),
      'corpus.jsonl': CORPUS,
    },
    count: filled,
  },
  {
    format: 'ragas',
    file: 'ragas.csv',
    files: {
      'ragas.csv': `user_input,reference,reference_contexts\n¿Cuánto?,12 €,"['kostet 12 €', ""Dogs""]"\nDogs?,free,[]\n`,
    },
  },
  {
    format: 'deepeval',
    file: 'goldens.json',
    files: {
      'goldens.json': JSON.stringify([
        {
          input: '¿Cuánto?',
          expected_output: '12 €',
          context: ['kostet 12 €'],
          additional_metadata: { a: 1 },
        },
        { input: 'Dogs?', expected_output: 'free', context: null },
      ]),
    },
  },
  {
    format: 'autorag',
    file: 'qa.jsonl',
    files: {
      'qa.jsonl': lines([
        { qid: 'a', query: '¿Cuánto?', retrieval_gt: [['fares', 'pets'], ['pets']], generation_gt: ['12 €'] },
        { qid: 'b', query: 'Dogs?', retrieval_gt: 'pets', generation_gt: 'free' },
      ]),
      'corpus.jsonl': lines([
        { doc_id: 'fares', contents: 'Eine Überfahrt kostet 12 €.', metadata: {} },
        { doc_id: 'pets', contents: 'Dogs sail free.', metadata: { page: 1 } },
      ]),
    },
    count: filled,
  },
  {
    format: 'promptfoo',
    file: 'tests.csv',
    files: {
      'tests.csv':
        'question,__expected,__expected2,__metadata:kind\n¿Cuánto?,"icontains-any: 12 €, 12 EUR",not-contains:13 €,numeric\nDogs?,llm-rubric:is kind,,\n',
    },
  },
  {
    format: 'promptfoo',
    file: 'promptfooconfig.yaml',
    files: {
      'promptfooconfig.yaml':
        'prompts: [p.txt]\ntests:\n  - description: cost\n    vars:\n      question: ¿Cuánto?\n    assert:\n      - type: contains-all\n        value: [12, €]\n      - type: javascript\n        value: output.length < 5\n  - vars: {question: Dogs?}\n    assert: [{type: equals, value: free}, {type: not-contains, value: 13}]\n',
    },
  },
  {
    format: 'langfuse',
    file: 'items.json',
    files: {
      'items.json': JSON.stringify({
        data: [
          {
            id: 'a',
            input: { question: '¿Cuánto?', user: 'u1' },
            expectedOutput: { answer: '12 €' },
            metadata: { kind: 'numeric', source: 'fares' },
            status: 'ACTIVE',
          },
          { id: 'b', input: 'Dogs?', expectedOutput: 'free', metadata: null, status: 'ARCHIVED' },
          { id: 'c', input: { messages: [{ role: 'user', content: 'Pets?' }] }, expectedOutput: null },
        ],
        meta: { page: 1, totalPages: 1 },
      }),
    },
  },
  {
    format: 'csv',
    file: 'golden.csv',
    files: {
      'golden.csv':
        'question,answer,source\n¿Cuánto?,12 €,fares\n"Dogs, ""pets""?","two\nlines",pets; fares\n',
    },
  },
  {
    format: 'jsonl',
    file: 'golden.jsonl',
    files: {
      'golden.jsonl': lines([
        { question: '¿Cuánto?', answer: '12 €', source: 'fares' },
        { id: 'b', question: 'Dogs?', answers: ['free'], relevant: { pets: 2 }, tags: 'a; b' },
      ]),
    },
    count: filled,
  },
  {
    format: 'ragchecker',
    file: 'checking.json',
    files: {
      'checking.json': JSON.stringify({
        results: [
          {
            query_id: 'a',
            query: '¿Cuánto?',
            gt_answer: '12 €',
            response: 'x',
            retrieved_context: [{ doc_id: 'd', text: 't' }],
          },
          { query_id: 'b', query: 'Dogs?', gt_answer: 'free' },
        ],
      }),
    },
  },
];
