/* A library for LD_PRELOAD: makes one call of a program to the file system fail, or names what it opens outside of a folder.
 *
 * TORTURE_FOLDER  the folder whose files are meant
 * TORTURE_FAIL    "<call> <n> <errno>": the n-th such call on a file of the folder fails; the calls are open (to write), read,
 *                 write, fsync, rename, unlink and mkdir
 * TORTURE_SHORT   if set, every write to a file of the folder takes half of its bytes
 * TORTURE_LOG     a file that gets a line for every file that is opened outside of one folder in it (or of itself): that whose
 *                 file .begin was opened last; none before one was
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define FILES 65536
static atomic_char ours[FILES];
static atomic_int calls;
/* Opening .begin waits for no other call, so that no other thread reads it then. */
static char watched[PATH_MAX];
static const char *folder;
static const char *log_file;
static char fail_call[16];
static int fail_at;
static int fail_errno;
static int halve;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void start(void) {
  folder = getenv("TORTURE_FOLDER");
  log_file = getenv("TORTURE_LOG");
  halve = getenv("TORTURE_SHORT") != NULL;
  const char *fail = getenv("TORTURE_FAIL");
  if (fail != NULL) sscanf(fail, "%15s %d %d", fail_call, &fail_at, &fail_errno);
}

static int within(const char *parent, const char *path) {
  if (parent == NULL || path == NULL) return 0;
  char absolute[PATH_MAX];
  if (path[0] != '/') {
    char here[PATH_MAX];
    if (getcwd(here, sizeof here) == NULL) return 0;
    snprintf(absolute, sizeof absolute, "%s/%s", here, path);
    path = absolute;
  }
  size_t length = strlen(parent);
  return strncmp(path, parent, length) == 0 && (path[length] == '/' || path[length] == '\0') && strstr(path, "/../") == NULL;
}

static int inside(const char *path) { return within(folder, path); }

/* Whether this call is the one that has to fail; errno is set then. */
static int fails(const char *call) {
  if (strcmp(call, fail_call) != 0 || atomic_fetch_add(&calls, 1) + 1 != fail_at) return 0;
  errno = fail_errno;
  return 1;
}

static void watch(const char *path) {
  if (log_file == NULL || path == NULL) return;
  size_t length = strlen(path);
  if (inside(path) && length > 7 && length < PATH_MAX && strcmp(path + length - 7, "/.begin") == 0) {
    memcpy(watched, path, length - 7);
    watched[length - 7] = '\0';
    return;
  }
  if (watched[0] == '\0' || within(watched, path)) return;
  if (strncmp(path, "/proc/", 6) == 0 || strncmp(path, "/dev/", 5) == 0) return;
  int handle = REAL(open)(log_file, O_WRONLY | O_APPEND | O_CREAT, 0600);
  if (handle < 0) return;
  dprintf(handle, "%s\n", path);
  close(handle);
}

static int opened(int handle, const char *path) {
  if (handle >= 0 && handle < FILES) atomic_store(&ours[handle], (char)inside(path));
  return handle;
}

static int is_ours(int handle) { return handle >= 0 && handle < FILES && atomic_load(&ours[handle]); }

#define MODE(flags) \
  mode_t mode = 0; \
  if ((flags) & (O_CREAT | O_TMPFILE)) { \
    va_list rest; \
    va_start(rest, flags); \
    mode = va_arg(rest, mode_t); \
    va_end(rest); \
  }

static int refuse_open(const char *path, int flags) {
  watch(path);
  return (flags & O_ACCMODE) != O_RDONLY && inside(path) && fails("open");
}

int open(const char *path, int flags, ...) {
  MODE(flags)
  if (refuse_open(path, flags)) return -1;
  return opened(REAL(open)(path, flags, mode), path);
}
int open64(const char *path, int flags, ...) {
  MODE(flags)
  if (refuse_open(path, flags)) return -1;
  return opened(REAL(open64)(path, flags, mode), path);
}
int close(int handle) {
  if (handle >= 0 && handle < FILES) atomic_store(&ours[handle], 0);
  return REAL(close)(handle);
}

static size_t taken(int handle, size_t count) { return halve && count > 1 && is_ours(handle) ? count / 2 : count; }

ssize_t write(int handle, const void *bytes, size_t count) {
  if (is_ours(handle) && fails("write")) return -1;
  return REAL(write)(handle, bytes, taken(handle, count));
}
ssize_t pwrite64(int handle, const void *bytes, size_t count, off64_t at) {
  if (is_ours(handle) && fails("write")) return -1;
  return REAL(pwrite64)(handle, bytes, taken(handle, count), at);
}
ssize_t pwrite(int handle, const void *bytes, size_t count, off_t at) {
  if (is_ours(handle) && fails("write")) return -1;
  return REAL(pwrite)(handle, bytes, taken(handle, count), at);
}
ssize_t read(int handle, void *bytes, size_t count) {
  if (is_ours(handle) && fails("read")) return -1;
  return REAL(read)(handle, bytes, count);
}
ssize_t pread64(int handle, void *bytes, size_t count, off64_t at) {
  if (is_ours(handle) && fails("read")) return -1;
  return REAL(pread64)(handle, bytes, count, at);
}
ssize_t pread(int handle, void *bytes, size_t count, off_t at) {
  if (is_ours(handle) && fails("read")) return -1;
  return REAL(pread)(handle, bytes, count, at);
}
int fsync(int handle) { return is_ours(handle) && fails("fsync") ? -1 : REAL(fsync)(handle); }
int fdatasync(int handle) { return is_ours(handle) && fails("fsync") ? -1 : REAL(fdatasync)(handle); }
int rename(const char *from, const char *to) {
  if (inside(to) && fails("rename")) return -1;
  return REAL(rename)(from, to);
}
int unlink(const char *path) { return inside(path) && fails("unlink") ? -1 : REAL(unlink)(path); }
int mkdir(const char *path, mode_t mode) { return inside(path) && fails("mkdir") ? -1 : REAL(mkdir)(path, mode); }
