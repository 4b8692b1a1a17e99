/** Whether somebody can watch, in one sentence. */
import { Card, Group, Text, ThemeIcon } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { toAbsolute, toDuration } from '../../parts/time.tsx';
import type { Wire } from '../../shell/wire.ts';

type Verdict = Wire['Explanation']['verdict'];

interface Help {
  readonly until?: string | null | undefined;
  readonly opensAt?: string | null | undefined;
  readonly closedAt?: string | null | undefined;
  readonly retryAfter?: number | null | undefined;
  readonly reason?: string | null | undefined;
  readonly country?: string | undefined;
  readonly origin?: string | undefined;
}

const reasons: Partial<Record<Verdict, (help: Help) => string>> = {
  viewer_blocked: ({ until, reason }) =>
    `blocked ${until ? `until ${toAbsolute(until)}` : 'until somebody lifts it'}${reason ? ` (${reason})` : ''}`,
  country_not_allowed: ({ country }) => `the channel may not be watched from ${country ?? 'that country'}`,
  country_unknown: () => 'the channel needs to know the country, and it is not known',
  origin_not_allowed: ({ origin }) => `the channel may not be watched on ${origin ?? 'a page that nobody named'}`,
  channel_closed: ({ until, opensAt, closedAt }) => {
    const opens = opensAt ?? until;
    if (opens) return `the channel opens ${toAbsolute(opens)}`;
    return closedAt ? `the channel closed ${toAbsolute(closedAt)}` : 'the channel is closed';
  },
  channel_not_entitled: () => 'their credential is not for this channel',
  channel_not_found: () => 'the channel is not registered',
  unauthenticated: () => 'their JWT is nobody’s',
  rate_limited: ({ retryAfter }) =>
    `too many tokens were asked for${retryAfter ? `; the next one in ${toDuration(retryAfter)}` : ''}`,
  no_active_key: () => 'the region has no key pair that signs: see Keys',
  entitlement_refused: () => 'your own service says no',
  entitlement_unavailable: () => 'your own service did not answer',
};

/** `can watch`, or why not, as the end of a sentence; `what` is the channel, if it is to be named. */
export function toVerdict(verdict: Verdict, help: Help, what = ''): string {
  const watch = what === '' ? 'watch' : `watch ${what}`;
  if (verdict === 'issued') return `can ${watch}`;
  return `cannot ${watch}: ${reasons[verdict]?.(help) ?? verdict.replaceAll('_', ' ')}`;
}

/** The sentence, with a sign for yes or no. */
export function VerdictCard({
  isGood,
  children,
  more,
}: {
  readonly isGood: boolean;
  readonly children: ReactNode;
  readonly more?: ReactNode;
}) {
  return (
    <Card withBorder padding="lg" aria-live="polite">
      <Group wrap="nowrap" align="flex-start">
        <ThemeIcon size={44} radius="xl" color={isGood ? 'gate' : 'red'} aria-hidden>
          {isGood ? <IconCheck /> : <IconX />}
        </ThemeIcon>
        <div style={{ minWidth: 0 }}>
          <Text size="xl" fw={650} style={{ overflowWrap: 'anywhere' }} data-testid="verdict">
            {children}
          </Text>
          {more}
        </div>
      </Group>
    </Card>
  );
}
