/** What a list shows, kept in the URL: filters, and the cursor of the page. A link to it shows the same to a colleague. */
import { useNavigate, useSearch } from '@tanstack/react-router';

/** The filters of now, and how to change some of them: undefined or an empty text takes one out. */
type UseFilters<Name extends string> = readonly [
  filters: Readonly<Partial<Record<Name, string>>>,
  change: (changed: Readonly<Partial<Record<Name, string | undefined>>>) => void,
];

/** These parameters of the URL. Who changes another one than `cursor` begins at the first page again. */
export function useFilters<const Name extends string>(...names: readonly Name[]): UseFilters<Name> {
  const search: Readonly<Record<string, unknown>> = useSearch({ strict: false });
  const navigate = useNavigate();
  const set = names.flatMap((name) => (typeof search[name] === 'string' ? [[name, search[name]]] : []));
  return [
    Object.fromEntries(set),
    (changed) => {
      const start = 'cursor' in changed ? {} : { cursor: undefined };
      void navigate({ to: '.', search: { ...search, ...start, ...changed } as never });
    },
  ];
}
