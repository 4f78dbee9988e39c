/** True when two types are the same, and not just alike. */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles when what is handed in is of type `T` exactly. */
export function is<T>() {
  return <U>(_value: U, ..._same: Same<T, U> extends true ? [] : ["another type"]): void => {};
}
