import { blocksOf, type Inline } from '../words/markdown.ts';

/** Shows what a model or a person has written as Markdown. Nothing of it becomes HTML of its own. */
export function Prose({ text }: { text: string }) {
  return (
    <div className="flex flex-col gap-2 text-sm leading-relaxed">
      {counted(blocksOf(text)).map(([key, block]) => {
        if (block.kind !== 'list') {
          return (
            <p key={key} className={block.kind === 'heading' ? 'font-medium' : ''}>
              <Inlines parts={block.inlines} />
            </p>
          );
        }
        const List = block.isOrdered ? 'ol' : 'ul';
        return (
          <List key={key} className={`pl-5 ${block.isOrdered ? 'list-decimal' : 'list-disc'}`}>
            {counted(block.items).map(([place, item]) => (
              <li key={place}>
                <Inlines parts={item} />
              </li>
            ))}
          </List>
        );
      })}
    </div>
  );
}

function Inlines({ parts }: { parts: readonly Inline[] }) {
  return counted(parts).map(([key, { kind, text }]) => {
    if (kind === 'text') return <span key={key}>{text}</span>;
    const Tag = kind === 'strong' ? 'strong' : kind === 'em' ? 'em' : 'code';
    return <Tag key={key}>{text}</Tag>;
  });
}

/** A part of a text is what stands at its place. */
function counted<T>(parts: readonly T[]): [key: string, part: T][] {
  return parts.map((part, place) => [String(place), part]);
}
