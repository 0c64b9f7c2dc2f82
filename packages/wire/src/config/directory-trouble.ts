/**
 * Why the directory of `--data` cannot be made or written, with the cure; undefined for other errors.
 * @param error the system's, of the directory or of a file in it
 */
export function directoryTrouble(directory: string, error: unknown): string | undefined {
  const { code, syscall } = error as NodeJS.ErrnoException;
  switch (code) {
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return `--data ${directory} cannot be written by this user (${code}). Name another directory, or run as its owner`;
    case "EEXIST":
    case "ENOTDIR":
      return `--data ${directory} is not a directory: it or a part of its path is a file (${code}). Name another directory`;
    case "ENOENT":
      if (syscall !== "mkdir") return undefined;
      return `--data ${directory} cannot be created (${code}). Name another directory`;
    default:
      return undefined;
  }
}
