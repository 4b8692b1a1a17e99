/** The part of write-file-atomic that is used here; the package brings no types. */

declare module 'write-file-atomic' {
  interface Options {
    /** Permissions of the file, whatever it had before. */
    readonly mode?: number;
  }
  const writeFileAtomic: {
    /** Writes beside the file, syncs to disk and renames over it. Rejects when any of that fails. */
    (path: string, data: string, options?: Options): Promise<void>;
    /** Writes beside the file, syncs to disk and renames over it. Throws when any of that fails. */
    sync(path: string, data: string, options?: Options): void;
  };
  export default writeFileAtomic;
}
