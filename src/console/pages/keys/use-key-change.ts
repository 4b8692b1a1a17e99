/** Something that is done with keys: after it, all that is known of them is asked for anew. */
import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';
import { notifyDone } from '../../parts/notify.ts';

/** A change; when it is done `done` is said, and `onDone` called. */
export function useKeyChange<Data>(
  change: () => Promise<Data>,
  { done, onDone }: { readonly done: string; readonly onDone?: () => void },
): UseMutationResult<Data, Error, void> {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    async onSuccess() {
      await queries.invalidateQueries({ queryKey: ['keys'] });
      notifyDone(done);
      onDone?.();
    },
  });
}
