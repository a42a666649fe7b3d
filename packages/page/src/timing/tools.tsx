import { ChevronsDown, ChevronsUp, Maximize2, ZoomIn, ZoomOut } from 'lucide-react';
import { memo } from 'react';
import { IconButton } from '../parts/button.tsx';
import { useWords } from '../words/words.ts';
import { ZOOM_STEP } from './zoom.ts';

interface ToolsProps {
  isZoomed: boolean;
  onOpenAll: () => void;
  onCloseAll: () => void;
  onZoom: (factor: number) => void;
  onZoomAll: () => void;
}

/** What the keys of the waterfall do, for a pointer. */
export const Tools = memo(function Tools({ isZoomed, onOpenAll, onCloseAll, onZoom, onZoomAll }: ToolsProps) {
  const { timing: words } = useWords();
  return (
    <div className="flex">
      <IconButton label={words.openAll} icon={<ChevronsDown size={18} aria-hidden />} onClick={onOpenAll} />
      <IconButton label={words.closeAll} icon={<ChevronsUp size={18} aria-hidden />} onClick={onCloseAll} />
      <IconButton
        label={words.zoomOut}
        icon={<ZoomOut size={18} aria-hidden />}
        onClick={() => onZoom(1 / ZOOM_STEP)}
      />
      <IconButton
        label={words.zoomIn}
        icon={<ZoomIn size={18} aria-hidden />}
        onClick={() => onZoom(ZOOM_STEP)}
      />
      <IconButton
        label={words.zoomAll}
        icon={<Maximize2 size={18} aria-hidden />}
        disabled={!isZoomed}
        onClick={onZoomAll}
      />
    </div>
  );
});
