/* Fails, or kills the process at, the n-th call by which files below a folder change: open to write, write, fsync,
   rename, link or truncate. For LD_PRELOAD.
     FAULT_FOLDER  the folder
     FAULT_CALL    n, from 1; 0 only counts
     FAULT_KIND    error (EIO), full (ENOSPC from there on), kill, torn (half of a write, then kill)
     FAULT_COUNT   file that gets the number of calls when the process ends; may be absent */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long calls;

static int isBelow(const char *path) {
  const char *folder = getenv("FAULT_FOLDER");
  char full[PATH_MAX];
  if (!folder || !path)
    return 0;
  if (path[0] != '/') {
    char here[PATH_MAX / 2];
    if (!getcwd(here, sizeof here))
      return 0;
    snprintf(full, sizeof full, "%s/%s", here, path);
    path = full;
  }
  return strncmp(path, folder, strlen(folder)) == 0;
}

static int isOpenBelow(int descriptor) {
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0)
    return 0;
  path[length] = 0;
  return isBelow(path);
}

/* Whether this call fails; does not come back if it kills. */
static int fails(int below) {
  if (!below)
    return 0;
  const long call = ++calls, wanted = atol(getenv("FAULT_CALL") ? getenv("FAULT_CALL") : "0");
  const char *kind = getenv("FAULT_KIND") ? getenv("FAULT_KIND") : "error";
  if (wanted == 0 || call < wanted)
    return 0;
  if (strcmp(kind, "full") == 0) {
    errno = ENOSPC;
    return 1;
  }
  if (call > wanted)
    return 0;
  if (strcmp(kind, "kill") == 0)
    kill(getpid(), SIGKILL);
  errno = EIO;
  return strcmp(kind, "torn") == 0 ? 2 : 1;
}

__attribute__((destructor)) static void report(void) {
  const char *path = getenv("FAULT_COUNT");
  FILE *file = path ? fopen(path, "w") : NULL;
  if (file) {
    fprintf(file, "%ld\n", (long)calls);
    fclose(file);
  }
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int descriptor, const void *bytes, size_t count) {
  const int failed = fails(isOpenBelow(descriptor));
  if (failed == 2) {
    NEXT(write)(descriptor, bytes, count / 2);
    kill(getpid(), SIGKILL);
  }
  return failed ? -1 : NEXT(write)(descriptor, bytes, count);
}

int fsync(int descriptor) { return fails(isOpenBelow(descriptor)) ? -1 : NEXT(fsync)(descriptor); }

int ftruncate(int descriptor, off_t length) {
  return fails(isOpenBelow(descriptor)) ? -1 : NEXT(ftruncate)(descriptor, length);
}

int rename(const char *from, const char *to) { return fails(isBelow(to)) ? -1 : NEXT(rename)(from, to); }

int link(const char *from, const char *to) { return fails(isBelow(to)) ? -1 : NEXT(link)(from, to); }

int linkat(int fromFolder, const char *from, int toFolder, const char *to, int flags) {
  return fails(isBelow(to)) ? -1 : NEXT(linkat)(fromFolder, from, toFolder, to, flags);
}

int open(const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
  va_end(more);
  const int writes = (flags & O_ACCMODE) != O_RDONLY;
  return fails(writes && isBelow(path)) ? -1 : NEXT(open)(path, flags, mode);
}
