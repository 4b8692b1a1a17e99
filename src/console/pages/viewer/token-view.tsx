/** Why a token, or the URL with one in it, plays or not; and from there to its viewer. */
import { Button, Card, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { toData } from '../../../api-client/api-client.ts';
import { QueryView } from '../../parts/query-view.tsx';
import { toAbsolute } from '../../parts/time.tsx';
import { api } from '../../shell/api.ts';
import { useFilters } from '../../shell/filters.ts';
import type { Wire } from '../../shell/wire.ts';
import type { Question } from './question.ts';
import { toVerdict, VerdictCard } from './verdict.tsx';

type Reason = NonNullable<Wire['Inspection']['reason']>;

const reasons: Partial<Record<Reason, string>> = {
  malformed: 'this is no token, or a part of one',
  too_large: 'it is longer than IVS takes',
  wrong_algorithm: 'it is not signed with ES384',
  invalid_claims: 'its claims are not those of a playback token',
  signature_not_ours: 'no key pair of this service has signed it',
  expired: 'it has expired; playback has to begin before that',
  expires_too_late: 'it expires later than IVS allows with what it carries',
  revoked: 'its session was ended',
  origin_required: 'it is for a page, and none is named',
  channel_not_found: 'its channel is not registered here',
};

interface TokenViewProps {
  readonly question: Extract<Question, { readonly kind: 'token' | 'playback_url' }>;
  readonly onAsk: (typed: string) => void;
}

/** The verdict, the claims, and a way to the viewer. */
export function TokenView({ question, onAsk }: TokenViewProps) {
  const [{ country, origin }] = useFilters('country', 'origin');
  const { kind: _, ...token } = question;
  const inspection = useQuery({
    // What is secret is forgotten with the page.
    queryKey: ['inspect', question, country, origin],
    queryFn: ({ signal }) =>
      toData(
        api.POST('/v1/tokens/inspect', {
          body: { ...token, ...(country && { country }), ...(origin && { origin }) },
          signal,
        }),
      ),
    gcTime: 0,
    staleTime: 0,
  });
  return (
    <QueryView query={inspection}>
      {(found) => (
        <Stack gap="lg">
          <VerdictCard isGood={found.plays} more={<Again inspection={found} />}>
            {found.plays ? 'This token plays' : `This token does not play: ${toReason(found)}`}.
          </VerdictCard>
          <Claims claims={found.claims} onAsk={onAsk} />
        </Stack>
      )}
    </QueryView>
  );
}

function toReason({ reason, ...help }: Wire['Inspection']): string {
  if (reason === null) return 'for a reason that is not known';
  const text = reasons[reason];
  return text ?? toVerdict(reason as never, help).replace('cannot watch: ', '');
}

function Again({ inspection: { expiresAt, verdict, ...help } }: { readonly inspection: Wire['Inspection'] }) {
  return (
    <Text size="sm" c="dimmed" mt={4}>
      {expiresAt !== null && `Playback has to begin before ${toAbsolute(expiresAt)}. `}
      {verdict !== null && `If they asked for a token now: ${toVerdict(verdict, help)}.`}
    </Text>
  );
}

function Claims({ claims, onAsk }: { readonly claims: Wire['Inspection']['claims'] } & Pick<TokenViewProps, 'onAsk'>) {
  if (claims === null) return null;
  const viewerId = claims['aws:viewer-id'];
  return (
    <Card withBorder>
      <Title order={2} size="h4" mb="sm">
        What it carries
      </Title>
      <Table aria-label="Claims">
        <Table.Tbody>
          {Object.entries(claims).map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th>{name}</Table.Th>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{String(value)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {typeof viewerId === 'string' && (
        <Button mt="md" variant="default" onClick={() => onAsk(viewerId)}>
          Look at the viewer
        </Button>
      )}
    </Card>
  );
}
