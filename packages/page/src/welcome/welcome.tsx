import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { AudioLines, Sun, Upload } from 'lucide-react';
import { useState } from 'react';
import { useProblemText } from '../app/problems.tsx';
import { api, orThrow } from '../data/api.ts';
import { hasDeleted } from '../data/deleted.ts';
import { useMe } from '../data/queries.ts';
import { toast } from '../data/toast.ts';
import { Button, buttonLook } from '../parts/button.tsx';
import { Empty } from '../parts/empty.tsx';
import { Loading } from '../parts/loading.tsx';
import { useWords } from '../words/words.ts';
import { UnderWay, useUnderWay } from './under-way.tsx';

/** What somebody sees who has nothing yet: what this is, what to do first, and a day to try it with. */
export function Welcome() {
  const words = useWords();
  const { welcome: own } = words;
  const { data: me } = useMe();
  const queries = useQueryClient();
  const underWay = useUnderWay();
  const problemText = useProblemText();
  const [isBusy, setBusy] = useState(false);

  async function takeSample(): Promise<void> {
    setBusy(true);
    try {
      orThrow(await api.POST('/api/v1/samples/day'));
      hasDeleted.set(false);
      // What becomes of it is told here from now on.
      await queries.invalidateQueries({ queryKey: ['uploads'] });
    } catch (error) {
      toast.error(problemText(error));
    }
    setBusy(false);
  }

  if (underWay === undefined) return <Loading label={words.common.loading} />;
  const [latest] = underWay;
  if (latest) {
    const files = underWay.reduce((sum, { counts }) => sum + counts.pending, 0);
    return <UnderWay latest={latest} files={Math.max(1, files)} />;
  }
  return (
    <Empty
      icon={<AudioLines size={40} aria-hidden />}
      title={own.title}
      text={
        <>
          <p>{own.whatItDoes}</p>
          <p className="mt-3">{own.howItBegins}</p>
          <p className="mt-3">{own.whereItStays}</p>
        </>
      }
      actions={
        <>
          {me?.sampleDay && (
            <Button kind="main" onClick={() => void takeSample()} busy={isBusy}>
              <Sun size={16} aria-hidden />
              {isBusy ? own.taking : own.takeSample}
            </Button>
          )}
          <Link to="/uploads" className={buttonLook('plain')}>
            <Upload size={16} aria-hidden />
            {own.send}
          </Link>
        </>
      }
    />
  );
}
