/** The countries from which the demo channel may not be watched: a list in the channel's policy. */
import { type Result, succeed } from '../errors.ts';
import { type ChannelArn, type CountryCode, policyIdSchema } from '../ids.ts';
import type { Policy } from '../policies/record.ts';
import { defaultPolicy } from '../policies/request.ts';
import type { Services } from '../services.ts';
import { demoAuthor } from './demo-author.ts';

interface BlockedCountriesPorts {
  readonly services: Pick<Services, 'channels' | 'policies'>;
  readonly channelArn: ChannelArn;
}

/** Both resolve with the policy as it is then. Everything else in it stays. */
export interface BlockedCountries {
  /** Refuses new tokens there. A channel without a policy gets one. */
  block(country: CountryCode): Promise<Result<Policy>>;
  unblock(country: CountryCode): Promise<Result<Policy>>;
}

/** The policy that a channel without one gets. A country nobody knows is let in, so that only the blocked ones are refused. */
const firstPolicy: Policy = { ...defaultPolicy, id: policyIdSchema.parse('demo-page'), unknownCountry: 'allow' };

/** Binds both to the service's channels and policies. */
export function createBlockedCountries({ services, channelArn }: BlockedCountriesPorts): BlockedCountries {
  const { channels, policies } = services;

  async function loadPolicy(): Promise<Result<Policy>> {
    const channel = await channels.get(channelArn);
    if (!channel.ok) return channel;
    const { policyId, access } = channel.value;
    if (policyId !== null) return policies.get(policyId);
    await policies.put(demoAuthor, firstPolicy);
    const attached = await channels.put(demoAuthor, channelArn, { access, policyId: firstPolicy.id });
    return attached.ok ? succeed(firstPolicy) : attached;
  }

  async function change(toCountries: (countries: readonly CountryCode[]) => CountryCode[]): Promise<Result<Policy>> {
    const policy = await loadPolicy();
    if (!policy.ok) return policy;
    const changed: Policy = { ...policy.value, blockedCountries: toCountries(policy.value.blockedCountries) };
    await policies.put(demoAuthor, changed);
    return succeed(changed);
  }

  return {
    block: (country) => change((countries) => [...new Set([...countries, country])]),
    unblock: (country) => change((countries) => countries.filter((other) => other !== country)),
  };
}
