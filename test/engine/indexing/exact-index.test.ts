import { createExactIndex } from '../../../src/engine/indexing/exact-index.ts';
import { vectorIndexContract } from '../../contracts/vector-index.ts';

vectorIndexContract(async (dimensions) => createExactIndex(dimensions));
