/** Takes files that are dropped anywhere on any page, and shows where they go. */
import { useNavigate } from '@tanstack/react-router';
import { Upload } from 'lucide-react';
import { useEffect, useState } from 'react';
import { toast } from '../data/toast.ts';
import { fetched } from '../parts/on-demand.tsx';
import { presentWords, useWords } from '../words/words.ts';
import { droppedFiles } from './dropped.ts';

export default function DropAnywhere() {
  const { uploads: words } = useWords();
  const navigate = useNavigate();
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const over = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      if (!event.dataTransfer || !hasFiles(event)) return;
      event.preventDefault();
      setOver(false);
      void take(event.dataTransfer).catch(() => {});
    };
    // What sends them may be missing, which is said where it is noticed.
    const take = async (data: DataTransfer) => {
      const [files, { sendAll }] = await Promise.all([droppedFiles(data), fetched(import('./sender.ts'))]);
      if (files.length === 0) {
        toast(presentWords().uploads.nothingToSend);
        return;
      }
      void sendAll(files);
      await navigate({ to: '/uploads' });
    };
    window.addEventListener('dragenter', over);
    window.addEventListener('dragover', over);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragenter', over);
      window.removeEventListener('dragover', over);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
    };
  }, [navigate]);
  if (!isOver) return null;
  return (
    <div className="pointer-events-none fixed inset-0 z-50 flex flex-col items-center justify-center gap-3 border-4 border-dashed border-accent bg-raised text-center shadow-float">
      <Upload size={36} className="text-accent-text" aria-hidden />
      <p className="text-xl font-semibold">{words.dropHere}</p>
      <p className="text-ink-soft">{words.dropHint}</p>
    </div>
  );
}
