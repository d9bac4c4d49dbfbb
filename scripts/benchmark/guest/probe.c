// Tells on the console when parts of a system answer; every system that scripts/bench measures runs
// it, started as early as that system starts what a user asks for:
//
//   probe NAME=WHERE... PROGRAM [ARGUMENT...]
//
// NAME is containerd or docker (WHERE is a socket) or ssh (a TCP port). Each line goes through the
// kernel's log, which puts the time since the kernel's start before it and shows it on the serial
// console at once. When Docker answers, PROGRAM is run.
//
// It looks every 50 ms, without a fork and without a connection that is not answered: sshd would
// start a process for each. `cost` is the processor time that all of this took.

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { kTargets = 3 };

static const struct timespec kPause = {.tv_nsec = 50 * 1000 * 1000};
static const char kRequest[] = "GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n";

struct Target {
  const char* name;
  const char* where;
  bool (*answers)(struct Target* target);
  int fd;  // an open connection, or -1
  bool done;
};

static void say(const char* name, long number) {
  const int log = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
  // Critical: also `quiet` shows it.
  dprintf(log, "<2>bench: %s %ld\n", name, number);
  close(log);
}

static int connect_to(const char* path) {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  if (connect(fd, (struct sockaddr*)&address, sizeof address) == 0) return fd;
  close(fd);
  return -1;
}

static bool accepts(struct Target* target) {
  const int fd = connect_to(target->where);
  if (fd >= 0) close(fd);
  return fd >= 0;
}

// One request is left waiting: the socket may be there long before somebody answers.
static bool pings(struct Target* target) {
  if (target->fd < 0) {
    target->fd = connect_to(target->where);
    if (target->fd < 0) return false;
    send(target->fd, kRequest, sizeof kRequest - 1, MSG_NOSIGNAL);
  }
  char reply[12];
  const ssize_t length = recv(target->fd, reply, sizeof reply, MSG_DONTWAIT);
  if (length < 0 && errno == EAGAIN) return false;
  close(target->fd);
  target->fd = -1;
  return length == sizeof reply && memcmp(reply, "HTTP/1.1 200", sizeof reply) == 0;
}

// Two sockets that may share an address (SO_REUSEADDR; sshd's may) do, unless one listens.
static bool listens(struct Target* target) {
  struct sockaddr_in address = {.sin_family = AF_INET};
  address.sin_port = htons((uint16_t)strtoul(target->where, NULL, 10));
  const int on = 1;
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const int failed = bind(fd, (struct sockaddr*)&address, sizeof address);
  const bool taken = failed != 0 && errno == EADDRINUSE;
  close(fd);
  return taken;
}

static bool parse(char* word, struct Target* target) {
  char* equals = strchr(word, '=');
  if (equals == NULL) return false;
  *equals = '\0';
  *target = (struct Target){.name = word, .where = equals + 1, .fd = -1};
  target->answers = strcmp(word, "docker") == 0 ? pings
                    : strcmp(word, "ssh") == 0  ? listens
                                                : accepts;
  return true;
}

static void start(char** argv) {
  if (fork() != 0) return;
  execv(argv[0], argv);
  say("failed probe", errno);
  _exit(127);
}

static long spent_ms(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 +
         (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
}

int main(int argc, char** argv) {
  struct Target targets[kTargets];
  int count = 0;
  int word = 1;
  while (word < argc && count < kTargets && parse(argv[word], &targets[count])) ++word, ++count;
  if (word == argc) return 2;
  say("probe", 0);
  for (int left = count; left > 0; nanosleep(&kPause, NULL)) {
    for (struct Target* target = targets; target < targets + count; ++target) {
      if (target->done || !target->answers(target)) continue;
      target->done = true;
      --left;
      say(target->name, 0);
      if (strcmp(target->name, "docker") == 0) start(argv + word);
    }
  }
  say("cost", spent_ms());
  while (wait(NULL) > 0) continue;
  return 0;
}
