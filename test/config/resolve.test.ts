import { describe, expect, it } from 'vitest';
import { configPath } from '../../src/config/environment.ts';
import { engineOptionsOf, experimentOptionsOf, settingsSchema } from '../../src/config/settings.ts';
import { engineSchema } from '../../src/engine/options.ts';
import { experimentSchema } from '../../src/experiments/options.ts';
import { refusal, resolve } from './resolving.ts';

describe('precedence', () => {
  const file = 'chunking: { size: 100, overlap: 10 }\nretrieval:\n  topK: 7\n';

  it('is defaults, then the file, then the environment, then flags', () => {
    const { settings, sources } = resolve({
      file,
      env: { CHUNK_SIZE: '200', MAX_CHUNKS: '8' },
      sets: ['retrieval.topK=9'],
    });
    expect(settings.chunking).toEqual({ size: 200, overlap: 10 });
    expect(settings.retrieval.topK).toBe(9);
    expect(settings.retrieval.candidates).toBe(100);
    expect(sources.get('chunking.overlap')).toBe('file');
    expect(sources.get('chunking.size')).toBe('environment');
    expect(sources.get('retrieval.topK')).toBe('flag');
    expect(sources.get('retrieval.candidates')).toBe('default');
  });

  it('lets the last of several flags win', () => {
    const { settings } = resolve({
      sets: ['retrieval.topK=3', 'retrieval={"topK":4,"rrfK":9}', 'retrieval.topK=5'],
    });
    expect(settings.retrieval).toMatchObject({ topK: 5, rrfK: 9 });
  });

  it('returns to the default with null, a single setting or a whole section', () => {
    const { settings, sources } = resolve({ file, sets: ['retrieval.topK=null', 'chunking=null'] });
    expect(settings).toEqual(resolve().settings);
    expect(sources.get('chunking.size')).toBe('default');
  });

  it('overrules a wrong value with a right one', () => {
    expect(
      resolve({ file: 'retrieval: { topK: many }', sets: ['retrieval.topK=3'] }).settings.retrieval.topK,
    ).toBe(3);
  });

  it('takes nothing but defaults from nothing', () => {
    const { settings, warnings } = resolve({ file: '' });
    expect(settings).toEqual(settingsSchema.parse({}));
    expect(warnings).toEqual([]);
    expect(engineOptionsOf(settings)).toEqual(engineSchema.parse({}));
    expect(experimentOptionsOf(settings)).toEqual(experimentSchema.parse({}));
  });
});

describe('the environment', () => {
  it('sets what its variables are documented to set', () => {
    const { settings } = resolve({
      env: {
        OPENAI_API_KEY: 'sk-1',
        OPENAI_BASE_URL: 'http://localhost:11434/v1',
        VECTOR_DB_URL: 'embedded',
        REDIS_URL: 'redis://localhost',
        DATABASE_URL: 'sqlite:///var/rag.sqlite',
        LOG_LEVEL: 'DEBUG',
        MAX_CONCURRENT_QUERIES: '7',
        ENABLE_CACHING: 'False',
        CHUNK_SIZE: '64',
        CHUNK_OVERLAP: '8',
        MAX_CHUNKS: '3',
        SIMILARITY_THRESHOLD: '0.25',
        MAX_FILE_SIZE: '1000',
        ALLOWED_EXTENSIONS: 'TXT, .rst',
        HOST: '0.0.0.0',
        PORT: '0',
        CORS_ORIGINS: 'https://app.example.com, http://localhost:3000',
      },
    });
    expect(settings).toMatchObject({
      openai: { apiKey: 'sk-1', baseUrl: 'http://localhost:11434/v1' },
      caching: { enabled: false, redisUrl: 'redis://localhost' },
      store: { url: 'sqlite:///var/rag.sqlite' },
      log: { level: 'debug' },
      limits: { maxConcurrentQueries: 7 },
      chunking: { size: 64, overlap: 8 },
      retrieval: { topK: 3, similarityThreshold: 0.25 },
      documents: { maxFileSize: 1000, extensions: ['.txt', '.rst'] },
      server: { host: '0.0.0.0', port: 0, corsOrigins: ['https://app.example.com', 'http://localhost:3000'] },
    });
  });

  it('counts an empty variable as unset', () => {
    const { settings } = resolve({ env: { CHUNK_SIZE: '', PORT: ' ', DATABASE_URL: '', VECTOR_DB_URL: '' } });
    expect(settings).toEqual(resolve().settings);
  });

  it('refuses another vector database, as unsupported, with exit code 2', () => {
    const error = refusal({ env: { VECTOR_DB_URL: 'http://qdrant:6333' } });
    expect(error.code).toBe('config.unsupported');
    expect(error.exitCode).toBe(2);
    expect(error.problems[0]).toMatch(/^VECTOR_DB_URL: must be embedded, .*"http:\/\/qdrant:6333"; unset it/);
  });

  it('refuses a database other than SQLite, and says what is supported', () => {
    const [problem] = refusal({ env: { DATABASE_URL: 'postgres://db/rag' } }).problems;
    expect(problem).toBe(
      'store.url: must be text like sqlite:///path/to/store.sqlite, but DATABASE_URL says "postgres://db/rag"',
    );
  });

  it('takes Redis for a shared cache without a warning', () => {
    expect(resolve({ env: { REDIS_URL: 'redis://x' } }).warnings).toEqual([]);
  });

  it('names the configuration file, where no flag does', () => {
    expect(configPath({ RAG_CONFIG_PATH: 'a.yaml' })).toBe('a.yaml');
    expect(configPath({ RAG_CONFIG_PATH: 'a.yaml' }, 'b.json')).toBe('b.json');
    expect(configPath({ RAG_CONFIG_PATH: ' ' })).toBeUndefined();
  });
});

describe('flags', () => {
  it('are JSON where they are JSON, else text', () => {
    const { settings } = resolve({
      sets: [
        'generation.prices={"gpt-4.1":{"input":2,"output":8}}',
        'documents.extensions=["md"]',
        'caching.enabled=0',
        'generation.model=4',
        'embedding.model="5"',
        'server.host=a=b',
      ],
    });
    expect(settings.generation.prices).toEqual({ 'gpt-4.1': { input: 2, output: 8 } });
    expect(settings.documents.extensions).toEqual(['.md']);
    expect(settings.caching.enabled).toBe(false);
    expect(settings.generation.model).toBe('4');
    expect(settings.embedding.model).toBe('5');
    expect(settings.server.host).toBe('a=b');
  });

  it('set one place of a table whose names are known, and leave the rest of it as it is', () => {
    const file = 'resilience:\n  dependencies:\n    embedder: { timeoutMs: 700, breaker: { failures: 9 } }\n';
    const sets = [
      'resilience.dependencies.embedder.breaker.enabled=false',
      'resilience.dependencies.generator.timeoutMs=800',
      'resilience.dependencies.cache.timeoutMs=3',
      'resilience.dependencies.cache.timeoutMs=null',
    ];
    const { settings, sources } = resolve({ file, sets });
    expect(settings.resilience.dependencies).toEqual({
      embedder: { timeoutMs: 700, breaker: { failures: 9, enabled: false } },
      generator: { timeoutMs: 800 },
      cache: {},
    });
    expect(sources.get('resilience.dependencies')).toBe('flag');
  });

  it.each([
    ['resilience.dependencies.embeder.timeoutMs=5', 'names a setting that does not exist'],
    ['resilience.dependencies.embedder.timeout=5', 'Unrecognized key'],
    ['resilience.dependencies.embedder.timeoutMs=soon', 'expected number'],
    ['target.headers.authorization=secret', 'names a setting that does not exist'],
  ])('name no place that a table does not have: %s', (set, problem) => {
    const { problems } = refusal({ sets: [set] });
    expect(problems).toEqual([expect.stringContaining(problem)]);
    expect(problems.join()).not.toContain('secret');
  });

  it.each(['retrieval.topK', '=3', ''])('must be path=value, unlike "%s"', (set) => {
    expect(refusal({ sets: [set] }).problems).toEqual([
      '--set: must be path=value, such as --set retrieval.topK=10',
    ]);
  });

  it.each([
    ['retrieval.topk', 'retrieval.topK'],
    ['retreival.mode', 'retrieval.mode'],
    ['topK', 'retrieval.topK or target.topK'],
    ['cachng', 'caching'],
    ['retrieval.top_k', 'retrieval.topK'],
    ['generation.api_key', 'openai.apiKey or judge.apiKey'],
    ['embeding.provider', 'embedding.provider'],
    ['caching.respnse', 'caching.response'],
  ])('that name no setting are told the nearest: %s', (path, nearest) => {
    expect(refusal({ sets: [`${path}=1`] }).problems).toEqual([
      `${path}: --set names a setting that does not exist; did you mean ${nearest}?`,
    ]);
  });

  it('that resemble nothing are told no other', () => {
    expect(refusal({ sets: ['retrieval.foo=1'] }).problems).toEqual([
      'retrieval.foo: --set names a setting that does not exist',
    ]);
  });

  it('that stand for one setting are named as what they are, and have the last word', () => {
    const assignments = [{ by: '--profile', text: 'bench.profile=fast' }];
    expect(refusal({ sets: ['bench.profile=quick'], assignments }).problems).toEqual([
      'bench.profile: must be one of quick, standard, full, but --profile says "fast"',
    ]);
    expect(refusal({ assignments: [{ by: ':set', text: 'topK' }] }).problems).toEqual([
      ':set: must be path=value, such as :set retrieval.topK=10',
    ]);
  });
});

describe('what is wrong', () => {
  it('is all told at once, with its path, what was given, where, and what is allowed', () => {
    const error = refusal({
      file: 'retrieval:\n  mode: fuzzy\n  topk: 3\nindex: 7\ngeneration:\n  prices:\n    m: { input: -1 }\n',
      env: { CHUNK_SIZE: '30', CHUNK_OVERLAP: '31', PORT: '-1', VECTOR_DB_URL: 'chroma' },
      sets: ['limits.maxQuestionLength=ten', 'embedding.provider=openai'],
    });
    expect(error.code).toBe('config.invalid');
    expect(error.exitCode).toBe(2);
    expect(error.message).toBe('9 settings are wrong');
    expect([...error.problems].sort()).toEqual([
      'VECTOR_DB_URL: must be embedded, all that this version supports, but is "chroma"; unset it or write VECTOR_DB_URL=embedded',
      'chunking.overlap: must be smaller than chunking.size, but CHUNK_OVERLAP says "31"',
      'generation.prices.m.input: Too small: expected number to be >=0 (rag.yaml:6)',
      'index: is a group of settings (index.vector, say), but rag.yaml:4 gives it a value of its own',
      'limits.maxQuestionLength: must be a whole number from 1 to 1000000, but --set says "ten"',
      'openai.apiKey: is missing, though embedding.provider is openai; set OPENAI_API_KEY, or openai.baseUrl for a service that needs no key',
      'retrieval.mode: must be one of hybrid, keyword, vector, but rag.yaml:2 says "fuzzy"',
      'retrieval.topk: rag.yaml:3 names a setting that does not exist; did you mean retrieval.topK?',
      'server.port: must be a whole number from 0 to 65535, but PORT says "-1"',
    ]);
  });

  it('names the default where that is what no longer fits', () => {
    expect(refusal({ env: { CHUNK_SIZE: '30' } }).problems).toEqual([
      'chunking.overlap: must be smaller than chunking.size, but the default says 40',
    ]);
  });

  it.each(['true', '[]', '" "', '{ a: 1 }', '.nan', '.inf', '0x1G'])(
    'includes %s where a number belongs',
    (value) => {
      expect(refusal({ file: `index: { k1: ${value} }` }).problems[0]).toMatch(
        /^index.k1: must be a number from 0 to 10, but rag.yaml:1 says /,
      );
    },
  );

  it('includes OpenAI without a key, unless the service may need none', () => {
    const sets = ['embedding.provider=openai', 'generation.provider=openai'];
    expect(refusal({ sets }).problems).toEqual([
      'openai.apiKey: is missing, though embedding.provider and generation.provider are openai; set OPENAI_API_KEY, or openai.baseUrl for a service that needs no key',
    ]);
    expect(resolve({ sets, env: { OPENAI_API_KEY: 'k' } }).settings.openai.apiKey).toBe('k');
    expect(resolve({ sets, env: { OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' } }).warnings).toEqual([]);
  });

  it('includes vector search without vectors', () => {
    expect(refusal({ sets: ['retrieval.mode=vector', 'embedding.provider=none'] }).problems[0]).toMatch(
      /^retrieval.mode: is vector, though embedding.provider is none/,
    );
    expect(resolve({ sets: ['retrieval.mode=hybrid', 'embedding.provider=none'] }).warnings).toEqual([]);
  });

  it.each(['localhost:11434/v1', 'ftp://host/v1', 'not a url'])('includes a base URL such as %s', (url) => {
    expect(refusal({ env: { OPENAI_BASE_URL: url } }).problems[0]).toMatch(
      /^openai.baseUrl: must be a URL like https/,
    );
  });

  it.each(['https://a.example.com/', 'app.example.com', 'https://a.example.com/x'])(
    'includes %s, which no browser sends as an origin',
    (origin) => {
      expect(refusal({ env: { CORS_ORIGINS: `*, ${origin}` } }).problems[0]).toMatch(
        /^server.corsOrigins.1: must be \* or an origin such as .*, but CORS_ORIGINS says/,
      );
    },
  );

  it('is warned of where it is odd and yet allowed', () => {
    expect(resolve({ sets: ['retrieval.contextTokens=100'] }).warnings).toEqual([
      'retrieval.contextTokens (100) is less than chunking.size (320): a full chunk never fits, and the generator does not see it',
    ]);
  });
});
