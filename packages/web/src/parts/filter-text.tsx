import { useEffect, useRef, useState } from "react";
import { SearchField } from "../design/search-field.tsx";

interface FilterTextProps {
  readonly label: string;
  readonly placeholder?: string;
  /** As it is in the URL; absent: nothing. */
  readonly value: string | undefined;
  /** Of an empty text: undefined. */
  readonly onChange: (value: string | undefined) => void;
  /** After the last key; 0 where nothing is fetched for it. */
  readonly delayMilliseconds?: number;
}

/** A search field of which the URL keeps the text: what is typed shows at once, and reaches the URL when the typing pauses. */
export function FilterText({ value = "", onChange, delayMilliseconds = 0, ...words }: FilterTextProps) {
  const [typed, setTyped] = useState(value);
  const told = useRef(value);
  const tell = useRef(onChange);
  tell.current = onChange;
  // The URL was changed by something else: a link, or Back.
  useEffect(() => {
    if (value !== told.current) setTyped(value);
    told.current = value;
  }, [value]);
  useEffect(() => {
    if (typed === told.current) return undefined;
    const timer = setTimeout(() => {
      told.current = typed;
      tell.current(typed === "" ? undefined : typed);
    }, delayMilliseconds);
    return () => clearTimeout(timer);
  }, [typed, delayMilliseconds]);
  return <SearchField {...words} value={typed} onChange={setTyped} />;
}
