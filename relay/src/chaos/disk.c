/*
 * disk.so - a disk with faults, put under one process with LD_PRELOAD.
 *
 *   DISK_FOLDER   files below it are on this disk
 *   DISK_CONTROL  a file of three int32, which may change at any time:
 *                 milliseconds that every sync takes longer,
 *                 errno of every write, truncation and creation (0: they work), errno of every sync
 *   DISK_UNDO     a folder: what each write since the file's last sync overwrote is kept there, so
 *                 that disk.py can take unsynced writes back after a kill, as a power cut does
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define FILES 256
struct record { uint64_t offset, length, old_length, old_size; uint32_t path; };

static const char *folder, *undo;
static volatile int32_t *control;
static int32_t no_faults[3];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct { ino_t inode; int fd; } journals[FILES];

__attribute__((constructor)) static void begin(void) {
    folder = getenv("DISK_FOLDER"); undo = getenv("DISK_UNDO");
    control = no_faults;
    const char *path = getenv("DISK_CONTROL");
    int fd = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0) : -1;
    if (fd >= 0) {
        void *map = mmap(0, sizeof no_faults, PROT_READ, MAP_SHARED, fd, 0);
        if (map != MAP_FAILED) control = map;
        syscall(SYS_close, fd);
    }
}

static int below(const char *path) {
    size_t n = folder ? strlen(folder) : 0;
    return n && !strncmp(path, folder, n) && (path[n] == '/' || path[n] == 0);
}

/* The path of a file of ours, or 0. */
static int ours(int fd, char *path) {
    char link[40];
    if (!folder || fd < 3) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, PATH_MAX - 1);
    if (n <= 0) return 0;
    path[n] = 0;
    return below(path);
}

/* ---- what a power cut takes back ---------------------------------------- */

static int journal(ino_t inode, const char *kind) {
    int i, slot = (int)(inode % FILES);
    for (i = 0; i < FILES && journals[slot].fd && journals[slot].inode != inode; i++) slot = (slot + 1) % FILES;
    if (!journals[slot].fd) {
        char name[PATH_MAX];
        snprintf(name, sizeof name, "%s/%s-%lu", undo, kind, (unsigned long)inode);
        int fd = (int)syscall(SYS_openat, AT_FDCWD, name, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (fd < 0) abort();
        journals[slot].inode = inode; journals[slot].fd = fd;
    }
    return journals[slot].fd;
}

static void keep(int fd, const char *path, uint64_t offset, uint64_t length, int truncation) {
    struct stat st;
    if (fstat(fd, &st) || !S_ISREG(st.st_mode)) return;
    uint64_t size = (uint64_t)st.st_size;
    if (truncation) length = size > offset ? size - offset : 0;
    uint64_t old = offset >= size ? 0 : size - offset < length ? size - offset : length;
    struct record r = { offset, truncation ? UINT64_MAX : length, old, size, (uint32_t)strlen(path) };
    char *image = malloc(sizeof r + r.path + old);
    if (!image) abort();
    memcpy(image, &r, sizeof r); memcpy(image + sizeof r, path, r.path);
    int reader = fd;                                      /* the file may be open for writing only */
    int opened = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    if (opened >= 0) reader = opened;
    for (uint64_t got = 0; got < old;) {
        long n = syscall(SYS_pread64, reader, image + sizeof r + r.path + got, old - got, offset + got);
        if (n <= 0) abort();
        got += (uint64_t)n;
    }
    if (opened >= 0) syscall(SYS_close, opened);
    size_t all = sizeof r + r.path + old;
    if (syscall(SYS_write, journal(st.st_ino, "file"), image, all) != (long)all) abort();
    free(image);
}

static void synced(int fd) {
    struct stat st;
    if (!fstat(fd, &st)) {
        int j = journal(st.st_ino, S_ISDIR(st.st_mode) ? "folder" : "file");
        if (syscall(SYS_ftruncate, j, 0)) abort();
    }
}

static void created(const char *path) {
    char parent[PATH_MAX], line[PATH_MAX + 1];
    struct stat st;
    snprintf(parent, sizeof parent, "%s", path);
    char *slash = strrchr(parent, '/');
    if (!slash) return;
    *slash = 0;
    if (stat(parent, &st)) return;
    int n = snprintf(line, sizeof line, "%s\n", path);
    if (syscall(SYS_write, journal(st.st_ino, "folder"), line, n) != n) abort();
}

/* ---- the calls ----------------------------------------------------------- */

static ssize_t writing(int fd, const struct iovec *v, int count, off_t at, int positioned) {
    char path[PATH_MAX];
    int tracked = ours(fd, path);
    if (tracked && control[1]) { errno = control[1]; return -1; }
    if (tracked && undo) {
        pthread_mutex_lock(&lock);
        uint64_t length = 0;
        for (int i = 0; i < count; i++) length += v[i].iov_len;
        keep(fd, path, (uint64_t)(positioned ? at : lseek(fd, 0, SEEK_CUR)), length, 0);
    }
    ssize_t n = positioned ? syscall(SYS_pwritev, fd, v, count, at, 0) : syscall(SYS_writev, fd, v, count);
    int error = errno;
    if (tracked && undo) pthread_mutex_unlock(&lock);
    errno = error;
    return n;
}

ssize_t write(int fd, const void *p, size_t n) {
    struct iovec v = { (void *)p, n }; return writing(fd, &v, 1, 0, 0);
}
ssize_t writev(int fd, const struct iovec *v, int count) { return writing(fd, v, count, 0, 0); }
ssize_t pwrite64(int fd, const void *p, size_t n, off64_t at) {
    struct iovec v = { (void *)p, n }; return writing(fd, &v, 1, at, 1);
}
ssize_t pwrite(int fd, const void *p, size_t n, off_t at) { return pwrite64(fd, p, n, at); }
ssize_t pwritev64(int fd, const struct iovec *v, int count, off64_t at) { return writing(fd, v, count, at, 1); }
ssize_t pwritev(int fd, const struct iovec *v, int count, off_t at) { return pwritev64(fd, v, count, at); }

static int syncing(int fd, long call) {
    char path[PATH_MAX];
    int tracked = ours(fd, path);
    if (tracked && control[0] > 0) {
        struct timespec t = { control[0] / 1000, control[0] % 1000 * 1000000L };
        nanosleep(&t, 0);
    }
    if (tracked && control[2]) { errno = control[2]; return -1; }
    if (!tracked || !undo) return (int)syscall(call, fd);
    pthread_mutex_lock(&lock);
    int result = (int)syscall(call, fd), error = errno;
    if (!result) synced(fd);
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}
int fsync(int fd) { return syncing(fd, SYS_fsync); }
int fdatasync(int fd) { return syncing(fd, SYS_fdatasync); }

int ftruncate64(int fd, off64_t size) {
    char path[PATH_MAX];
    int tracked = ours(fd, path);
    if (tracked && control[1]) { errno = control[1]; return -1; }
    if (!tracked || !undo) return (int)syscall(SYS_ftruncate, fd, size);
    pthread_mutex_lock(&lock);
    keep(fd, path, (uint64_t)size, 0, 1);
    int result = (int)syscall(SYS_ftruncate, fd, size), error = errno;
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}
int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

static int opening(int at, const char *path, int flags, mode_t mode) {
    int tracked = below(path) && flags & O_CREAT && access(path, F_OK);
    if (tracked && control[1]) { errno = control[1]; return -1; }
    int fd = (int)syscall(SYS_openat, at, path, flags, mode);
    if (fd >= 0 && tracked && undo) {
        pthread_mutex_lock(&lock); created(path); pthread_mutex_unlock(&lock);
    }
    return fd;
}
#define MODE mode_t mode = 0; if (flags & (O_CREAT | O_TMPFILE)) { va_list a; va_start(a, flags); mode = va_arg(a, mode_t); va_end(a); }
int open64(const char *path, int flags, ...) { MODE return opening(AT_FDCWD, path, flags | O_LARGEFILE, mode); }
int open(const char *path, int flags, ...) { MODE return opening(AT_FDCWD, path, flags, mode); }
int openat64(int at, const char *path, int flags, ...) { MODE return opening(at, path, flags | O_LARGEFILE, mode); }
int openat(int at, const char *path, int flags, ...) { MODE return opening(at, path, flags, mode); }
