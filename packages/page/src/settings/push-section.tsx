import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, orThrow } from '../data/api.ts';
import { keys } from '../data/keys.ts';
import { toast } from '../data/toast.ts';
import { Button } from '../parts/button.tsx';
import { Checkbox } from '../parts/field.tsx';
import { Notice } from '../parts/notice.tsx';
import { useFormat } from '../words/format.ts';
import { useWords } from '../words/words.ts';
import { devicesQuery, useChange } from './queries.ts';
import { Read, Row, Rows, Section } from './section.tsx';
import { presentSubscription, pushAbility, subscribe } from './subscription.ts';
import { thisDevice } from './this-device.ts';

export function PushSection() {
  const { push: own } = useWords().settings;
  const format = useFormat();
  const query = useQuery(devicesQuery);
  const { data } = query;
  const remove = useChange(
    async (id: string) =>
      orThrow(await api.DELETE('/api/v1/push/devices/{id}', { params: { path: { id } } })),
    [keys.pushDevices],
  );
  if (!data)
    return (
      <Section title={own.title} text={own.text}>
        <Read query={query}>{null}</Read>
      </Section>
    );
  const { devices, services } = data;
  const here = devices.find(({ id }) => id === thisDevice.get());

  async function removeDevice(id: string): Promise<void> {
    if (id === here?.id) {
      thisDevice.set(null);
      await (await presentSubscription())?.unsubscribe();
    }
    await remove.mutateAsync(id);
  }

  return (
    <Section title={own.title} text={own.text}>
      {services.web === null ? (
        <Notice>{own.notSetUp}</Notice>
      ) : (
        !here && <TurnOn publicKey={services.web.publicKey} />
      )}
      {devices.length > 0 && (
        <div>
          <h3 className="font-medium">{own.devices}</h3>
          <Rows>
            {devices.map(({ id, kind, name, createdAtMs }) => (
              <Row
                key={id}
                title={name ?? (kind === 'web' ? own.browser : own.phone)}
                about={[format.date(createdAtMs), ...(id === here?.id ? [own.thisDevice] : [])].join(' · ')}
                actions={
                  <Button kind="quiet" onClick={() => void removeDevice(id).catch(() => {})}>
                    {id === here?.id ? own.turnOff : own.remove}
                  </Button>
                }
              />
            ))}
          </Rows>
        </div>
      )}
    </Section>
  );
}

function TurnOn({ publicKey }: { publicKey: string }) {
  const { push: own } = useWords().settings;
  const [titles, setTitles] = useState(false);
  const turnOn = useChange(async () => {
    const subscription = await subscribe(publicKey).catch(() => null);
    if (!subscription) return void toast.error(pushAbility() === 'denied' ? own.denied : own.failed);
    const { endpoint = '', keys: given } = subscription.toJSON();
    const { device } = orThrow(
      await api.POST('/api/v1/push/devices', {
        body: {
          kind: 'web',
          titles,
          name: nameOfBrowser(navigator.userAgent),
          subscription: { endpoint, keys: { p256dh: given?.p256dh ?? '', auth: given?.auth ?? '' } },
        },
      }),
    );
    thisDevice.set(device.id);
  }, [keys.pushDevices]);
  const ability = pushAbility();
  if (ability !== 'possible') return <Notice>{ability === 'denied' ? own.denied : own.unsupported}</Notice>;
  return (
    <div className="flex flex-wrap items-center justify-between gap-4">
      <Checkbox label={own.titles} checked={titles} onChange={setTitles} />
      <Button kind="main" onClick={() => turnOn.mutate(undefined)} busy={turnOn.isPending}>
        {own.turnOn}
      </Button>
    </div>
  );
}

/** @returns as `Firefox on Android`, for a list in which somebody looks for a device of theirs */
function nameOfBrowser(agent: string): string {
  const browser = /(Edg|OPR|Firefox|FxiOS|CriOS|Chrome|Safari)/.exec(agent)?.[1] ?? 'Browser';
  const system = /(Android|iPhone|iPad|Windows|Mac OS|CrOS|Linux)/.exec(agent)?.[1] ?? '';
  const names: Record<string, string> = {
    Edg: 'Edge',
    OPR: 'Opera',
    FxiOS: 'Firefox',
    CriOS: 'Chrome',
    CrOS: 'ChromeOS',
  };
  return [names[browser] ?? browser, names[system] ?? system].filter(Boolean).join(', ');
}
