import { Link, useNavigate } from '@tanstack/react-router';
import { AudioLines, Sun, Upload } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { useProblemText } from '../app/problems.tsx';
import { api, orThrow } from '../data/api.ts';
import { useMe } from '../data/queries.ts';
import { Button, buttonLook } from '../parts/button.tsx';
import { Empty } from '../parts/empty.tsx';
import { useWords } from '../words/words.ts';

/** What somebody sees who has nothing yet: what this is, what to do first, and a day to try it with. */
export function Welcome() {
  const words = useWords();
  const { welcome: own } = words;
  const { data: me } = useMe();
  const navigate = useNavigate();
  const problemText = useProblemText();
  const [isBusy, setBusy] = useState(false);

  async function takeSample(): Promise<void> {
    setBusy(true);
    try {
      const { id } = orThrow(await api.POST('/api/v1/samples/day'));
      await navigate({ to: '/uploads/$id', params: { id } });
    } catch (error) {
      toast.error(problemText(error));
      setBusy(false);
    }
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
