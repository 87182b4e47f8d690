import type { ComponentChildren } from 'preact';

/** A choice among few, with its name above it. */
export function Choice<T extends string | number>(props: {
  readonly name: string;
  readonly value: T;
  readonly options: readonly (readonly [value: T, label: string, disabled?: boolean])[];
  onChange(value: T): void;
}) {
  const { name, value, options, onChange } = props;
  return (
    <label class="field">
      <span>{name}</span>
      <select
        value={String(value)}
        onChange={({ currentTarget }) => onChange(options[currentTarget.selectedIndex]![0])}
      >
        {options.map(([each, label, disabled]) => (
          <option key={each} value={String(each)} disabled={disabled} selected={each === value}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}

/** A button with an icon, or without. */
export function Button(props: {
  readonly class?: string;
  readonly disabled?: boolean;
  readonly title?: string;
  onClick(): void;
  readonly children: ComponentChildren;
}) {
  return (
    <button
      type="button"
      class={props.class}
      disabled={props.disabled}
      title={props.title}
      onClick={props.onClick}
    >
      {props.children}
    </button>
  );
}
