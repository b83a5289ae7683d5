/**
 * What services call the parts of their replies, and how telling each name is, from 0 to 10. Names are compared in small
 * letters without signs: `output_text`, `outputText` and `output-text` are one.
 */
export type Names = Readonly<Record<string, number>>;

const wordSet = (words: string): ReadonlySet<string> => new Set(words.trim().split(/\s+/));

export const ANSWER_NAMES: Names = {
  answer: 10,
  finalanswer: 10,
  answertext: 10,
  generatedanswer: 10,
  outputtext: 9,
  generatedtext: 9,
  answers: 8,
  response: 8,
  responsetext: 8,
  textresponse: 8,
  reply: 8,
  replies: 8,
  completion: 8,
  generation: 8,
  botmessage: 8,
  output: 7,
  result: 7,
  content: 6,
  text: 6,
  message: 5,
  choices: 5,
  ai: 5,
  summary: 4,
  data: 4,
  value: 3,
  body: 3,
  msg: 3,
};

/** Texts that are not the answer, whatever they look like. */
export const NO_ANSWER_NAMES: ReadonlySet<string> = wordSet(`
  context snippet excerpt quote passage pagecontent chunk source citation
  question query input prompt request system instructions instruction history reasoning reasoningcontent
  thinking thought thoughts error errors detail id model object url uri title name status warning warnings
  disclaimer role type finishreason stopreason debug trace followups followup suggestions
  suggestedquestions relatedquestions rewrittenquery searchquery arguments`);

/** What stands within these is told beside the answer. */
export const ASIDE_NAMES: ReadonlySet<string> = wordSet(`
  history chathistory callbackevents intermediatesteps toolcalls tools logs steps followups suggestions
  relatedquestions suggestedquestions metadata meta debug trace request`);

export const PASSAGE_LIST_NAMES: Names = {
  sources: 10,
  sourcedocuments: 10,
  sourcenodes: 10,
  passages: 10,
  retrieveddocuments: 10,
  retrievedcontexts: 10,
  retrievedchunks: 10,
  retrievedpassages: 10,
  retrieverresources: 10,
  retrievedreferences: 10,
  retrieved: 9,
  documents: 9,
  docs: 9,
  contexts: 9,
  context: 9,
  chunks: 9,
  citations: 8,
  references: 8,
  searchresults: 8,
  evidence: 8,
  evidences: 8,
  groundingchunks: 8,
  hits: 7,
  nodes: 7,
  matches: 7,
  snippets: 7,
  source: 6,
  results: 6,
  annotations: 5,
  items: 3,
  ids: 3,
  data: 2,
};

/** Lists that hold no passages, though their elements may have texts and ids. */
export const NO_PASSAGE_LIST_NAMES: ReadonlySet<string> = wordSet(`
  messages history chathistory choices tools toolcalls callbackevents intermediatesteps logs steps errors
  warnings followups suggestions relatedquestions suggestedquestions candidates parts embeddings usage`);

/** Names of whole documents come before names of chunks: golden sets know documents. */
export const ID_NAMES: Names = {
  documentid: 10,
  docid: 10,
  sourceid: 9,
  source: 9,
  fileid: 6,
  filename: 8,
  filepath: 8,
  file: 8,
  path: 7,
  url: 7,
  uri: 7,
  link: 6,
  href: 6,
  document: 6,
  name: 5,
  id: 6,
  key: 4,
  slug: 6,
  reference: 5,
  ref: 5,
  nodeid: 4,
  passageid: 4,
  chunkid: 4,
  title: 3,
};

/** What sorts documents, and names none of them. */
export const KIND_NAMES: ReadonlySet<string> = wordSet(`
  kind type category class topic tag tags label section language lang locale status state sourcetype mimetype format
  doctype documenttype collection index dataset`);

export const TEXT_NAMES: Names = {
  pagecontent: 10,
  text: 10,
  content: 9,
  passage: 9,
  chunk: 9,
  chunktext: 9,
  snippet: 8,
  excerpt: 8,
  quote: 8,
  body: 7,
  context: 7,
  document: 6,
  preview: 6,
  summary: 4,
  description: 4,
};

export const TITLE_NAMES: Names = {
  title: 10,
  documenttitle: 10,
  documentname: 8,
  heading: 7,
  name: 7,
  label: 6,
  filename: 5,
  section: 3,
};

export const SCORE_NAMES: Names = {
  score: 10,
  relevancescore: 10,
  rerankscore: 10,
  rerankerscore: 10,
  similarity: 9,
  similarityscore: 9,
  relevance: 9,
  confidence: 6,
  weight: 4,
  distance: 3,
};

export const INPUT_TOKEN_NAMES: Names = {
  inputtokens: 10,
  prompttokens: 10,
  prompttokencount: 10,
  inputtokencount: 10,
  promptevalcount: 9,
  tokensin: 8,
  tokensinput: 8,
  tokensprompt: 8,
  ntokenscontext: 6,
};

export const OUTPUT_TOKEN_NAMES: Names = {
  outputtokens: 10,
  completiontokens: 10,
  candidatestokencount: 10,
  outputtokencount: 10,
  generatedtokens: 9,
  evalcount: 9,
  tokensout: 8,
  tokensoutput: 8,
  tokenscompletion: 8,
};

export const COST_NAMES: Names = {
  costusd: 10,
  totalcostusd: 10,
  cost: 9,
  totalcost: 9,
  usdcost: 9,
  price: 6,
};

export const CACHE_NAMES: Names = {
  cachehit: 10,
  cachestatus: 10,
  cachestate: 10,
  fromcache: 10,
  iscached: 10,
  cached: 9,
  cache: 9,
};

export const CONFIDENCE_NAMES: Names = {
  confidence: 10,
  confidencescore: 10,
  answerconfidence: 10,
  certainty: 8,
  groundedness: 5,
};

/** `answerable` and its like say the opposite. */
export const ABSTAINED_NAMES: Names = {
  abstained: 10,
  abstention: 10,
  noanswer: 10,
  unanswerable: 10,
  isunanswerable: 10,
  refused: 8,
  isrefusal: 8,
  answernotfound: 8,
  notfound: 6,
};

export const ANSWERED_NAMES: Names = {
  answerable: 10,
  isanswerable: 10,
  hasanswer: 10,
  answerfound: 8,
  answered: 8,
};

export const plainName = (name: string): string => name.toLowerCase().replaceAll(/[^a-z\d]/g, '');

/** How telling a name is; 0 where it is none of these. */
export function weightOf(names: Names, name: string | undefined): number {
  if (name === undefined) return 0;
  const plain = plainName(name);
  return Object.hasOwn(names, plain) ? names[plain]! : 0;
}
