import { describe, expect, it } from 'vitest';
import { hostAllowed, isLoopback } from '../../../../src/load/targets/http/loopback.ts';

describe('isLoopback', () => {
  it.each([
    'http://127.0.0.1:8080/api',
    'http://127.9.8.7',
    'https://localhost/x',
    'http://LOCALHOST.:80',
    'http://[::1]:3000',
    'http://127.1',
    'http://2130706433',
    'http://0x7f.1',
    'http://[::ffff:127.0.0.1]',
  ])('takes %s for this machine', (url) => {
    expect(isLoopback(url)).toBe(true);
  });

  it.each([
    'http://128.0.0.1',
    'http://10.0.0.1',
    'http://localhost.example.com',
    'http://notlocalhost',
    'http://127.0.0.1.example.com',
    'http://127.0.0.1@example.com',
    'http://[::2]',
    'http://0.0.0.0',
    'localhost:8080',
    'nonsense',
  ])('takes %s for another', (url) => {
    expect(isLoopback(url)).toBe(false);
  });
});

describe('hostAllowed', () => {
  it.each([
    ['https://rag.example.com/api', ['rag.example.com']],
    ['https://RAG.example.com/api', ['other', ' Rag.Example.Com ']],
    ['https://a.example.com', ['*.example.com']],
    ['https://a.b.example.com', ['*.example.com']],
    ['https://rag.example.com:8443', ['rag.example.com']],
    ['https://rag.example.com:8443', ['rag.example.com:8443']],
    ['https://rag.example.com', ['rag.example.com:443']],
    ['http://[fe80::1]:80', ['[fe80::1]']],
  ])('%s is in %j', (url, list) => {
    expect(hostAllowed(url, list)).toBe(true);
  });

  it.each([
    ['https://example.com', ['*.example.com']],
    ['https://rag.example.com', []],
    ['https://rag.example.com.evil.org', ['rag.example.com']],
    ['https://evilexample.com', ['*.example.com']],
    ['https://rag.example.com:8443', ['rag.example.com:443']],
    ['https://rag.example.com', ['*', '*.', '']],
    ['https://rag.example.com', ['https://rag.example.com']],
    ['nonsense', ['nonsense', '']],
  ])('%s is not in %j', (url, list) => {
    expect(hostAllowed(url, list)).toBe(false);
  });
});
