import type { ReactNode } from 'react';
import { KeptUntil } from '../conversation/kept-until.tsx';
import { GapLine, Mark } from '../conversation/mark-row.tsx';
import { Player } from '../conversation/player.ts';
import { PlayerBar } from '../conversation/player-bar.tsx';
import { StateNotice } from '../conversation/state-notice.tsx';
import { ConversationRow } from '../conversations/row.tsx';
import { FileRow } from '../uploads/file-row.tsx';
import { UploadRow } from '../uploads/upload-row.tsx';
import { CONVERSATIONS, JOBS } from './conversations.ts';
import { PARTS, REASONS } from './reasons.ts';
import { listed, uploadOfJob } from './shown.ts';
import { MARKS, SOUNDS } from './sounds.ts';
import { NOW_MS, RECORDINGS, UPLOADS } from './uploads.ts';

const none = () => {};
/** Plays nothing: no state here has a sound. */
const player = new Player();
const WORDS = {
  recordings: 'States of a recording',
  refusals: 'Recordings that were rejected or have failed',
  reasons: 'Why a recording waits, and what is noted about one',
  uploads: 'States of an upload',
  conversations: 'States of a conversation, in the list and opened',
  sounds: 'States of the sound of a conversation, and marks among its words',
  jobs: 'States of a job: the upload as it is shown, and what the app is told',
} as const;

/** Every state by the components that show it to people. */
export function StatesPage() {
  return (
    <main className="mx-auto max-w-7xl">
      <Files of="recordings" />
      <Files of="refusals" />
      <Files of="reasons" />
      <Kind of="uploads">
        {Object.entries(UPLOADS).map(([name, upload]) => (
          <State key={name} name={name}>
            <ul>
              <UploadRow upload={listed(upload)} />
            </ul>
          </State>
        ))}
      </Kind>
      <Kind of="conversations">
        {Object.entries(CONVERSATIONS).map(([name, conversation]) => (
          <State key={name} name={name}>
            <ConversationRow conversation={conversation} folders={[]} onStar={none} onMove={none} />
            <div className="mt-2">
              <StateNotice conversation={conversation} isBusy={false} onRetry={none} />
              <KeptUntil {...conversation} />
            </div>
          </State>
        ))}
      </Kind>
      <Kind of="sounds">
        {Object.entries(SOUNDS).map(([name, sound]) => (
          <State key={name} name={name}>
            <div className="px-8">
              <PlayerBar
                conversation={{ id: 'cnv_ready' }}
                sound={{ player, map: null, url: null, retry: none, ...sound }}
                rows={[]}
                numbers={new Map()}
                follows={false}
                onFollow={none}
              />
            </div>
          </State>
        ))}
        {Object.entries(MARKS).map(([name, row]) => (
          <State key={name} name={`mark: ${name}`}>
            <Mark row={row} onHear={none} />
          </State>
        ))}
        <State name="mark: nothing was recorded">
          <GapLine row={{ kind: 'gap', key: 'gap', fromMs: NOW_MS, toMs: NOW_MS + 120_000 }} />
        </State>
      </Kind>
      <Kind of="jobs">
        {Object.entries(JOBS).map(([name, job]) => {
          const { files: _, ...told } = job;
          return (
            <State key={name} name={name}>
              <ul>
                <UploadRow upload={listed(uploadOfJob(name))} />
              </ul>
              <pre className="mt-2 whitespace-pre-wrap rounded-lg bg-sunken px-4 py-3 text-xs">
                {JSON.stringify(told, null, 1).replace(/[{}"]/g, '').trim()}
              </pre>
            </State>
          );
        })}
      </Kind>
    </main>
  );
}

function Files({ of }: { of: keyof typeof PARTS }) {
  return (
    <Kind of={of}>
      {PARTS[of].map(([name, file]) => (
        <State key={name} name={name}>
          <ul className="rounded-lg border border-line bg-raised px-4">
            <FileRow file={file} upload={uploadOf(name)} />
          </ul>
        </State>
      ))}
    </Kind>
  );
}

/** In which a recording of this state stands: what has ended, in one that is done where there is one. */
function uploadOf(name: string) {
  const file = RECORDINGS[name] ?? REASONS[name];
  const isUnderWay = file?.outcome === 'waiting' || file?.outcome === 'processing';
  const all = Object.values(UPLOADS).filter(({ files }) =>
    files.some(({ recordingId }) => recordingId === file?.recordingId),
  );
  const upload =
    all.find(({ status }) => (status === 'done') !== isUnderWay) ??
    all[0] ??
    UPLOADS[isUnderWay ? 'processing in the queue' : 'done'];
  if (!upload) throw new Error('there is no upload');
  return upload;
}

function Kind({ of, children }: { of: keyof typeof WORDS; children: ReactNode }) {
  return (
    <section id={of} className="px-6 pb-6">
      <h1 className="py-5 text-xl font-semibold tracking-tight">{WORDS[of]}</h1>
      <div className="columns-1 gap-6 lg:columns-2">{children}</div>
    </section>
  );
}

function State({ name, children }: { name: string; children: ReactNode }) {
  return (
    <section className="mb-5 break-inside-avoid">
      <h2 className="mb-1 font-mono text-xs text-ink-soft">{name}</h2>
      {children}
    </section>
  );
}
