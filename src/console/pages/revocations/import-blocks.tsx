/** Brings blocks in from a file, as another service gave them out. */
import { Button, FileButton, Progress, Text } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { toData } from '../../../api-client/api-client.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { notifyDone } from '../../parts/notify.ts';
import { api } from '../../shell/api.ts';

/** So many lines go with one request: at most 4 MiB of them. */
const linesAtOnce = 1000;

/** The button, and the dialog once a file is chosen. */
export function ImportBlocks() {
  const [file, setFile] = useState<File | null>(null);
  return (
    <>
      <FileButton
        onChange={setFile}
        accept=".ndjson,.jsonl,application/x-ndjson"
        inputProps={{ 'aria-label': 'File of blocks' }}
      >
        {(props) => (
          <Button variant="default" leftSection={<IconUpload size={16} />} {...props}>
            Import blocks
          </Button>
        )}
      </FileButton>
      {file && <Import file={file} onClose={() => setFile(null)} />}
    </>
  );
}

function Import({ file, onClose }: { readonly file: File; readonly onClose: () => void }) {
  const queries = useQueryClient();
  const [done, setDone] = useState(0);
  const bring = useMutation({
    mutationFn: async () => {
      const lines = (await file.text()).split('\n').filter((line) => line.trim() !== '');
      let imported = 0;
      for (let from = 0; from < lines.length; from += linesAtOnce) {
        const body = lines.slice(from, from + linesAtOnce).join('\n');
        const headers = { 'content-type': 'application/x-ndjson' };
        const counts = await toData(api.POST('/v1/admin/blocks', { body: [], bodySerializer: () => body, headers }));
        imported += counts.imported;
        setDone(Math.min(1, (from + linesAtOnce) / lines.length));
      }
      return imported;
    },
    async onSuccess(imported) {
      await queries.invalidateQueries({ queryKey: ['revocations'] });
      notifyDone(`${imported} blocks were imported.`);
      onClose();
    },
  });
  return (
    <Confirm
      title={`Import ${file.name}?`}
      act="Import"
      isPending={bring.isPending}
      error={bring.error}
      onConfirm={() => bring.mutate()}
      onClose={onClose}
    >
      <Text size="sm">
        Each line is a block, as <code>GET /v1/admin/blocks</code> gives them out. What is there already stays as it is,
        so that a file may be imported again.
      </Text>
      {bring.isPending && <Progress value={done * 100} aria-label="Imported" />}
    </Confirm>
  );
}
