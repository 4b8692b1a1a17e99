/** `/v1/admin/blocks`: all blocks, as lines to keep and to bring in again. */
import type { Block } from '../../revocations/block-record.ts';
import { blockRequestsSchema } from '../../revocations/block-request.ts';
import { answer } from '../answer.ts';
import { operators, readers } from '../callers.ts';
import { defineRoute, type Route } from '../route.ts';
import { blocksDocument, importCountsDocument, toWireBlock } from '../wire/block.ts';

const path = '/v1/admin/blocks';
const shared = { tag: 'blocks' } as const;

/** For admins: write down all blocks, and bring them into a store that lost them or never had them. */
export const blockRoutes: readonly Route[] = [
  defineRoute({
    ...shared,
    method: 'get',
    path,
    operationId: 'exportBlocks',
    callers: readers,
    summary: 'Write down every block that holds now, one a line',
    description:
      'Viewers of a list have a line each. The answer is sent as it is read; one that breaks off is not whole.',
    answers: { 200: { description: 'Lines of JSON', body: blocksDocument, form: 'lines' } },
    handle: async (_, { blocks }) => answer(200, toWireBlocks(blocks.listAll())),
  }),
  defineRoute({
    ...shared,
    method: 'post',
    path,
    operationId: 'importBlocks',
    callers: operators,
    summary: 'Bring in blocks as they were written down, one a line',
    description:
      'Each line becomes a revocation with this block, which also ends the sessions of whom it names. Viewer ids are those of tokens, and are not hashed again; channels need not be registered. When one line is not valid nothing is done; `path` then begins with the number of the line. The same lines may be sent again: of blocks that are alike, on the same viewer or channel until the same time, one is made. A file of more than 4,000 lines is sent in parts.',
    body: {
      name: 'BlocksRequest',
      schema: () => blockRequestsSchema,
      example: blocksDocument.example,
      form: 'lines',
      maxBytes: 4 * 1024 * 1024,
    },
    answers: { 200: { description: 'What became of the lines', body: importCountsDocument } },
    async handle({ by, body, note }, { blocks }) {
      const counts = await blocks.importAll(by, body);
      note({ counts });
      return answer(200, counts);
    },
  }),
];

async function* toWireBlocks(blocks: AsyncIterable<Block>) {
  for await (const block of blocks) yield toWireBlock(block);
}
